"""How much of a plan is written out, so that a comment fits: the least important goes first, and it is said.

First whole differences, then differences cut at whole lines, then only who changes, then only how many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

LIMIT = 65_536
"""The characters GitHub takes in a comment."""

SUMMARY_LIMIT = 1_048_576 - 65_536
"""The bytes of a summary: GitHub takes 1 MiB of all that one step writes."""

T = TypeVar("T")


class Level(Struct, frozen=True, kw_only=True):
    """None is all of it. `answers`, `diff` and `prose` are characters, of one answer to a try, of one difference and of
    one message; `entries` are those of one section, `names` those of one entry. `said` tells the reader what was left
    out."""

    said: str | None = None
    answers: int | None = None
    diff: int | None = None
    prose: int | None = None
    entries: int | None = None
    names: int | None = None
    bodies: bool = True

    def clip(self, text: str) -> str:
        """A message, cut to what this level gives it."""
        return text if self.prose is None or len(text) <= self.prose else f"{text[: self.prose]}…"

    def answer(self, text: str) -> tuple[str, str]:
        """An answer, cut to what this level gives it, and what is said of the rest."""
        if self.answers is None or len(text) <= self.answers:
            return text, ""
        return text[: self.answers], f"… {more(len(text) - self.answers, 'character')}"

    def lines(self, lines: list[str]) -> list[str]:
        """A difference, cut at whole lines."""
        if self.diff is None:
            return lines
        room, kept = self.diff, 0
        for line in lines:
            room -= len(line) + 1
            if room < 0:
                break
            kept += 1
        return lines if kept == len(lines) else [*lines[:kept], f"… {more(len(lines) - kept, 'line')}"]


def more(number: int, thing: str, plural: str | None = None) -> str:
    """`1 more line`, `2 more lines`."""
    return f"{number:,} more {thing if number == 1 else plural or thing + 's'}"


def first(items: list[T], most: int | None) -> tuple[list[T], int]:
    """The first of them, and how many are left out."""
    return (items, 0) if most is None else (items[:most], max(0, len(items) - most))


_CUT = "Shortened to fit: long differences are cut. `reconciler plan` shows all of it."
_TITLES = "Shortened to fit: who changes, but not what. `reconciler plan` shows all of it."
_COUNTS = "Shortened to fit: only numbers. `reconciler plan` shows all of it."

LEVELS = (
    Level(),
    Level(said=_CUT, diff=20_000, prose=2_000),
    Level(said=_CUT, diff=6_000, prose=1_000, names=200),
    Level(said=_CUT, diff=2_000, prose=500, names=50),
    Level(said=_CUT, diff=700, prose=300, names=10),
    Level(said=_TITLES, prose=200, entries=200, names=20, bodies=False),
    Level(said=_TITLES, prose=100, entries=50, names=5, bodies=False),
    Level(said=_COUNTS, prose=60, entries=5, names=2, bodies=False),
    Level(said=_COUNTS, prose=40, entries=0, names=1, bodies=False),
)


ANSWERS = (8_000, 2_000, 600, 200, 0)
"""Characters of an answer to a try. They are cut before anything else is: what changes is what a plan is about."""


def with_answers(levels: Iterable[Level]) -> Iterable[Level]:
    """The levels of a plan that was tried: first the answers are cut, then left out."""
    first, *others = levels
    yield first
    for number in ANSWERS:
        cut = "answers are cut" if number else "answers are left out"
        yield replace(first, answers=number, said=f"Shortened to fit: {cut}. `reconciler try` shows all of them.")
    yield from (replace(level, answers=0) for level in others)


def in_bytes(text: str) -> int:
    """The size of a text where that is counted in bytes."""
    return len(text.encode())


def fit(
    render: Callable[[Level], str], limit: int, size: Callable[[str], int] = len, levels: Iterable[Level] = LEVELS
) -> str:
    """The fullest form of at most `limit` characters, or what `size` counts. The last one is some hundred characters
    for any input."""
    return fullest(render, levels, limit, size)


def fullest(render: Callable[[T], str], levels: Iterable[T], limit: int, size: Callable[[str], int]) -> str:
    """The first of the forms, from the fullest on, that is at most that big; else the last."""
    text = ""
    for level in levels:
        text = render(level)
        if size(text) <= limit:
            break
    return text
