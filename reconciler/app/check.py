"""After an apply: runs the tries of what it wrote, and takes back what does not answer as it should.

What is at fault is judged by core/checks. Nothing is taken back of which that is not known, or that somebody else has
changed since; the other changes stand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Event

from msgspec import Struct
from msgspec.structs import replace

from reconciler.app.checked import Checked
from reconciler.app.execute import Attempt
from reconciler.app.go_back import CREATED, go_back
from reconciler.app.judging import judged
from reconciler.app.live_nodes import LiveNodes
from reconciler.app.running import OneRun, Progress, Side, no_progress, run_tries
from reconciler.app.session import Session
from reconciler.app.source import Source
from reconciler.core import checks
from reconciler.core.checks import Due
from reconciler.core.compose import Provenance
from reconciler.core.trials import Carried, Content, Vehicles
from reconciler.errors import ServerError
from reconciler.model.change import assistant_id_of
from reconciler.model.report import Outcome, Report, Result
from reconciler.model.trial import Erred, NotRun, Ran, Unknown
from reconciler.model.tries import Try
from reconciler.server.runner import Runner, RunOf

NOT_ASKED = "--no-rollback: it is only reported"
STOPPED = "it was interrupted"


class How(Struct, frozen=True, kw_only=True):
    """`seconds` is what one run may take, `parallelism` how many go side by side, `writes` how many of those that go
    back. Without `rollback` nothing is taken back."""

    seconds: float = 120.0
    parallelism: int = 4
    writes: int = 10
    rollback: bool = True


def check(
    report: Report,
    source: Source,
    session: Session,
    origin: Provenance,
    how: How,
    *,
    stop: Event,
    progress: Progress = no_progress,
    back: Callable[[Attempt], None] = lambda attempt: None,
) -> Report:
    """The report with what the tries found of what it says was applied, and with what was taken back. Raises nothing.

    Each try is a run by the assistant itself, as anybody's is. Where `stop` is set, what runs is cancelled, and nothing
    is taken back that was not begun. `source` is what was applied, `origin` where that came from. `progress` hears of
    each run, `back` of each that goes back.
    """
    found = [Checked(due=one) for one in checks.due(report.outcomes)]
    if not found:
        return report
    runner = session.runner
    assert runner is not None, "a session for checks can run"
    runs = _Runs(runner=runner, how=how, stop=stop, progress=progress, back=back)
    outcomes, why = report.outcomes, STOPPED
    try:
        _try(found, session, runs)
        _see_twice(_control(found, source, session, runs), runs)
        outcomes = _take_back([one for one in found if one.failed], outcomes, source, session, origin, runs)
        outcomes = _prove([one for one in found if one.taken_back], outcomes, runs)
    except KeyboardInterrupt:  # between two runs: whoever sends something hears of it there
        stop.set()
    except Exception as error:  # a fault of this tool must not lose the report of what was written
        why = f"{type(error).__name__}: {error}"
    for one in found:
        one.settle(why)
    good = (Result.APPLIED, Result.UNCHANGED, Result.HELD)
    return replace(
        report,
        outcomes=outcomes,
        converged=report.converged and all(outcome.result in good for outcome in outcomes),
        interrupted=report.interrupted or stop.is_set(),
        checks=tuple(one.finished() for one in found),
    )


class _Runs(Struct, frozen=True, kw_only=True):
    """How this check runs."""

    runner: Runner
    how: How
    stop: Event
    progress: Progress
    back: Callable[[Attempt], None]

    def __call__(self, runs: Sequence[OneRun]) -> list[Ran]:
        return run_tries(
            runs,
            self.runner,
            parallelism=self.how.parallelism,
            seconds=self.how.seconds,
            stop=self.stop,
            progress=self.progress,
        )


def _try(found: Sequence[Checked], session: Session, runs: _Runs) -> None:
    """Each try of each, by the assistant itself; not one that would run past where it is to stop."""
    pairs = [(one, what) for one in found for what in one.due.wanted.tries]
    passing = _passing(pairs, session)
    ends = iter(
        runs([_run(one.due, what, "after") for (one, what), why in zip(pairs, passing, strict=True) if not why])
    )
    for (one, what), why in zip(pairs, passing, strict=True):
        ran = NotRun(why=why) if why is not None else next(ends)
        one.trials.append(checks.tried(one.due, what, judged(what.expect, ran)[0]))


def _passing(pairs: Sequence[tuple[Checked, Try]], session: Session) -> list[str | None]:
    """Of each, why a run of it would not stop where it is to; None where it would, or no server says."""
    if not any(isinstance(what.interrupt_before, tuple) and what.interrupt_before for _, what in pairs):
        return [None] * len(pairs)
    try:
        nodes = LiveNodes(session.reader, session.reader.assistants())
    except ServerError as error:
        unread = f"whether it would stop where it is to is not known: {error.message}"
        return [unread if what.interrupt_before else None for _, what in pairs]
    return [nodes.unstopped(what, one.due.wanted.spec.graph_id) for one, what in pairs]


def _control(found: Sequence[Checked], source: Source, session: Session, runs: _Runs) -> list[tuple[Checked, int]]:
    """What the content before says to those tries whose failure may be the environment's: judged by it. Returned are
    those that what was written is to be blamed for, each with the place of its try."""
    doubtful = [(one, at) for one in found for at, trial in enumerate(one.trials) if checks.is_doubtful(trial)]
    doubtful = [(one, at) for one, at in doubtful if one.due.before is not None]
    if not doubtful:
        return []
    carried = _carried([one for one, _ in doubtful], source, session)
    ready = [(one, at, carry) for one, at in doubtful if isinstance(carry := carried[one.identifier], Carried)]
    ends = runs([_run(one.due, one.trials[at].tried, "control", carry) for one, at, carry in ready])
    controls = {(one.identifier, at): ran for (one, at, _), ran in zip(ready, ends, strict=True)}
    for one, at in doubtful:
        carry = carried[one.identifier]
        control = _as_before(carry, controls[one.identifier, at]) if isinstance(carry, Carried) else NotRun(why=carry)
        now, excuse = checks.settled(one.trials[at], control)
        one.trials[at] = checks.beside(now, control)
        if excuse is not None:
            one.excuses[one.trials[at].tried.name] = excuse
    return [(one, at) for one, at in doubtful if one.trials[at] in one.failed]


def _as_before(carry: Carried, control: Ran) -> Ran:
    """Beside fields of what was written an error says nothing of what was live before: it may be theirs."""
    if isinstance(control, Erred) and carry.notes:
        return Unknown(why=f"it ends with {control.error}, and {'; '.join(carry.notes)}")
    return control


def _see_twice(blamed: Sequence[tuple[Checked, int]], runs: _Runs) -> None:
    """Once more, before something is taken back that failed where the content before did not: what is busy for a moment
    is no fault of what was written."""
    asked = [(one, at) for one, at in blamed if checks.is_to_be_seen_twice(one.trials[at])]
    ends = runs([_run(one.due, one.trials[at].tried, "again") for one, at in asked])
    for (one, at), ran in zip(asked, ends, strict=True):
        trial = one.trials[at]
        now, excuse = checks.confirmed(trial, judged(trial.tried.expect, ran)[0])
        one.trials[at] = checks.beside(now, trial.after, ran)
        if excuse is not None:
            one.excuses[trial.tried.name] = excuse


def _carried(found: Sequence[Checked], source: Source, session: Session) -> dict[str, Carried | str]:
    """By which assistant the content before can be run; or why it cannot."""
    try:
        vehicles = Vehicles(source.repository.settings.owner, session.reader.assistants())
    except ServerError as error:
        return {one.identifier: f"the assistants could not be listed: {error.message}" for one in found}
    made: dict[str, Carried | str] = {}
    for one in found:
        assert one.due.before is not None
        spec = one.due.before.row.spec
        content = Content(graph_id=spec.graph_id, context=spec.context, config=spec.config)
        made[one.identifier] = vehicles.carry(content, one.identifier)
    return made


def _run(one: Due, what: Try, side: Side, carried: Carried | None = None) -> OneRun:
    identifier = one.wanted.assistant_id
    return OneRun(
        key=one.wanted.key,
        tried=what,
        side=side,
        what=RunOf(
            assistant_id=carried.assistant_id if carried is not None else identifier,
            input=what.input,
            context=carried.context if carried is not None else None,
            config=carried.config if carried is not None else None,
            interrupt_before=what.interrupt_before,
            like=identifier if carried is not None else None,
        ),
    )


def _take_back(
    blamed: Sequence[Checked],
    outcomes: tuple[Outcome, ...],
    source: Source,
    session: Session,
    origin: Provenance,
    runs: _Runs,
) -> tuple[Outcome, ...]:
    """What became of all changes at last."""
    if not blamed or runs.stop.is_set():
        return outcomes
    if not runs.how.rollback:
        for one in blamed:
            one.kept = CREATED if one.due.before is None else NOT_ASKED
        return outcomes
    asked, many = [one.due for one in blamed], runs.how.writes
    back, left = go_back(source, session, origin, asked, parallelism=many, stop=runs.stop, progress=runs.back)
    by_id = {one.identifier: one for one in blamed}
    found = []
    for outcome in outcomes:
        checked = by_id.get(assistant_id_of(outcome.change))
        if checked is None:
            found.append(outcome)
        elif checked.identifier in left:
            checked.kept = left[checked.identifier]
            found.append(outcome)
        else:
            found.append(checked.after(outcome, back[checked.identifier]))
    return tuple(found)


def _prove(found: Sequence[Checked], outcomes: tuple[Outcome, ...], runs: _Runs) -> tuple[Outcome, ...]:
    """The try that failed, once more, by what is live again; and where that fails, too, a note that says so."""
    ends = runs([_run(one.due, one.failed[0].tried, "proof") for one in found])
    notes: dict[str, str] = {}
    for one, ran in zip(found, ends, strict=True):
        one.proof = ran
        trial = one.failed[0]
        if (doubt := checks.doubt(trial, judged(trial.tried.expect, ran)[0])) is not None:
            notes[one.identifier] = doubt
    return tuple(_noted(outcome, notes.get(assistant_id_of(outcome.change))) for outcome in outcomes)


def _noted(outcome: Outcome, note: str | None) -> Outcome:
    if note is None:
        return outcome
    return replace(outcome, note="; ".join(one for one in (outcome.note, note) if one is not None))
