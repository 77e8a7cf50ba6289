"""The proof: one listing, read after the writes, says what really became of each (docs/server.md, S30)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reconciler.app.execute import Attempt
from reconciler.core import fields, managed
from reconciler.model.change import Delete, assistant_id_of, live_of, wanted_of
from reconciler.model.json import same
from reconciler.model.live import Live
from reconciler.model.report import Outcome, Result
from reconciler.model.wanted import Wanted


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


def unproven(attempts: Sequence[Attempt], why: str) -> list[Outcome]:
    """The outcomes where nothing can be read back: what was sent is unknown, whatever the server answered."""
    return [
        _outcome("", attempt, None)
        if attempt.result in ("stale", "skipped", "refused")
        else Outcome(
            change=attempt.change,
            result=Result.UNKNOWN,
            by=attempt.by,
            error=f"it was sent, but cannot be read back: {why}",
        )
        for attempt in attempts
    ]


def prove(owner: str, attempts: Sequence[Attempt], lives: Mapping[str, Live]) -> list[Outcome]:
    """Each attempt against what is live now. An answer that was lost is settled where the content is there."""
    return [_outcome(owner, attempt, lives.get(assistant_id_of(attempt.change))) for attempt in attempts]


def _outcome(owner: str, attempt: Attempt, now: Live | None) -> Outcome:
    change, version = attempt.change, now.row.number if now is not None else None
    wrong = _wrong(owner, attempt, now)
    match attempt.result:
        case "stale":
            return Outcome(change=change, result=Result.STALE, version=version, error=attempt.error)
        case "skipped":
            return Outcome(change=change, result=Result.FAILED, version=version, error=attempt.error)
        case "refused":
            return Outcome(change=change, result=Result.FAILED, by=attempt.by, version=version, error=attempt.error)
        case "gone" if isinstance(change, Delete):
            return Outcome(change=change, result=Result.UNCHANGED, by=attempt.by)
        case "gone":
            error = "somebody deleted it in the meantime; plan again"
            return Outcome(change=change, result=Result.STALE, by=attempt.by, error=error)
        case "lost" if wrong is not None:
            error = f"{attempt.error}; whether it was written is not known. Plan again to see"
            return Outcome(change=change, result=Result.UNKNOWN, by=attempt.by, version=version, error=error)
        case _:
            result = Result.APPLIED if wrong is None else Result.FAILED
            return Outcome(change=change, result=result, by=attempt.by, version=version, error=wrong)


def _wrong(owner: str, attempt: Attempt, now: Live | None) -> str | None:
    """What is not as git wants it, in words; None where all is."""
    change = attempt.change
    want = wanted_of(change)
    if want is None:
        return None if now is None else "it is still there"
    if now is None:
        return "it is not there when read back"
    before = live_of(change)
    content, marker = managed.same_content(want, now.row), managed.same_marker(want, owner, now.row)
    if content and marker:
        return _still_there(want, before, now)
    if before is not None and now.row.number > before.row.number + 1 and "then" not in (attempt.by or ""):
        return f"somebody else wrote version {now.row.number} right after; plan again"
    return f"it was written, but reads back different: {_names(want, owner, now, content)}"


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
