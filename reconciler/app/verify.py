"""The proof: one listing, read after the writes, says what really became of each (docs/server.md, S30)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import assert_never

from reconciler.app.execute import Attempt
from reconciler.core import fields, managed
from reconciler.core.pin import moved
from reconciler.model.change import Activate, Delete, Update, assistant_id_of, live_of, wanted_of
from reconciler.model.live import Live
from reconciler.model.report import Outcome, Result
from reconciler.model.wanted import Wanted


def unproven(attempts: Sequence[Attempt], why: str) -> list[Outcome]:
    """The outcomes where nothing can be read back: what was sent is unknown, whatever the server answered."""
    return [_unread(attempt, why) for attempt in attempts]


def _unread(attempt: Attempt, why: str) -> Outcome:
    match attempt.result:
        case "stale":
            return Outcome(change=attempt.change, result=Result.STALE, error=attempt.error)
        case "skipped" | "refused":
            return Outcome(change=attempt.change, result=Result.FAILED, by=attempt.by, error=attempt.error)
        case "done" | "lost" | "gone":
            error = f"it was sent, but cannot be read back: {why}"
            return Outcome(change=attempt.change, result=Result.UNKNOWN, by=attempt.by, error=error)
        case _:
            assert_never(attempt.result)


def prove(owner: str, attempts: Sequence[Attempt], lives: Mapping[str, Live]) -> list[Outcome]:
    """Each attempt against what is live now. An answer that was lost is settled where the content is there."""
    return [_outcome(owner, attempt, lives.get(assistant_id_of(attempt.change))) for attempt in attempts]


def _outcome(owner: str, attempt: Attempt, now: Live | None) -> Outcome:
    change, version = attempt.change, now.row.number if now is not None else None
    wrong = _wrong(owner, attempt, now)
    match attempt.result:
        case "stale" | "skipped":
            result = Result.STALE if attempt.result == "stale" else Result.FAILED
            return Outcome(change=change, result=result, version=version, error=attempt.error)
        case "gone" if isinstance(change, Delete):
            return Outcome(change=change, result=Result.UNCHANGED, by=attempt.by)
        case "gone":
            error = "somebody deleted it in the meantime; plan again"
            return Outcome(change=change, result=Result.STALE, by=attempt.by, error=error)
        case "refused" if wrong is not None or not moved(live_of(change), now):
            return Outcome(change=change, result=Result.FAILED, by=attempt.by, version=version, error=attempt.error)
        case "lost" if wrong is not None:
            error = f"{attempt.error}; whether it was written is not known. Plan again to see"
            return Outcome(change=change, result=Result.UNKNOWN, by=attempt.by, version=version, error=error)
        case _:
            result = Result.APPLIED if wrong is None else Result.FAILED
            note = _others(attempt, now) if wrong is None else None
            return Outcome(change=change, result=result, by=attempt.by, version=version, error=wrong, note=note)


def _wrong(owner: str, attempt: Attempt, now: Live | None) -> str | None:
    """What is not as git wants it, in words; None where all is."""
    change = attempt.change
    want = wanted_of(change)
    if want is None:
        return None if now is None else "it is still there"
    if now is None:
        return "it is not there when read back"
    content, marker = managed.same_content(want, now.row), managed.same_marker(want, owner, now.row)
    if content and marker:
        return _still_there(want, live_of(change), now)
    if _others(attempt, now) is not None:
        return f"somebody else wrote version {now.row.number} at the same time; plan again"
    return f"it was written, but reads back different: {_names(want, owner, now, content)}"


def _others(attempt: Attempt, now: Live | None) -> str | None:
    """Whether there are more versions than this run made: the only sign of another writer (docs/server.md, S14)."""
    change = attempt.change
    newest = change.newest if isinstance(change, Update | Activate) else None
    if now is None or newest is None or not attempt.versions:
        return None
    expected = newest + attempt.versions
    if now.row.number <= expected:
        return None
    return f"somebody else wrote to it at the same time: versions {newest + 1} to {now.row.number} were made"


def _still_there(want: Wanted, before: Live | None, now: Live) -> str | None:
    """Whether a metadata key that git gave up kept its value: the new marker does not name it any more."""
    if before is None:
        return None
    given_up = managed.metadata_names(want, before.row) - frozenset(want.spec.metadata)
    left = sorted(name for name in given_up if now.row.spec.metadata.get(name) is not None)
    return f"metadata that git gave up is still there: {', '.join(f'`{name}`' for name in left)}" if left else None


def _names(want: Wanted, owner: str, now: Live, content: bool) -> str:
    if content:
        return "its marker (metadata.reconciler) did not stay as it was sent"
    found = fields.changed(want, now.row)
    names = ", ".join(f"`{'.'.join(map(str, f.path))}`" for f in found[:5])
    metadata = any(f.path[0] == "metadata" for f in found)
    return f"{names or 'values beside the context'}{' (an auth handler, perhaps, sets it)' if metadata else ''}"
