"""What became of each change, for a terminal: one entry each, equal ones not joined, since each has its own version."""

from __future__ import annotations

from reconciler.model.change import Change, action, assistant_id_of, key_of, order
from reconciler.model.report import Report, Result
from reconciler.render import checked, results, tally, trial_text
from reconciler.render.changes import SYMBOLS
from reconciler.render.escape import terminal
from reconciler.render.rows import Kind, Rows

_GOOD = {Result.APPLIED, Result.UNCHANGED}


def outcomes(rows: Rows, report: Report, *, verbose: bool) -> None:
    """All changes of the plan in its order, also those the run never came to; then what it leaves as it is."""
    for change, outcome in tally.of_plan(report):
        symbol, kind = SYMBOLS[action(change)]
        check = checked.of(report, change)
        text = results.became(outcome, interrupted=report.interrupted) + checked.said(check, outcome)
        good: Kind = kind if outcome is not None and outcome.result in _GOOD and checked.is_good(check) else "error"
        by = f", by {outcome.by}" if outcome is not None and outcome.by else ""
        _entry(rows, change, f"{symbol} {key_of(change)}: {text}", good, by, verbose=verbose)
        for one in checked.shown(check) if check is not None else ():
            if verbose or one.verdict not in checked.GOOD:
                trial_text.say(rows, one, named=False, verbose=verbose)
    for held in sorted(report.plan.held, key=lambda held: order(held.change)):
        _entry(
            rows,
            held.change,
            f"! {key_of(held.change)}: left as it is, {results.left(held)}",
            "warning",
            verbose=verbose,
        )
    rows.blank()


def _entry(rows: Rows, change: Change, text: str, kind: Kind, by: str = "", *, verbose: bool) -> None:
    rows.say(f"  {terminal(text)}", kind, hang=4)
    if verbose:
        rows.say(terminal(f"assistant_id {assistant_id_of(change)}{by}"), "faint", indent=4)
