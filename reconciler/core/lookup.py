"""Between the two pure steps: how much of an assistant's history has to be read, and how much of it kept."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from reconciler.core import managed
from reconciler.core.authorship import written
from reconciler.core.compare import Pair
from reconciler.core.state import DEPTH, is_as_written, newest_of_ours
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


def kept(owner: str, pair: Pair, history: History) -> History:
    """What planning asks for of a history that was read. Where what is live is what we wrote last, as nearly always,
    that is one or two of up to fifty versions, each as large as the assistant; else all of them."""
    newest = next(iter(history.rows), None)
    ours = newest_of_ours(owner, pair.live.assistant_id, history)
    if newest is None or newest is not ours or needs_base(owner, pair, history):
        return history
    found = target(owner, pair, history.rows)
    rows = tuple(row for row in history.rows if row is newest or row is found)
    return replace(history, rows=rows, dropped=len(history.rows) - len(rows))


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
