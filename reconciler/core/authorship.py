"""Which versions this tool wrote, and which of them holds what git last applied."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.core import managed
from reconciler.model.live import Version


def ours(owner: str, assistant_id: str, row: Version, before: Version | None) -> bool:
    """Whether this tool wrote `row`. `before` is the next older version, None where there is none.

    Marker and hash fit also what somebody made of ours without touching what git manages: an edit of other metadata
    keeps our marker. Such a version says nothing new of git, so it is not ours a second time.
    """
    if not managed.written_by_us(owner, assistant_id, row):
        return False
    return before is None or before.marker != row.marker or not managed.written_by_us(owner, assistant_id, before)


def last_applied(owner: str, assistant_id: str, rows: Sequence[Version]) -> Version | None:
    """The newest version, of `rows` newest first, that an apply wrote; None where it is not among them.

    What a rollback had to write is ours, and yet not what git says.
    """
    found = _applied(owner, assistant_id, rows)
    return rows[found] if found is not None else None


def is_settled(owner: str, assistant_id: str, rows: Sequence[Version]) -> bool:
    """Whether older rows cannot change what `last_applied` says of these."""
    found = _applied(owner, assistant_id, rows)
    return found is not None and found + 1 < len(rows)


def _applied(owner: str, assistant_id: str, rows: Sequence[Version]) -> int | None:
    for number, (row, before) in enumerate(zip(rows, (*rows[1:], None), strict=True)):
        rolled_back = row.marker is not None and row.marker.rollback is not None
        if not rolled_back and ours(owner, assistant_id, row, before):
            return number
    return None
