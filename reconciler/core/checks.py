"""After an apply: which of what it wrote has to be tried, and what a failure is to be blamed on. Pure.

| the run of the new content        | the same by the content before it        | then                               |
|-----------------------------------|------------------------------------------|------------------------------------|
| answers as expected               | (not asked)                              | it stays                           |
| does not answer as expected       | (not asked)                              | it is taken back                   |
| is too slow, and right otherwise  | is in time, and it is too slow once more | it is taken back                   |
|                                   | is in time, and a second run of it is    | it stays                           |
|                                   | as expected                              |                                    |
|                                   | is too slow too, or its end is not known | it stays, failed                   |
| ends with an error                | answers, and it fails once more          | it is taken back                   |
|                                   | answers, and a second run of it is as    | it stays                           |
|                                   | expected                                 |                                    |
|                                   | ends with another error, and the first   | it is taken back                   |
|                                   | one names fields of the context          |                                    |
|                                   | ends with an error otherwise, or how it  | it stays, unknown: the environment |
|                                   | ends is not known                        | may be at fault                    |
| has no end that is known          | (not asked)                              | it stays, unknown                  |

A second run tells what was there for a moment (a provider that is busy, runs that wait for each other) from what is
written. An error that names fields of the context needs none: it comes again.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from reconciler.core import managed
from reconciler.core.expect import judge
from reconciler.model.change import Change, Create, Delete
from reconciler.model.live import Live
from reconciler.model.report import Outcome, Result
from reconciler.model.trial import Answered, Erred, NotRun, Ran, Trial, Unknown
from reconciler.model.tries import Try
from reconciler.model.wanted import Wanted

RUNS_BY = frozenset({"graph_id", "context", "config"})
"""The fields that make an answer."""

LONGEST = 500
"""Characters of an error's words that stand in a sentence."""


class Due(Struct, frozen=True, kw_only=True):
    """What this run wrote, `version` of it, and has to be tried. `before` is what was live then, if anything was."""

    outcome: Outcome
    wanted: Wanted
    version: int
    before: Live | None


def is_tried(change: Change) -> bool:
    """Whether a change has tries, and may make other answers than before: of graph, context or config."""
    if isinstance(change, Delete) or change.wanted.released or not change.wanted.tries:
        return False
    if isinstance(change, Create) or change.live.row.residue:
        return True
    return any(field.path[0] in RUNS_BY for field in change.fields)


def due(outcomes: Iterable[Outcome]) -> list[Due]:
    """Those that were applied, and have to be tried."""
    found = []
    for outcome in outcomes:
        change, version = outcome.change, outcome.version
        if outcome.result is Result.APPLIED and version is not None and is_tried(change):
            assert not isinstance(change, Delete)
            before = None if isinstance(change, Create) else change.live
            found.append(Due(outcome=outcome, wanted=change.wanted, version=version, before=before))
    return found


def is_ours(owner: str, one: Due, now: Live) -> bool:
    """Whether what is live is what this run wrote, as far as its tries are about it."""
    want = one.wanted
    same = managed.same_content(want, now.row) and managed.same_marker(want, owner, now.row)
    return same and now.row.number == one.version


def tried(one: Due, what: Try, ran: Ran) -> Trial:
    """The run of a try, judged."""
    failures = judge(what.expect, ran) if isinstance(ran, Answered) else ()
    return Trial(key=one.wanted.key, tried=what, after=ran, failures=failures)


def is_doubtful(trial: Trial) -> bool:
    """Whether it takes a run of the content before to tell what is at fault: an error, or nothing but time."""
    return isinstance(trial.after, Erred) or (bool(trial.failures) and _in_time(trial.tried, trial.after))


def _in_time(what: Try, ran: Ran) -> bool:
    """Whether the answer is right, however long it took."""
    return isinstance(ran, Answered) and not judge(replace(what.expect, max_seconds=None), ran)


def settled(trial: Trial, control: Ran) -> tuple[Trial, str | None]:
    """A doubtful trial, by the run of the content before. With the reason, where it failed and what was written is not
    to be blamed for it."""
    after = trial.after
    if isinstance(after, Erred):
        if isinstance(control, Answered) or (isinstance(control, Erred) and _only_ours(after, control)):
            return trial, None
        said = f"the run {_first(after)}"
        why = f"{_no_control(control)}: what is at fault is not known"
        return replace(trial, after=Unknown(why=f"{said} ({why})")), None
    if isinstance(control, Answered) and not _too_slow(trial.tried, control):
        return trial, None
    return trial, _too_slow_as_well(control)


