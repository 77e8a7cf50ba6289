"""Whether an assistant is still what a plan was made for."""

from __future__ import annotations

from reconciler.model.json import same
from reconciler.model.live import Live


def moved(planned: Live | None, now: Live | None) -> bool:
    """Whether an assistant is not what it was when it was planned: another version, or other content."""
    if planned is None or now is None:
        return planned is not now
    before, after = planned.row, now.row
    return (
        before.number != after.number
        or not same(before.spec.as_json(), after.spec.as_json())
        or not same(before.residue, after.residue)
        or before.marker != after.marker
    )
