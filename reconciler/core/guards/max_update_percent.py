"""A larger share of what we manage than `guards.max_update_percent` would be changed, from ten assistants up.

Equal changes count once: one edit of a shared prompt is one edit.
"""

from reconciler.core.guards.rule import Scope, Verdict
from reconciler.model.change import Absent, FieldChange
from reconciler.model.json import Json, canonical

SMALLEST = 10


def rule(scope: Scope) -> Verdict | None:
    found = len({tuple(_signature(f) for f in c.fields) for c in scope.rewrites})
    limit = scope.limits.max_update_percent
    if scope.owned < SMALLEST or found * 100 <= limit * scope.owned:
        return None
    return Verdict(
        message=f"{found} different changes to the {scope.owned} assistants managed here; "
        f"the limit is {limit:g}% (guards.max_update_percent)"
    )


def _signature(field: FieldChange) -> bytes:
    sides: list[Json] = [[] if isinstance(side, Absent) else [side] for side in (field.before, field.after)]
    return canonical([list(field.path), field.op, sides])
