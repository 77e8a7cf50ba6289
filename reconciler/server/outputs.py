"""A run's output -> what is kept of it, without the key, should a graph repeat it."""

from __future__ import annotations

import json
from collections.abc import Callable

from msgspec.structs import replace

from reconciler.model.json import Json
from reconciler.model.output import LONGEST_TEXT, calls_of, depth, interrupted, question_of, text_of
from reconciler.model.trial import Answered

LARGEST_KEPT = 2**20
"""Bytes of an output that are kept, as it came and as it is written again, with a line for each value and blanks before
it: a megabyte of deep lists has sixty then. Of a larger one there is its text only."""

DEEPEST_KEPT = 200
"""Levels of an output that are kept: what is deeper can be read, but not be written again by all that follows."""

Mask = Callable[[str], str]


def answered(
    output: Json, given: Json, *, size: int, seconds: float, stops: str | tuple[str, ...], mask: Mask
) -> Answered:
    """What a run has answered whose input was `given`. `size` is that of the output in bytes, `stops` where it was to
    stop. That it did is seen by what it says: by a question of its own, or calls that nothing has answered."""
    too_deep = depth(output) > DEEPEST_KEPT
    if not too_deep:
        output = _masked(output, mask)
    calls = () if too_deep else calls_of(output, given)
    stopped = interrupted(output) or stops == "*" or bool(stops and calls)
    cut = too_deep or size > LARGEST_KEPT or _written(output) > LARGEST_KEPT
    if cut and _written([call.arguments for call in calls]) > LARGEST_KEPT:
        calls = tuple(replace(call, arguments=None) for call in calls)
    return Answered(
        text=_text(lambda: text_of(output, given), mask) or "",
        output=None if cut else output,
        seconds=seconds,
        calls=calls,
        stopped=stopped,
        cut=cut,
        asks=_text(lambda: question_of(output), mask),
    )


def _written(value: Json) -> int:
    """Bytes of it in a document, a few levels down."""
    return len(json.dumps([[[[value]]]], ensure_ascii=False, indent=2).encode(errors="replace"))


def _text(read: Callable[[], str | None], mask: Mask) -> str | None:
    try:
        found = read()
    except RecursionError:
        return ""
    return mask(found)[:LONGEST_TEXT] if found is not None else None


def _masked(value: Json, mask: Mask) -> Json:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, list):
        return [_masked(each, mask) for each in value]
    if isinstance(value, dict):
        return {mask(name): _masked(each, mask) for name, each in value.items()}
    return value
