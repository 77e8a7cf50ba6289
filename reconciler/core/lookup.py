"""Between the two pure steps: how much of an assistant's history has to be read."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.core import managed
from reconciler.core.authorship import written
from reconciler.core.compare import Pair
from reconciler.core.state import DEPTH, is_as_written
from reconciler.model.live import History, Version

PAGE = 10
"""Rows a page: one assistant's versions can be megabytes (docs/server.md, S16)."""


def enough(owner: str, pair: Pair, rows: Sequence[Version]) -> bool:
    """Whether `rows`, newest first and complete so far, tell all that planning asks of them.

    That is: the version that is live, the newest one that we wrote, and one that holds the wanted content.
    """
    if len(rows) >= DEPTH:
        return True
    if len(rows) < PAGE:
        return False  # only older ones tell a marker that came back (core/authorship.py), and a page is read anyway
    row = pair.live.row
    return (
        any(r.number == row.number for r in rows)
        and bool(written(owner, pair.live.assistant_id, rows))
        and target(owner, pair, rows) is not None
    )


def needs_base(owner: str, pair: Pair, history: History) -> bool:
    """Whether it matters what git has said since: not where what is live is what we wrote last, but for a rollback,
    which git may have agreed to."""
    mark = pair.live.mark
    return not is_as_written(owner, pair.live, history) or (mark is not None and mark.rollback is not None)


def target(owner: str, pair: Pair, rows: Sequence[Version]) -> Version | None:
    """The newest version whose activation would give exactly what git wants, the active one excepted. Not one that
    says it was a rollback: active again, it would say so for a change that git asks for."""
    row = pair.live.row
    for candidate in rows:
        if candidate.marker is not None and candidate.marker.rollback is not None:
            continue
        if candidate.number != row.number and managed.restores(pair.wanted, owner, row, candidate):
            return candidate
    return None
