"""Whether an answer is what is expected of it. Pure; each expectation that it does not meet is a line of words."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator

from reconciler.model import json_path
from reconciler.model.json import Json, canonical, same
from reconciler.model.output import LONGEST_TEXT
from reconciler.model.trial import Answered
from reconciler.model.tries import Expect

LONG = 80
"""Characters of a value that are repeated."""

SHOWN = 3
"""Values that are named, of those that a path finds."""


def judge(expect: Expect, answer: Answered) -> tuple[str, ...]:
    """What the answer does not meet, a line each, in the order in which expectations are listed; empty where it meets
    all. What is quoted is untrusted text, in backticks, on one line and not escaped yet."""
    return tuple(_missed(expect, answer))


def _missed(expect: Expect, answer: Answered) -> Iterator[str]:
    text = answer.text
    ends = not (answer.cut and len(text) >= LONGEST_TEXT)
    for part in expect.contains:
        if part not in text:
            yield f"does not contain {_quoted(part)}" if ends else _unseen(part)
    for part in expect.not_contains:
        if part in text:
            yield f"contains {_quoted(part)}"
        elif not ends:
            yield _unseen(part)
    for pattern in expect.matches:
        if not ends:
            yield _unseen(pattern)
        elif not _matches(pattern, text):
            yield f"does not match {_quoted(pattern)}"
    for path, value in expect.json_path:
        yield from _at(path, value, answer)
    if expect.max_seconds is not None and answer.seconds > expect.max_seconds:
        yield f"took {_seconds(answer.seconds, expect.max_seconds)} s, and {expect.max_seconds:g} s are the most"


def _unseen(wanted: str) -> str:
    return f"{_quoted(wanted)} cannot be looked for: the answer is too long to be kept"


def _matches(pattern: str, text: str) -> bool:
    with warnings.catch_warnings(action="ignore"):  # of a pattern that a later Python may read otherwise
        return re.search(pattern, text) is not None


def _at(path: str, value: Json, answer: Answered) -> Iterator[str]:
    if answer.cut:
        yield f"{_quoted(path)} cannot be looked at: the output is too large to be kept"
        return
    found = json_path.find(path, answer.output)
    if not found:
        yield f"{_quoted(path)} finds nothing"
    elif not any(same(one, value) for one in found):
        more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        yield f"{_quoted(path)} is {', '.join(_value(one) for one in found[:SHOWN])}{more}, not {_value(value)}"


def _value(value: Json) -> str:
    """A value in backticks; a text as JSON writes it where it could be taken for something else."""
    if isinstance(value, str) and value and value not in ("true", "false", "null") and not _is_number(value):
        return _quoted(value)
    return _quoted(canonical(value).decode("utf-8", "replace"))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _quoted(text: str) -> str:
    """In backticks, cut to a line; one of its own does not end them early."""
    line = text.replace("`", "'").replace("\n", "⏎")
    return f"`{line if len(line) <= LONG else f'{line[:LONG]}…'}`"


def _seconds(took: float, most: float) -> str:
    """With as many digits as it takes to be seen to be more."""
    for digits in (1, 2, 3):
        if float(f"{took:.{digits}f}") > most:
            return f"{took:.{digits}f}"
    return f"{took:g}"
