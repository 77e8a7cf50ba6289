"""What an apply did, in numbers, and whether the server shows it: for text and Markdown."""

from __future__ import annotations

from collections import Counter

from reconciler.model.change import Change, action, assistant_id_of
from reconciler.model.report import Outcome, Report, Result
from reconciler.render.results import RAN, not_started
from reconciler.render.totals import summary, unchanged

_NAMES = {
    Result.UNCHANGED: "needed nothing",
    Result.HELD: "left as it is",
    Result.STALE: "changed meanwhile and not written",
    Result.FAILED: "failed",
    Result.UNKNOWN: "unknown",
    Result.ROLLED_BACK: "taken back",
}


def of_plan(report: Report) -> list[tuple[Change, Outcome | None]]:
    """Every change of the plan with its outcome; None where the run never came to it."""
    found = {assistant_id_of(outcome.change): outcome for outcome in report.outcomes}
    return [(change, found.get(assistant_id_of(change))) for change in report.plan.changes]


def proof(report: Report) -> str:
    """What the reading at the end says."""
    if report.unread:
        return "It could not be read again from the server what this run has written."
    if report.plan.rollback:
        said = "the assistant is exactly as that version says" if report.converged else "it is NOT as that version says"
        return f"Read again from the server: {said}."
    if report.converged or _stopped_in_time(report):
        return "Read again from the server: everything this run wrote is exactly as git says."
    if _but_for(report, Result.ROLLED_BACK):
        return "Read again from the server: what was taken back is as it was before, all else is exactly as git says."
    return "Read again from the server: NOT all of it is as git says. Run plan to see."


def _but_for(report: Report, result: Result) -> bool:
    """Whether all is as git says but for what became of some."""
    good = (Result.APPLIED, Result.UNCHANGED, Result.HELD)
    others = {outcome.result for outcome in report.outcomes if outcome.result not in good}
    clean = not report.plan.refused and not any(held.ahead for held in report.plan.held)
    return clean and not report.outdated and others == {result}


def _stopped_in_time(report: Report) -> bool:
    """Whether all that is missing was never begun."""
    missing = [o for o in report.outcomes if o.result not in (Result.APPLIED, Result.UNCHANGED, Result.HELD)]
    return bool(missing) and all(map(not_started, missing))


def line(report: Report) -> str:
    """The last line: what was done, in numbers."""
    if report.plan.is_empty and not report.outcomes:
        return summary(report.plan)
    done = Counter(action(o.change) for o in report.outcomes if o.result is Result.APPLIED)
    made = ", ".join(f"{done[verb]:,} {past}" for verb, past in RAN.items())
    return f"Applied: {made}; {unchanged(report.plan)}."


def undone(report: Report) -> str | None:
    """What was not done, in numbers; None where all was."""
    results = Counter(o.result for o in report.outcomes if not not_started(o))
    results[Result.STALE] += len(report.outdated)
    results[Result.HELD] = len(report.plan.held) or results[Result.HELD]
    parts = [f"{results[result]:,} {name}" for result, name in _NAMES.items() if results[result]]
    if report.plan.refused:
        parts.append(f"{len(report.plan.refused):,} refused")
    if number := len(report.plan.left_out) - len(report.moved):
        parts.append(f"{number:,} not in the saved plan")
    if number := sum(not_started(outcome) for _, outcome in of_plan(report)):
        parts.append(f"{number:,} not started")
    return f"Besides: {', '.join(parts)}." if parts else None