def is_to_be_seen_twice(trial: Trial) -> bool:
    """Whether what a trial is blamed for may have been there for a moment only: all that is doubtful, but an error that
    names fields of the context."""
    return is_doubtful(trial) and not (isinstance(trial.after, Erred) and trial.after.fields)


def confirmed(trial: Trial, again: Ran) -> tuple[Trial, str | None]:
    """A trial that is to be seen twice, by a second run; as `settled`."""
    erred = isinstance(trial.after, Erred)
    first = _first(trial.after)
    if isinstance(again, Answered):
        failures = judge(trial.tried.expect, again)
        now = replace(trial, after=again, failures=failures, notes=(*trial.notes, f"its first run {first}"))
        slow = bool(failures) and _in_time(trial.tried, again)
        if slow and not erred:
            return trial, None
        return now, f"its first run {first}, and the second one only takes too long" if slow else None
    if not erred:
        return trial, f"it only takes too long, and {_second(again)}"
    if isinstance(again, Erred):
        return trial, None
    return replace(trial, after=Unknown(why=f"the run {first} ({_second(again)}: what is at fault is not known)")), None


def beside(trial: Trial, *runs: Ran) -> Trial:
    """The trial, with a note of what may be left on the server of runs that it does not show."""
    left = [r.left for r in runs if isinstance(r, Answered | Unknown) and r.left and r is not trial.after]
    return replace(trial, notes=(*trial.notes, *(f"on the server may still be {one}" for one in left)))


def _first(after: Ran) -> str:
    if isinstance(after, Erred):
        words = " ".join(after.message.split())[:LONGEST]
        return f"ended with {after.error}: {words}" if after.started else f"was refused: {words}"
    return f"took {after.seconds:.1f} s" if isinstance(after, Answered) else "has no end that is known"


def _second(again: Ran) -> str:
    if isinstance(again, Erred):
        return f"a second run ended with {again.error}"
    return f"how a second run ends is not known ({again.why})" if isinstance(again, Unknown | NotRun) else ""


def _only_ours(after: Erred, control: Erred) -> bool:
    """Whether what was written has a fault of its own: an error that names fields of it, and that is not the one with
    which the content before fails."""
    return bool(after.fields) and (after.error, after.fields) != (control.error, control.fields)


def _too_slow(what: Try, ran: Answered) -> bool:
    return what.expect.max_seconds is not None and ran.seconds > what.expect.max_seconds


def _no_control(control: Ran) -> str:
    match control:
        case Erred():
            return f"what was live before ends with {control.error} as well"
        case Answered():
            return "what was live before answers"
        case _:
            return f"how what was live before answers is not known ({control.why})"


def _too_slow_as_well(control: Ran) -> str:
    if isinstance(control, Answered):
        return f"what was live before takes too long as well: {control.seconds:.1f} s"
    return f"it only takes too long, and {_no_control(control)}"


def doubt(trial: Trial, proof: Ran) -> str | None:
    """What speaks against having taken it back: what is live again does not answer as expected either."""
    if isinstance(proof, Answered) and (failures := judge(trial.tried.expect, proof)):
        more = f", and {len(failures) - 1} more" if len(failures) > 1 else ""
        return f"what is live again fails that try as well ({failures[0]}{more}): look at what it expects"
    return f"what is live again ends with {proof.error} in that try" if isinstance(proof, Erred) else None


def blame(trials: Iterable[Trial]) -> str:
    """Why it is taken back, in a clause: the first failure, and how many more there are."""
    found = [f"try `{trial.tried.name}`: {failure}" for trial in trials for failure in _failures(trial)]
    more = f", and {len(found) - 1} more" if len(found) > 1 else ""
    return f"{found[0]}{more}" if found else ""


def _failures(trial: Trial) -> tuple[str, ...]:
    after = trial.after
    return (f"the run ended with {after.error}",) if isinstance(after, Erred) else trial.failures
