"""Rows of terminal output with a colour each: broken first, painted last, so that colour never changes the text."""

from __future__ import annotations

from typing import Literal

import click

from reconciler.render.escape import row
from reconciler.render.wrap import marked, prose

Kind = Literal["plain", "title", "add", "remove", "change", "back", "faint", "error", "warning", "good"]

_COLOURS: dict[Kind, str] = {
    "add": "green",
    "remove": "red",
    "change": "yellow",
    "back": "cyan",
    "error": "red",
    "warning": "yellow",
    "good": "green",
}
_BOLD: frozenset[Kind] = frozenset({"title", "error", "good"})
_OF_SIGN: dict[str, Kind] = {"+": "add", "-": "remove", "@": "back"}


class Rows:
    """Rows of at most `width` columns, taken as text piece by piece. What is put in is safe for a terminal already."""

    def __init__(self, width: int, *, colour: bool = False) -> None:
        self.width = width
        self._colour = colour
        self._lines: list[str] = []
        self._begun = False
        self._blanks = 0  # that wait for a row after them: there are none at the end

    def blank(self) -> None:
        """A blank row before what comes next, unless there is one, or nothing stands above it."""
        if self._begun:
            self._blanks = max(self._blanks, 1)

    def say(self, text: str, kind: Kind = "plain", *, indent: int = 0, hang: int = 0) -> None:
        """One paragraph."""
        if len(text) <= self.width - indent and text.isascii():  # as nearly always: nothing to break
            self._add(kind, " " * indent + text.rstrip(" "))
            return
        for line in prose(text, self.width, indent=indent, hang=hang):
            self._add(kind, line)

    def paste(self, text: str, *, indent: int) -> None:
        """A line to copy: never broken, since half a line is another command."""
        self._add("plain", " " * indent + text)

    def diff(self, sign: str, text: str, *, indent: int) -> None:
        """One line of a diff."""
        kind = _OF_SIGN.get(sign, "plain")
        for line in marked(sign, text, self.width, indent=indent):
            self._add(kind, line)

    def text(self) -> str:
        """What was put in since this was last asked for, in whole lines."""
        text = "".join(self._lines)
        self._lines.clear()
        return text

    def _add(self, kind: Kind, line: str) -> None:
        if not line:
            self._blanks += 1
            return
        if self._blanks:
            self._lines.append("\n" * self._blanks)
            self._blanks = 0
        self._begun = True
        line = row(line)
        self._lines.append(f"{_paint(kind, line) if self._colour else line}\n")


def _paint(kind: Kind, line: str) -> str:
    if kind == "plain":
        return line
    return click.style(line, fg=_COLOURS.get(kind), bold=kind in _BOLD or None, dim=kind == "faint" or None)
