"""Rows of terminal output with a colour each: made plain, painted last, so that colour never changes the text."""

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


class Rows:
    """Collects rows of at most `width` columns. What is put in is safe for a terminal already."""

    def __init__(self, width: int) -> None:
        self.width = width
        self._rows: list[tuple[Kind, str]] = []

    def blank(self) -> None:
        if self._rows and self._rows[-1][1]:
            self._rows.append(("plain", ""))

    def say(self, text: str, kind: Kind = "plain", *, indent: int = 0, hang: int = 0) -> None:
        """One paragraph."""
        if len(text) <= self.width - indent and text.isascii():  # as nearly always: nothing to break
            self._rows.append((kind, " " * indent + text.rstrip(" ")))
            return
        self._rows += [(kind, line) for line in prose(text, self.width, indent=indent, hang=hang)]

    def paste(self, text: str, *, indent: int) -> None:
        """A line to copy: never broken, since half a line is another command."""
        self._rows.append(("plain", " " * indent + text))

    def diff(self, sign: str, text: str, *, indent: int) -> None:
        """One line of a diff."""
        kinds: dict[str, Kind] = {"+": "add", "-": "remove", "@": "back"}
        self._rows += [(kinds.get(sign, "plain"), line) for line in marked(sign, text, self.width, indent=indent)]

    def text(self, *, colour: bool) -> str:
        """All of it; ends with one line end."""
        while self._rows and not self._rows[-1][1]:
            self._rows.pop()
        return "".join(f"{_paint(kind, row(line)) if colour else row(line)}\n" for kind, line in self._rows)


def _paint(kind: Kind, line: str) -> str:
    if kind == "plain" or not line:
        return line
    return click.style(line, fg=_COLOURS.get(kind), bold=kind in _BOLD or None, dim=kind == "faint" or None)
