"""The check of an apply on the command line: whether there is one, what is said of it before, and its progress."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Lock

from reconciler.app.check import How, check
from reconciler.app.execute import Attempt
from reconciler.app.running import OneRun
from reconciler.app.session import Session
from reconciler.cli import output
from reconciler.cli.planning import Prepared
from reconciler.core.checks import is_tried
from reconciler.core.compose import Provenance
from reconciler.model.change import key_of, wanted_of
from reconciler.model.plan import Plan
from reconciler.model.report import Report
from reconciler.model.trial import Answered, Erred, NotRun, Ran, Unknown
from reconciler.render.escape import terminal
from reconciler.render.words import counted


def announced(plan: Plan) -> str | None:
    """What a check will run, to be said before somebody answers yes; None where it runs nothing."""
    tried = [want for change in plan.changes if is_tried(change) and (want := wanted_of(change)) is not None]
    if not tried:
        return None
    runs = counted(sum(len(want.tries) for want in tried), "try", "tries")
    return f"Then {runs} of {counted(len(tried), 'assistant')} run there. They are real runs: what tools do, they do."


def checked(
    run: Prepared, session: Session, report: Report, origin: Provenance, how: How, *, stop: Event, told: bool
) -> Report:
    """The report with what the check found. With `told` it says on stderr where there was nothing to run."""
    if not any(is_tried(outcome.change) for outcome in report.outcomes):
        if told:
            output.say("nothing that was written has tries, so nothing is checked")
        return report
    return check(report, run.source, session, origin, how, stop=stop, progress=progress(), back=_back)


def progress() -> Callable[[OneRun, Ran], None]:
    """Says each run as it ends, a line each. Safe for several threads."""
    lock = Lock()

    def say(one: OneRun, ran: Ran) -> None:
        with lock:
            output.say(terminal(f"{_SIDES[one.side]} {one.key}, try `{one.tried.name}`: {_ended(ran)}"))

    return say


def _back(attempt: Attempt) -> None:
    word = "taken back" if attempt.result == "done" else f"not taken back ({attempt.result})"
    output.say(terminal(f"check {key_of(attempt.change)}: {word}"))


_SIDES = {
    "before": "before",
    "after": "check",
    "control": "check, what was live before:",
    "again": "check, once more:",
    "proof": "check, what is live again:",
}


def _ended(ran: Ran) -> str:
    match ran:
        case Answered():
            return f"answered in {ran.seconds:.1f} s"
        case Erred():
            return f"ended with {ran.error}"
        case Unknown():
            return f"its end is not known: {ran.why}"
        case NotRun():
            return f"not run: {ran.why}"
