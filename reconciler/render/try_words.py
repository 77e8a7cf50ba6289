"""What tries come to, in words that the terminal and Markdown share. Names and reasons are untrusted: nothing returned
is escaped yet."""

from __future__ import annotations

from collections import Counter

from reconciler.model.trial import Tried, Verdict
from reconciler.render.trials import REAL as REAL
from reconciler.render.words import SHORT, counted

NAMED = 20
"""Assistants that are named in one line."""

_COUNTS = {
    Verdict.PASSED: "{} passed",
    Verdict.SHOWN: "{} answered, where nothing was expected",
    Verdict.FAILED: "{} failed",
    Verdict.UNKNOWN: "{} with an unknown end",
    Verdict.NOT_RUN: "{} not run",
}


def compared(tried: Tried) -> str:
    """What is before and what is after."""
    before = "what is live now" if tried.against == "live" else f"commit {_short(tried.against)}"
    return f"before is {before}, after is what the manifests here say"


def _short(commit: str) -> str:
    return commit[:SHORT] if len(commit) == 40 else commit


def left_out(tried: Tried) -> list[str]:
    """Who was not tried, a line for each reason."""
    found = [f"Nothing was tried: {tried.off}."] if tried.off is not None else []
    groups: dict[tuple[str, ...], list[str]] = {}
    for key, others in tried.alike.items():
        groups.setdefault(tuple(others), []).append(key)
    for others, keys in groups.items():
        one = len(others) == 1
        same = f"the same change, so {'it was' if one else 'they were'} not tried"
        found.append(f"{_names(others)} {'has' if one else 'have'} {same}: {_names(keys)} stand for {_them(one)}")
    reasons: dict[str, list[str]] = {}
    for key, why in tried.untried.items():
        reasons.setdefault(why, []).append(key)
    found += [f"Not tried: {_names(keys)}: {why}" for why, keys in reasons.items()]
    return found


def _them(one: bool) -> str:
    return "it" if one else "them"


def _names(keys: list[str] | tuple[str, ...]) -> str:
    named = ", ".join(f"`{key}`" for key in keys[:NAMED])
    return named if len(keys) <= NAMED else f"{named} and {len(keys) - NAMED:,} more"


def summary(tried: Tried) -> str:
    """The last line: `Tries: 2 passed, 1 failed.`"""
    found = Counter(trial.verdict for trial in tried.trials)
    parts = [words.format(f"{found[verdict]:,}") for verdict, words in _COUNTS.items() if found[verdict]]
    stopped = " It was interrupted." if tried.interrupted else ""
    return f"{counted(len(tried.trials), 'try', 'tries')}{': ' + ', '.join(parts) if parts else ''}.{stopped}"
