"""What the tries of a plan come to: what a reader has to see before anything is folded open.

Everything returned may hold untrusted text, names in backticks, and is escaped by whoever prints it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from reconciler.model.trial import Trial, Tried, Verdict
from reconciler.render.plain import Voice
from reconciler.render.trials import REAL, said
from reconciler.render.words import SHORT, counted

NAMED = 5
"""Tries and assistants that are named before anything is folded open; inside stand all of them."""

LONG = 300
"""Characters of a reason; the try itself has all of it."""

_RED = (Verdict.FAILED, Verdict.UNKNOWN, Verdict.NOT_RUN)
_COUNTS = {
    Verdict.PASSED: "{} passed",
    Verdict.FAILED: "{} failed",
    Verdict.SHOWN: "{} only answered, as nothing is expected of {them}",
    Verdict.UNKNOWN: "how {} ended is not known",
    Verdict.NOT_RUN: "{} {were} not run",
}


def title(tried: Tried | None) -> str:
    """What follows the title of the plan: `, and 1 of 3 tries fails`; the empty text where nothing is wrong."""
    found = _number(tried)
    failed, unknown, missing = (found[verdict] for verdict in _RED)
    if failed:
        return f", and {_of(failed, tried)} {'fails' if failed == 1 else 'fail'}"
    if unknown:
        return f", and how {_of(unknown, tried)} ended is not known"
    return f", and {_of(missing, tried)} {'was' if missing == 1 else 'were'} not run" if missing else ""


def stops(tried: Tried | None, voice: Voice) -> tuple[str, ...]:
    """What makes a check red, a line each: what failed, then what is not known, then what was not run."""
    if tried is None:
        return ()
    red = [trial for verdict in _RED for trial in tried.trials if trial.verdict is verdict]
    lines = [f"`{trial.key}`, try `{trial.tried.name}`: {_clip(said(trial))}" for trial in red]
    lines = lines if len(lines) <= NAMED else [*lines[:NAMED], f"and {len(lines) - NAMED} more, below"]
    if tried.interrupted:
        lines.append("the tries were interrupted, so not all were made")
    failed = any(trial.verdict is Verdict.FAILED for trial in red)
    first = "What was tried does not answer as expected" if failed else "What came of the tries is not all known"
    return (f"{first}{voice.red}:", *lines) if lines else ()


def told(tried: Tried | None) -> tuple[str, ...]:
    """What was run and what was not, in sentences."""
    if tried is None:
        return ()
    if tried.off is not None:
        return (f"Nothing was tried: {_clip(tried.off.rstrip('.'))}.",)
    found = [_ran(tried.trials)] if tried.trials else []
    if any(trial.before is not None for trial in tried.trials):
        before = "of what is live" if tried.against == "live" else f"as commit `{tried.against[:SHORT]}` has it"
        found.append(f"The answer before is {before}, the one after of what git says.")
    found += [REAL] if tried.trials else []
    alike = {key for keys in tried.alike.values() for key in keys}
    if alike:
        names = _names(sorted(tried.alike))
        one = len(alike) == 1
        found.append(
            f"{counted(len(alike), 'other assistant')} with the same change {'was' if one else 'were'} not tried: "
            f"{names} {'was' if len(tried.alike) == 1 else 'were'}, in {'its' if one else 'their'} place."
        )
    reasons: dict[str, list[str]] = {}
    for key, why in tried.untried.items():
        reasons.setdefault(why, []).append(key)
    found += [f"Not tried: {_names(keys)}: {_clip(why.rstrip('.'))}." for why, keys in [*reasons.items()][:NAMED]]
    if left := sum(len(keys) for keys in [*reasons.values()][NAMED:]):
        found.append(f"Nor were {left:,} more, for other reasons: the log of the tries has them.")
    return tuple(found)


def _ran(trials: tuple[Trial, ...]) -> str:
    found = Counter(trial.verdict for trial in trials)
    parts = [
        words.format(f"{number:,}", them="it" if number == 1 else "them", were="was" if number == 1 else "were")
        for verdict, words in _COUNTS.items()
        if (number := found[verdict])
    ]
    names = _names(dict.fromkeys(trial.key for trial in trials))
    return f"{counted(len(trials), 'try', 'tries')} of {names}: {', '.join(parts)}."


def _names(keys: Iterable[str]) -> str:
    listed = list(keys)
    named = [f"`{key}`" for key in listed[:NAMED]]
    named += [f"{len(listed) - NAMED:,} more"] if len(listed) > NAMED else []
    return f"{', '.join(named[:-1])} and {named[-1]}" if len(named) > 1 else "".join(named)


def _number(tried: Tried | None) -> Counter[Verdict]:
    return Counter(trial.verdict for trial in tried.trials) if tried is not None else Counter()


def _of(number: int, tried: Tried | None) -> str:
    all_of_them = len(tried.trials) if tried is not None else 0
    return "the try" if all_of_them == 1 else f"{number:,} of {all_of_them:,} tries"


def _clip(text: str) -> str:
    return text if len(text) <= LONG else f"{text[:LONG]}…"
