"""A plan, a report, diagnostics for a terminal: at most `width` columns, and nothing that steers it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reconciler.model.change import Reason
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.plan import Plan
from reconciler.model.report import Report
from reconciler.model.trial import Tried
from reconciler.render import closing, trial_text, trials, words
from reconciler.render import tried as tries
from reconciler.render.changes import group
from reconciler.render.escape import terminal
from reconciler.render.groups import of_changes, of_held
from reconciler.render.outcomes import outcomes
from reconciler.render.plain import APPLYING
from reconciler.render.rows import Kind, Rows
from reconciler.render.trials import Shown

WIDTH = 80

_ENDLESS = 1_000_000_000
"""More columns than any line has: nothing is broken."""


def plan(
    plan: Plan, *, tried: Tried | None = None, width: int = WIDTH, colour: bool = False, verbose: bool = False
) -> Iterator[str]:
    """The plan: deployment, changes, each with its tries, drift, what is left alone, guards, and last the numbers. In
    pieces of whole lines, made one after the other: a plan of ten thousand changes is never one text.

    `verbose` also shows ids, whole new texts, and the keys of what is unchanged. Raises nothing.
    """
    rows = Rows(width, colour=colour)
    _begin(rows, words.compared(plan) if plan.offline else words.where(plan.deployment), plan, verbose)
    untold = dict(trials.by_key(tried.trials)) if tried is not None else {}
    drifted = [c for c in plan.changes if Reason.DRIFT in c.reasons]
    for one in of_changes(c for c in plan.changes if Reason.DRIFT not in c.reasons):
        group(rows, one, plan.deployment, verbose=verbose, tries=untold)
        yield rows.text()
    if drifted:
        _title(rows, "Changed outside git, apply overwrites it (- is live now, + is what git says):")
        for one in of_changes(drifted):
            group(rows, one, plan.deployment, verbose=verbose, tries=untold)
            yield rows.text()
    if left := [held for held in plan.held if not held.blocks]:
        _title(rows, "Left as it is, apply does not write it (- is live now, + is what git says):")
        for one in of_held(left):
            group(rows, one, plan.deployment, verbose=verbose, tries=untold)
            yield rows.text()
    _refused(rows, plan)
    yield from _blocked(rows, plan, untold, verbose=verbose)
    _tried(rows, tried, untold, verbose=verbose)
    closing.guards(rows, plan.guards)
    closing.diagnostics(rows, plan.diagnostics, verbose=verbose)
    closing.last(rows, plan, verbose=verbose)
    yield rows.text()


def report(report: Report, *, width: int = WIDTH, colour: bool = False, verbose: bool = False) -> Iterator[str]:
    """What an apply did: every change with its outcome, what it left, the proof, the numbers. In pieces, as `plan`.

    How anything differs was in the plan and is not said again, but for what a saved plan does not hold so.
    """
    rows = Rows(width, colour=colour)
    _begin(rows, words.where(report.plan.deployment), report.plan, verbose)
    outcomes(rows, report, verbose=verbose)
    yield rows.text()
    yield from _stale(rows, report, verbose=verbose)
    _refused(rows, report.plan)
    closing.guards(rows, report.plan.guards)
    closing.diagnostics(rows, report.diagnostics, verbose=verbose)
    closing.proof(rows, report)
    yield rows.text()


def diagnostics(found: Iterable[Diagnostic], *, width: int | None = WIDTH, colour: bool = False) -> str:
    """One `file:line:column: message [code]` each, its hint on the next line; the empty text where there is none.

    Without a `width`, as for a pipe, each is on one line, `file:line:column: message [code]`.
    """
    rows = Rows(width if width is not None else _ENDLESS, colour=colour)
    for one in sorted(found, key=Diagnostic.order):
        closing.diagnostic(rows, one)
    return rows.text()


def _begin(rows: Rows, title: str, plan: Plan, verbose: bool) -> None:
    rows.say(terminal(title), "title", hang=2)
    if verbose:
        base = f", compared with {plan.base}" if plan.base else ""
        rows.say(terminal(f"Owner {plan.owner}, commit {plan.commit or 'unknown'}{base}"), "faint", hang=2)
    rows.blank()


def _title(rows: Rows, title: str, kind: Kind = "title") -> None:
    rows.blank()
    rows.say(title, kind)
    rows.blank()


def _tried(rows: Rows, tried: Tried | None, left: Mapping[str, tuple[Shown, ...]], *, verbose: bool) -> None:
    """The tries of assistants that do not change, and what all of them come to."""
    if left:
        _title(rows, "Tried, and not changed:")
    for one in (shown for found in left.values() for shown in found):
        trial_text.say(rows, one, named=True, verbose=verbose, indent=2)
    rows.blank()
    red, said = tries.stops(tried, APPLYING), tries.told(tried)
    for number, line in enumerate(red):
        rows.say(terminal(line), "error", indent=2 if number else 0, hang=2)
    rows.blank()
    if said:
        rows.say(terminal(" ".join(said)))
    rows.blank()


def _blocked(rows: Rows, plan: Plan, untold: dict[str, tuple[Shown, ...]], *, verbose: bool) -> Iterator[str]:
    if not plan.blocked:
        return
    _title(rows, "Blocked: apply stops here and writes nothing.", "error")
    held = of_held(held for held in plan.held if held.blocks)
    if held:
        rows.say("In the differences - is what is live now, and + is what git says.", indent=2)
        rows.blank()
    for one in held:
        group(rows, one, plan.deployment, verbose=verbose, tries=untold)
        yield rows.text()


def _stale(rows: Rows, report: Report, *, verbose: bool) -> Iterator[str]:
    if report.moved:
        _title(rows, "How it differs now, which was not planned (- is live now, + is what git says):")
        for one in of_changes(report.moved):
            group(rows, one, report.plan.deployment, verbose=verbose)
            yield rows.text()


def _refused(rows: Rows, plan: Plan) -> None:
    if plan.refused:
        _title(rows, "Refused, not written:")
        for found in sorted(plan.refused, key=Diagnostic.order):
            closing.diagnostic(rows, found, indent=2)
        rows.blank()
