"""Line diffs and word diffs of texts, made for prompts: few lines of context, and nothing that differs is hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct

from reconciler.render.escape import terminal
from reconciler.render.patience import Block, blocks
from reconciler.render.visible import alike, shown

CONTEXT = 2
"""Lines shown around a change."""

WORDS = 8
"""Words shown around a change in a long line; changes nearer than twice that are shown as one."""

LONG_LINE = 160

_TOKEN = re.compile(r"\w+|\s|[^\w\s]")
_NO_END = "‹no line end›"


class Line(Struct, frozen=True):
    """`@` says where the lines after it stand; a blank sign is context. `text` is safe for a terminal."""

    sign: Literal["+", "-", " ", "@"]
    text: str


def split(text: str) -> list[str]:
    """The lines of a text without their ends. Only a line feed ends a line: the rest is content."""
    return text.removesuffix("\n").split("\n") if text else []


def added(text: str, sign: Literal["+", "-"] = "+") -> Iterator[Line]:
    """A whole text that is new, or goes."""
    for line in split(text):
        yield Line(sign, shown(line))


def line_diff(before: str, after: str) -> Iterator[Line]:
    """The lines that differ, with their neighbours and their numbers in the new text; of a new text just the lines."""
    old, new = split(before), split(after)
    if old and new and before.endswith("\n") != after.endswith("\n"):
        # As a part of the last line, so that it is compared, and seen, like any other difference.
        (old if after.endswith("\n") else new)[-1] += "\n"
    found = blocks(old, new)
    strict = any(_looks_same(old, new, block) for same, block in found if not same)
    for number, (same, block) in enumerate(found):
        if same:
            yield from _context(old, block, first=number == 0, last=number + 1 == len(found))
            continue
        if number == 0 and old and new:
            yield Line("@", "line 1")
        yield from _changed(old, new, block, strict)


def _looks_same(old: Sequence[str], new: Sequence[str], block: Block) -> bool:
    i1, i2, j1, j2 = block
    return i2 - i1 == j2 - j1 and any(alike(a, b) for a, b in zip(old[i1:i2], new[j1:j2], strict=True))


def _context(lines: Sequence[str], block: Block, *, first: bool, last: bool) -> Iterator[Line]:
    i1, i2, _, j2 = block
    shown_lines = [terminal(line) for line in lines[i1:i2]]
    head = 0 if first else CONTEXT
    tail = 0 if last else CONTEXT
    if not first and not last and i2 - i1 <= head + tail + 1:
        yield from (Line(" ", line) for line in shown_lines)
        return
    yield from (Line(" ", line) for line in shown_lines[:head])
    if not last:
        kept = min(tail, i2 - i1)
        yield Line("@", f"line {j2 - kept + 1}")
        yield from (Line(" ", line) for line in shown_lines[i2 - i1 - kept :])


def _changed(old: Sequence[str], new: Sequence[str], block: Block, strict: bool) -> Iterator[Line]:
    i1, i2, j1, j2 = block
    pairs = list(zip(old[i1:i2], new[j1:j2], strict=False))
    if i2 - i1 == j2 - j1 and all(min(len(a), len(b)) > LONG_LINE for a, b in pairs):
        for a, b in pairs:
            yield from word_diff(a, b)
        return
    yield from (Line("-", _shown(line, strict)) for line in old[i1:i2])
    yield from (Line("+", _shown(line, strict)) for line in new[j1:j2])


def _shown(line: str, strict: bool) -> str:
    return shown(line[:-1], strict=strict) + _NO_END if line.endswith("\n") else shown(line, strict=strict)


def word_diff(before: str, after: str) -> Iterator[Line]:
    """Two long lines by the words that differ: for each change a line before and one after, with some words around."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    found = _merged(blocks(old, new))
    strict = any(alike("".join(old[i1:i2]), "".join(new[j1:j2])) for i1, i2, j1, j2 in found)
    for block in found:
        i1, i2, j1, j2 = block
        yield Line("-", _around(old, i1, i2, strict))
        yield Line("+", _around(new, j1, j2, strict))


def _merged(found: list[tuple[bool, Block]]) -> list[Block]:
    """The blocks that differ; what stands between two near ones joins them."""
    merged: list[Block] = []
    for same, (i1, i2, j1, j2) in found:
        if same:
            continue
        if merged and i1 - merged[-1][1] <= 4 * WORDS:
            merged[-1] = (merged[-1][0], i2, merged[-1][2], j2)
        else:
            merged.append((i1, i2, j1, j2))
    return merged


def _around(tokens: Sequence[str], start: int, end: int, strict: bool) -> str:
    # A word and the blank after it are two tokens.
    first, last = max(0, start - 2 * WORDS), min(len(tokens), end + 2 * WORDS)
    while 0 < first < start and not tokens[first].isalnum():
        first += 1
    text = "".join(tokens[first:last])
    # The blank at a cut says nothing; any other blank at an end may be the very difference.
    text = text.removeprefix(" ") if first else text
    text = text.removesuffix(" ") if last < len(tokens) else text
    return ("… " if first else "") + _shown(text, strict) + (" …" if last < len(tokens) else "")
