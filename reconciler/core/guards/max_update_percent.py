"""A larger share of what we manage than `guards.max_update_percent` would be changed, from ten assistants up.

Equal changes count once: one edit of a shared prompt is one edit, also of a template, whose other lines differ from row
to row; and files that moved and kept their assistants are one move. The share is of what stays, so that deleting some
more at the same time never makes it smaller. Nor does deleting some of what would be changed: beside changes, deletions
that nobody named count too.
"""

from reconciler.core.guards.rule import Scope, Verdict, count
from reconciler.model.change import Absent, FieldChange
from reconciler.model.json import Json, canonical
from reconciler.model.marker import MARKER

SMALLEST = 10


class TooLargeAShareChanged(Verdict, frozen=True, kw_only=True):
    """`gone` are the deletions that count beside the changes; `among` is how many assistants the share is of."""

    found: int
    gone: int
    among: int
    limit: float

    @property
    def message(self) -> str:
        deletions = f" and {count(self.gone, 'deletion')}" if self.gone else ""
        return (
            f"{count(self.found, 'different change')}{deletions} to the {self.among} assistants managed here; "
            f"the limit is {self.limit:g}% (guards.max_update_percent)"
        )


def rule(scope: Scope) -> TooLargeAShareChanged | None:
    found = len({tuple(_signature(f) for f in c.fields) for c in scope.rewrites})
    limit, gone = scope.limits.max_update_percent, len(scope.unsaid)
    kept = scope.owned - len(scope.all_deletes)
    if scope.owned < SMALLEST or found == 0:
        return None
    if found * 100 > limit * kept:
        return TooLargeAShareChanged(found=found, gone=0, among=kept, limit=limit)
    if (found + gone) * 100 > limit * scope.owned:
        return TooLargeAShareChanged(found=found, gone=gone, among=scope.owned, limit=limit)
    return None


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
