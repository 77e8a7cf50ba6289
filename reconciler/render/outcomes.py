"""What became of each change, for a terminal: one entry each, equal ones not joined, since each has its own version."""

from __future__ import annotations

from reconciler.model.change import action, assistant_id_of, key_of
from reconciler.model.report import Report, Result
from reconciler.render import tally, words
from reconciler.render.changes import SYMBOLS
from reconciler.render.escape import terminal
from reconciler.render.rows import Kind, Rows

_GOOD = {Result.APPLIED, Result.UNCHANGED}


def outcomes(rows: Rows, report: Report, *, verbose: bool) -> None:
    """All changes of the plan in its order, also those the run never came to."""
    for change, outcome in tally.of_plan(report):
        symbol, kind = SYMBOLS[action(change)]
        text = words.became(outcome) if outcome is not None else "not started"
        good: Kind = kind if outcome is not None and outcome.result in _GOOD else "error"
        rows.say(f"  {symbol} {terminal(key_of(change))}: {terminal(text)}", good, hang=4)
        if verbose:
            by = f", by {outcome.by}" if outcome is not None and outcome.by else ""
            rows.say(terminal(f"assistant_id {assistant_id_of(change)}{by}"), "faint", indent=4)
    rows.blank()
