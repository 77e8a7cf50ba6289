"""Which versions this tool wrote, which of them holds what git last applied, and which of others git took in."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from reconciler.core import managed
from reconciler.model.live import Version
from reconciler.model.marker import Marker
from reconciler.model.wanted import Wanted


def written(owner: str, assistant_id: str, rows: Sequence[Version]) -> tuple[Version, ...]:
    """Those of `rows`, newest first, that say what this tool wrote: marker and hash fit.

    Not those whose marker came back with an older version: set-latest brings it back, and the next edit keeps it
    (docs/server.md, S17, S18), also one that types the old prompt in again. A marker names its commit, so after one of
    another commit it is not written a second time.
    """
    found: list[Version] = []
    passed: set[Marker] = set()
    last: Marker | None = None
    for row in reversed(rows):
        marker = row.marker
        if marker is None or marker in passed or not managed.written_by_us(owner, assistant_id, row):
            continue
        found.append(row)
        if marker.rollback is not None:
            continue
        if last is not None and last != marker and last.commit and not last.commit.endswith("-dirty"):
            passed.add(last)
        last = marker
    return tuple(reversed(found))


def ours(owner: str, assistant_id: str, rows: Sequence[Version]) -> frozenset[int]:
    """The places of those of `rows`, newest first, that this tool wrote. The oldest of them has none before it, as far
    as is known.

    Marker and hash fit also what somebody made of ours without touching what git manages: an edit of other metadata
    keeps our marker. Such a version says nothing new of git, so it is not ours a second time.
    """
    fitting = {id(row) for row in written(owner, assistant_id, rows)}
    older = (*rows[1:], None) if rows else ()  # none are left where it was deleted while others were read
    return frozenset(
        place
        for place, (row, before) in enumerate(zip(rows, older, strict=True))
        if id(row) in fitting and (before is None or before.marker != row.marker or id(before) not in fitting)
    )


def last_applied(owner: str, assistant_id: str, rows: Sequence[Version]) -> Version | None:
    """The newest version, of `rows` newest first, that an apply wrote; None where it is not among them.

    What a rollback had to write is ours, and yet not what git says.
    """
    found = _applied(owner, assistant_id, rows)
    return rows[found] if found is not None else None


def taken(
    ours: Version, rows: Sequence[Version], live: Version, said: Sequence[Wanted]
) -> tuple[Version, Wanted] | None:
    """The newest of `rows`, newest first, that was made after `ours`, by somebody else or by a rollback, and that git
    came to say, and what git says there: pulled, and in step until `live` was made. None where there is none, or where
    it says no more than `ours`.

    `said` is what git says and has said since `ours`.
    """
    for row in takewhile(lambda row: row is not ours, rows):
        if row.number == live.number or row.residue:
            continue
        found = next((spec for spec in said if managed.same_content(spec, row)), None)
        if found is not None:
            return None if managed.same_content(found, ours) else (row, found)
    return None


def is_settled(owner: str, assistant_id: str, rows: Sequence[Version]) -> bool:
    """Whether older rows cannot change what `last_applied` says of these."""
    found = _applied(owner, assistant_id, rows)
    return found is not None and found + 1 < len(rows)


def _applied(owner: str, assistant_id: str, rows: Sequence[Version]) -> int | None:
    for place in sorted(ours(owner, assistant_id, rows)):
        marker = rows[place].marker
        if marker is None or marker.rollback is None:
            return place
    return None
