"""The proof: one listing, read after the writes, says what really became of each (docs/server.md, S30)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from reconciler.app.execute import Attempt
from reconciler.core import fields, managed
from reconciler.core.pin import moved
from reconciler.model.change import Activate, Create, Delete, Update, assistant_id_of, live_of, wanted_of
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.live import Live, Version
from reconciler.model.plan import Plan
from reconciler.model.report import Outcome, Result
from reconciler.model.wanted import Wanted

ACTIVATED = "somebody else made another version active right before the write"


class Seen(Struct, frozen=True, kw_only=True):
    """What the version list says of one assistant after the writes, where it was asked."""

    highest: int = 0
    above: tuple[Version, ...] = ()


def unproven(attempts: Sequence[Attempt], why: str) -> list[Outcome]:
    """The outcomes where nothing can be read back: what was sent is unknown, whatever the server answered."""
    return [_noted(attempt, _unread(attempt, why)) for attempt in attempts]


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


def meanwhile(plan: Plan, lives: Mapping[str, Live]) -> tuple[Diagnostic, ...]:
    """What others did during the run to assistants that it left alone."""
    found = []
    for one in plan.untouched:
        now = lives.get(one.assistant_id)
        if now is not None and now.row.number == one.version:
            continue
        what = (
            f"its version was {one.version} and is {now.row.number}" if now is not None else "it is not there any more"
        )
        message = f"assistant `{one.key}` was changed by somebody else during this run: {what}"
        found.append(Diagnostic(severity="note", code="changed-meanwhile", message=message, key=one.key))
    return tuple(found)


def hidden(attempts: Sequence[Attempt]) -> list[str]:
    """The assistants whose version list has to be asked: a set-latest moves the live row to an older version, so that
    what somebody else wrote right before it does not show there."""
    done = (a for a in attempts if a.result in ("done", "lost") and not a.versions)
    return [assistant_id_of(a.change) for a in done if isinstance(a.change, Activate)]


def surplus(
    attempts: Sequence[Attempt], lives: Mapping[str, Live], highest: Mapping[str, int | None]
) -> dict[str, int]:
    """The assistants that have more versions than this run made, each with the highest there was before: whose the
    others are, only their rows can tell."""
    found: dict[str, int] = {}
    for attempt in attempts:
        identifier = assistant_id_of(attempt.change)
        now, newest = lives.get(identifier), _newest(attempt)
        if now is None or newest is None or attempt.result not in ("done", "lost", "refused"):
            continue
        if max(highest.get(identifier) or 0, now.row.number) > newest + _made(attempt):
            found[identifier] = newest
    return found


def prove(
    owner: str,
    attempts: Sequence[Attempt],
    lives: Mapping[str, Live],
    highest: Mapping[str, int | None],
    above: Mapping[str, Sequence[Version]] = MappingProxyType({}),
) -> list[Outcome]:
    """Each attempt against what is live now. An answer that was lost is settled where the content is there. `highest`
    is the highest version number of those that are `hidden`; None where it cannot be read. `above` are the new versions
    of those with a `surplus`; none where they cannot be read."""
    found = []
    for attempt in attempts:
        identifier = assistant_id_of(attempt.change)
        seen = Seen(highest=highest.get(identifier) or 0, above=tuple(above.get(identifier, ())))
        outcome = _outcome(owner, attempt, lives.get(identifier), seen)
        if outcome.note is None and identifier in highest and highest[identifier] is None:
            outcome = replace(outcome, note="whether somebody else wrote to it at the same time cannot be read")
        found.append(_noted(attempt, outcome))
    return found


def _noted(attempt: Attempt, outcome: Outcome) -> Outcome:
    """With what the attempt itself has to tell, such as where a deleted one was saved."""
    notes = [note for note in (outcome.note, attempt.note) if note is not None]
    return replace(outcome, note="; ".join(notes) or None)


def _outcome(owner: str, attempt: Attempt, now: Live | None, seen: Seen) -> Outcome:
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
            note = _others(owner, attempt, now, seen)
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
    if _others(owner, attempt, now, Seen()) is not None:
        return f"somebody else wrote version {now.row.number} at the same time; plan again"
    if attempt.versions and now.row.number < (_newest(attempt) or 0) + attempt.versions:
        return f"somebody else made version {now.row.number} active at the same time; plan again"
    return f"it was written, but reads back different: {_names(want, owner, now, content)}"


def _newest(attempt: Attempt) -> int | None:
    """The highest version number when it was planned, else right before the write; None where that is not known."""
    match attempt.change:
        case Update(newest=newest) | Activate(newest=newest):
            return newest if newest is not None else attempt.before
        case Create():
            return 0 if attempt.by == "POST /assistants" else None  # else it was there, though it could not be read
        case Delete():
            return None
        case _:
            assert_never(attempt.change)


def _made(attempt: Attempt) -> int:
    """How many versions this run made of it, as far as it knows."""
    return attempt.versions or int(attempt.result == "lost")


def _others(owner: str, attempt: Attempt, now: Live | None, seen: Seen) -> str | None:
    """Whether there are more versions than this run made: the only sign of another writer (docs/server.md, S14), but
    for a set-latest between our look and our write, which shows only in what it did to other people's metadata."""
    newest, before, want = _newest(attempt), live_of(attempt.change), wanted_of(attempt.change)
    if now is None or newest is None or want is None:
        return None
    made = newest + _made(attempt)
    highest = max(seen.highest, now.row.number)
    if highest > made:
        if seen.above and all(_says(owner, want, row) for row in seen.above):
            which = _versions(row.number for row in seen.above)
            if attempt.resent:
                return f"it was written more than once, late by this run or by another one: {which} say it"
            if attempt.errored:
                say = f"say{'s' if len(seen.above) == 1 else ''}"
                return f"the server answered with an error, and yet {which} {say} it: by this run or by another one"
        return _whose(owner, want, newest, highest, seen.above, now)
    if before is None or not attempt.versions or now.row.number != made:
        return None
    if attempt.by is not None and attempt.by.endswith("PATCH, then PATCH"):
        return f"other people's metadata was put back: this server replaces it, or {ACTIVATED}"
    names = managed.metadata_names(want, before.row) | managed.metadata_names(want, now.row)
    if managed.unmanaged(want, before.row, names) == managed.unmanaged(want, now.row, names):
        return None
    return f"what is not git's changed at the same time: perhaps {ACTIVATED}"


