"""A template changed so that it gives another text for one row: what `fill` does, backwards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

from reconciler.model.json import JsonObject
from reconciler.repo.manifests.template import Unfilled, fill

_HOLE = re.compile(r"\$\$\{|\$\{[^{}\n]*\}")


_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_WORD = re.compile(r"\w+|\W")


class _Literal(NamedTuple):
    """A part that stands in the text as it stands in the template: where it starts in both, and how long it is."""

    template: int
    text: int
    length: int


def unfill(template: str, row: JsonObject, value: str) -> str | None:
    """The template that gives `value` for this row; None where what differs comes from the row's own fields."""
    literals, text = list(_literals(template, row)), fill(template, row)
    made = template
    for start, end, new in reversed(list(_edits(text, value))):
        found = next((p for p in literals if p.text <= start and end <= p.text + p.length), None)
        if found is None:
            return None
        at = found.template + start - found.text
        made = f"{made[:at]}{new.replace('${', '$${')}{made[at + end - start :]}"
    try:
        return made if fill(made, row) == value else None
    except Unfilled:
        return None


def _literals(template: str, row: JsonObject) -> Iterator[_Literal]:
    at = text = 0
    for hole in _HOLE.finditer(template):
        yield _Literal(at, text, hole.start() - at)
        text += hole.start() - at + len(fill(hole.group(), row))
        at = hole.end()
    yield _Literal(at, text, len(template) - at)


def _edits(before: str, after: str, unit: re.Pattern[str] = _LINE) -> Iterator[tuple[int, int, str]]:
    """What of one text becomes what of the other: line by line, and within lines that differ word by word."""
    old, new = unit.findall(before), unit.findall(after)
    starts = [0]
    for part in old:
        starts.append(starts[-1] + len(part))
    for tag, i, i2, j, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        was, now = "".join(old[i:i2]), "".join(new[j:j2])
        if tag == "replace" and unit is _LINE:
            yield from ((starts[i] + x, starts[i] + y, part) for x, y, part in _edits(was, now, _WORD))
        elif tag != "equal":
            yield starts[i], starts[i2], now
