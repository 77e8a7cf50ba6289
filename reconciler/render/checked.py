"""What the check after an apply found, in words.

Everything returned may hold untrusted text, names in backticks, and is escaped by whoever prints it.
"""

from __future__ import annotations

from collections import Counter

from msgspec.structs import replace

from reconciler.model.change import Change, key_of
from reconciler.model.report import Check, Outcome, Report, Result
from reconciler.model.trial import Verdict
from reconciler.render import trials
from reconciler.render.trials import REAL, Shown
from reconciler.render.words import counted

GOOD = (Verdict.PASSED, Verdict.SHOWN)

_COUNTS = {
    Verdict.PASSED: "{} passed",
    Verdict.SHOWN: "{} only answered",
    Verdict.FAILED: "{} failed",
    Verdict.UNKNOWN: "{} not known",
    Verdict.NOT_RUN: "{} not run",
}

STAYS = "What fails its check and was not taken back is live: put it right"
GO_BACK = ", or make the version before live with `reconciler rollback KEY`."
INTERRUPTED = "Interrupted, but all was written by then; the check was not finished."
UNSEEN = "How a check ended that is not known or was not run: `reconciler try KEY` asks once more."


def of(report: Report, change: Change) -> Check | None:
    """The check of what a change made, where there was one."""
    key = key_of(change)
    return next((check for check in report.checks if check.key == key), None)


def is_good(check: Check | None) -> bool:
    """Whether nothing was found that a reader has to see."""
    return check is None or check.verdict in GOOD


def said(check: Check | None, outcome: Outcome | None) -> str:
    """What follows what became of a change; the empty text where that says it all."""
    if check is None or (outcome is not None and outcome.result is not Result.APPLIED):
        return ""
    number = len(check.trials)
    match check.verdict:
        case Verdict.PASSED:
            return f"; checked: {'its try answers' if number == 1 else f'its {number} tries answer'} as expected"
        case Verdict.SHOWN:
            return "; checked: it answers"
        case Verdict.FAILED:
            return f"; it FAILS its check and stays live{f': {check.kept}' if check.kept else ''}"
        case Verdict.UNKNOWN:
            return "; how its check ended is NOT KNOWN, so it stays live"
        case Verdict.NOT_RUN:
            return "; NOT CHECKED"


def shown(check: Check) -> tuple[Shown, ...]:
    """Its tries. The one for which it was taken back also has the answer of what is live again."""
    found = [trials.shown(trial) for trial in check.trials]
    if check.proof is None:
        return tuple(found)
    failed = next((at for at, trial in enumerate(check.trials) if trial.verdict is Verdict.FAILED), 0)
    side = trials.side("The answer of what is live again", check.proof)
    found[failed] = replace(found[failed], sides=(*found[failed].sides, side))
    return tuple(found)


def counts(report: Report) -> str | None:
    """All tries in numbers; None where nothing was checked."""
    if not report.checks:
        return None
    number = Counter(trial.verdict for check in report.checks for trial in check.trials)
    parts = [words.format(f"{number[verdict]:,}") for verdict, words in _COUNTS.items() if number[verdict]]
    return f"Checked by {counted(sum(number.values()), 'try', 'tries')}: {', '.join(parts)}. {REAL}"


def advice(report: Report) -> list[str]:
    """What to do where a check did not go well, and nothing was taken back."""
    back = {key_of(o.change) for o in report.outcomes if o.result is Result.ROLLED_BACK}
    stay = [check for check in report.checks if check.key not in back]
    found = {check.verdict for check in stay}
    older = any(check.verdict is Verdict.FAILED and check.before is not None for check in stay)
    texts = [f"{STAYS}{GO_BACK if older else '.'}"] if Verdict.FAILED in found else []
    return texts + ([UNSEEN] if found & {Verdict.UNKNOWN, Verdict.NOT_RUN} else [])
