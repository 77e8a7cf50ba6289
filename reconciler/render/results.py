"""What became of each change, and what to do where it did not go as planned: in words.

Everything returned may hold untrusted text and is escaped by whoever prints it.
"""

from __future__ import annotations

from typing import assert_never

from reconciler.model.change import Activate, Change, Create, Delete, Reason, State, Update, action, live_of
from reconciler.model.plan import Held
from reconciler.model.report import Outcome, Report, Result
from reconciler.render import checked, words

RAN = {"create": "created", "update": "updated", "activate": "activated", "delete": "deleted"}

INTERRUPTED = "Interrupted: it was stopped before all was done. Run apply again for the rest."
UNFINISHED = "Interrupted before all was done. Run rollback again: an apply would undo the half of it."

_ADVICE = {
    Result.STALE: "What changed meanwhile: run plan and apply again.",
    Result.FAILED: "What failed: put right what the error names, then run apply again. All else stays written.",
    Result.UNKNOWN: "What is unknown: run plan, it shows what the server holds now.",
    Result.ROLLED_BACK: "What was taken back stays so until git says something else of it: put right what its check "
    "found, and apply that.",
}

LEFT = "What was left as it is: `reconciler plan` shows how it differs, and the ways out."

_OF_ROLLBACK = {
    Result.STALE: "It was changed meanwhile: look at it, then run rollback again.",
    Result.FAILED: "It was not made live as it should be: put right what the error names, then run rollback again.",
    Result.UNKNOWN: "What is live is not known: look at it, then run rollback again.",
}


def interrupted(report: Report) -> str:
    """What to do about a run that was stopped."""
    if not report.plan.rollback:
        written = report.checks and len(report.outcomes) >= len(report.plan.changes)
        return checked.INTERRUPTED if written and not any(map(not_started, report.outcomes)) else INTERRUPTED
    return "Interrupted, but it was done by then." if report.converged else UNFINISHED


def advice(report: Report) -> list[str]:
    """What to do where something did not go as planned."""
    found = {outcome.result for outcome in report.outcomes if not not_started(outcome)}
    found |= {Result.STALE} if report.outdated else set()
    texts = _OF_ROLLBACK if report.plan.rollback else _ADVICE
    return [*(text for result, text in texts.items() if result in found), *checked.advice(report)]


def not_started(outcome: Outcome | None) -> bool:
    """Whether the run never came to this change, or stopped before it."""
    return outcome is None or (outcome.result is Result.FAILED and (outcome.error or "").startswith("not started"))


def became(outcome: Outcome | None, *, interrupted: bool = False) -> str:
    """What became of one change, as a clause after its name. None: the run never came to it."""
    if outcome is None or not_started(outcome):
        return "not started (interrupted)" if outcome is not None or interrupted else "not started"
    said = f": {outcome.error}" if outcome.error else ""
    note = f"; {outcome.note}" if outcome.note else ""
    match outcome.result:
        case Result.APPLIED:
            return f"{_applied(outcome)}{_kept(outcome.change)}{note}"
        case Result.UNCHANGED:
            return f"not written: it was as git says already{note}"
        case Result.HELD:
            return f"left as it is{said}"
        case Result.STALE:
            return f"NOT written{said or ': it was changed on the server since the plan'}{note}"
        case Result.FAILED:
            return f"FAILED{said}{note}"
        case Result.UNKNOWN:
            return f"UNKNOWN{said or ': the server may or may not have done it'}{note}"
        case Result.ROLLED_BACK:
            return f"written and TAKEN BACK, {_again(outcome)}{said}{note}"
        case _:
            assert_never(outcome.result)


def left(held: Held) -> str:
    """What is live where a change is held, and why it stays so."""
    live = words.now_live(held.change)
    return f"{live}; {words.held(held)}" if live else words.held(held)


def _applied(outcome: Outcome) -> str:
    change = outcome.change
    version = f"version {outcome.version} is live" if outcome.version is not None else ""
    match change:
        case Create() | Update():
            return f"{RAN[action(change)]}{f', {version}' if version else ''}"
        case Activate():
            return _activated(change, outcome.by or "", f": {version}" if version else "")
        case Delete():
            return "deleted, with all its versions"
        case _:
            assert_never(change)


def _activated(change: Activate, by: str, version: str) -> str:
    if "PATCH" not in by:
        return f"version {change.target} is active again"
    if by.startswith("set-latest"):
        return f"the server brought only part of version {change.target} back, so all of it was sent{version}"
    return f"sent whole, since this server restores only part of a version{version}"


def _again(outcome: Outcome) -> str:
    """What is live after it was taken back: the version before, or a new one that says the same."""
    before = live_of(outcome.change)
    if before is not None and before.row.number == outcome.version:
        return f"version {outcome.version} is live again"
    version = f", as version {outcome.version}" if outcome.version is not None else ""
    return f"what was live before is live again{version}"


def _kept(change: Change) -> str:
    """What is left of what somebody did outside git."""
    if Reason.DRIFT not in change.reasons or not isinstance(change, Update | Activate):
        return ""
    if change.state is State.ROLLED_BACK:
        return "; this ended the rollback"
    return f"; version {change.live.row.number}, made outside git, stays in the history"
