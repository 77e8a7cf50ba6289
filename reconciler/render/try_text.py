"""What was tried, for a terminal: each try with the answer before, the answer after, and what differs."""

from __future__ import annotations

from reconciler.model.trial import Answered, Trial, Tried, Verdict
from reconciler.render import trial_text, try_words, words
from reconciler.render.escape import terminal
from reconciler.render.lines import line_diff, split
from reconciler.render.rows import Kind, Rows
from reconciler.render.text import WIDTH
from reconciler.render.trials import shown

DIFFERS = 40
"""Lines shown of what differs between two answers."""


def tried(tried: Tried, *, width: int = WIDTH, colour: bool = False, verbose: bool = False) -> str:
    """All tries, who was not tried and why, and last the numbers. Of long answers the first lines, unless `verbose`.
    Raises nothing."""
    rows = Rows(width, colour=colour)
    rows.say(terminal(words.where(tried.deployment)), "title", hang=2)
    if tried.off is None:
        rows.say(terminal(try_words.compared(tried)), "faint", hang=2)
    if verbose:
        rows.say(terminal(f"Owner {tried.owner}, commit {tried.commit or 'unknown'}"), "faint", hang=2)
    rows.blank()
    key = None
    for trial in tried.trials:
        if trial.key != key:
            key = trial.key
            rows.say(terminal(key), "title", indent=2, hang=2)
        rows.say(f"{terminal(trial.tried.path)}:{trial.tried.line}", "faint", indent=4)
        trial_text.say(rows, shown(trial), named=False, verbose=verbose)
        _differs(rows, trial, verbose=verbose)
        rows.blank()
    for line in try_words.left_out(tried):
        rows.say(terminal(line), hang=2)
    rows.blank()
    if tried.trials:
        rows.say(try_words.REAL, "faint", hang=2)
    if tried.off is None:
        rows.say(terminal(try_words.summary(tried)), _kind(tried), hang=2)
    return rows.text()


def _differs(rows: Rows, trial: Trial, *, verbose: bool) -> None:
    """The lines that differ, where both answers have several."""
    before, after = trial.before, trial.after
    if not (isinstance(before, Answered) and isinstance(after, Answered)) or before.text == after.text:
        return
    if min(len(split(before.text)), len(split(after.text))) < 2:
        return
    rows.say("what differs:", "faint", indent=6)
    lines = list(line_diff(before.text, after.text))
    kept = lines if verbose or len(lines) <= DIFFERS + 1 else lines[:DIFFERS]
    for line in kept:
        rows.diff(line.sign, trial_text.clipped(line.text, str, verbose=verbose), indent=8)
    if len(kept) < len(lines):
        rows.diff(" ", f"… {words.counted(len(lines) - DIFFERS, 'more line')}", indent=8)


def _kind(tried: Tried) -> Kind:
    verdicts = {trial.verdict for trial in tried.trials}
    if verdicts & {Verdict.FAILED, Verdict.UNKNOWN}:
        return "error"
    return "warning" if Verdict.NOT_RUN in verdicts or tried.interrupted else "good" if verdicts else "title"