def _whose(owner: str, want: Wanted, newest: int, highest: int, rows: Sequence[Version], now: Live) -> str:
    """Whose the new versions are, where there are more than ours: those of another run, which say the same, or those of
    somebody who said something else."""
    theirs = [row.number for row in rows if not _says(owner, want, row)]
    if not rows:
        made = "were made" if highest > newest + 1 else "was made"
        return f"somebody else wrote to it at the same time: {_versions(range(newest + 1, highest + 1))} {made}"
    if not theirs:
        same = [row.number for row in rows]
        return f"another run wrote the same at the same time: {_versions(same)} say{'s' if len(same) == 1 else ''} it"
    whose = "are theirs" if len(theirs) > 1 else "is theirs"
    overwritten = ", in the history" if now.row.number not in theirs else ""
    return f"somebody else wrote to it at the same time: {_versions(theirs)} {whose}{overwritten}"


def _says(owner: str, want: Wanted, row: Version) -> bool:
    return managed.same_content(want, row) and managed.same_marker(want, owner, row)


def _versions(numbers: Iterable[int]) -> str:
    """`version 2`, `versions 2 and 4`, `versions 2 to 5`, in their order."""
    found = sorted(numbers)
    if len(found) == 1:
        return f"version {found[0]}"
    if len(found) > 2 and found[-1] - found[0] == len(found) - 1:
        return f"versions {found[0]} to {found[-1]}"
    return f"versions {', '.join(map(str, found[:-1]))} and {found[-1]}"


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
