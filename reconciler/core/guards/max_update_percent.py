"""A larger share of what we manage than `guards.max_update_percent` would be changed, from ten assistants up.

Equal changes count once: one edit of a shared prompt is one edit, also of a template, whose other lines differ from row
to row; and files that moved and kept their assistants are one move. The share is of what stays, so that deleting some
more at the same time never makes it smaller.
"""

from reconciler.core.guards.rule import Scope, Verdict
from reconciler.model.change import Absent, FieldChange
from reconciler.model.json import Json, canonical
from reconciler.model.marker import MARKER

SMALLEST = 10


class TooLargeAShareChanged(Verdict, frozen=True, kw_only=True):
    found: int
    kept: int
    limit: float

    @property
    def message(self) -> str:
        return (
            f"{self.found} different changes to the {self.kept} assistants managed here; "
            f"the limit is {self.limit:g}% (guards.max_update_percent)"
        )


def rule(scope: Scope) -> TooLargeAShareChanged | None:
    found = len({tuple(_signature(f) for f in c.fields) for c in scope.rewrites})
    limit, kept = scope.limits.max_update_percent, scope.owned - len(scope.all_deletes)
    if scope.owned < SMALLEST or found * 100 <= limit * kept:
        return None
    return TooLargeAShareChanged(found=found, kept=kept, limit=limit)


def _signature(field: FieldChange) -> bytes:
    if field.path[:2] == ("metadata", MARKER):
        return canonical([*field.path])  # no content changes: who it is now is not another change for each
    if isinstance(field.before, str) and isinstance(field.after, str) and "\n" in field.before:
        old, new = field.before.splitlines(), field.after.splitlines()
        gone, come = set(old) - set(new), set(new) - set(old)
        if gone or come:
            lines: list[Json] = [*sorted(gone), None, *sorted(come)]
            return canonical([list(field.path), field.op, lines])
    sides: list[Json] = [[] if isinstance(side, Absent) else [side] for side in (field.before, field.after)]
    return canonical([list(field.path), field.op, sides])
