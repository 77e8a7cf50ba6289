"""YAML files as people write them: every style of value, comments everywhere, and which line belongs to what."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from reconciler.repo.yaml import load

Path = tuple[str | int, ...]

WORDS = ["one", "two words", "no", "12:30:45", "it's", 'a "b"', "a: b", "a #b", " x", "", "ä”", "-", "{", "0x1F", "*a"]
TEXTS = st.sampled_from([*WORDS, "line\nline\n", "a\n\n  b\nc", "end\n\n", "tab\there", "a\r\nb", "\n", " lead\nx\n"])
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-5, 5), st.sampled_from([0.5, 1e-7]), TEXTS)
NAMES = st.sampled_from(["a", "b", "c", "no", "two words", "x" * 130, "ü", "1", "#", ""])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)


@dataclass
class File:
    """`lines` without their ends; `of` says which entry each belongs to, None for comments and blank lines."""

    value: Any = None
    lines: list[str] = field(default_factory=list)
    of: list[Path | None] = field(default_factory=list)
    newline: str = "\n"
    last_newline: bool = True

    @property
    def text(self) -> str:
        return self.newline.join(self.lines) + (self.newline if self.last_newline else "")

    @property
    def data(self) -> bytes:
        return self.text.encode()

    def around(self, path: Path) -> tuple[str, str]:
        """What stands before the lines of an entry, and after them."""
        mine = [number for number, of in enumerate(self.of) if of is not None and of[: len(path)] == path]
        before = "".join(line + self.newline for line in self.lines[: mine[0]])
        after = self.newline.join(self.lines[mine[-1] + 1 :])
        return before, after + (self.newline if self.last_newline and after else "")

    def paths(self) -> list[Path]:
        """Of every entry that has a line of its own."""
        return sorted({of[:n] for of in self.of if of is not None for n in range(1, len(of) + 1)}, key=repr)


@st.composite
def files(draw: st.DrawFn) -> File:
    """A file, its value, and how it is written."""
    made = File(newline=draw(st.sampled_from(["\n", "\n", "\r\n"])), last_newline=draw(st.booleans()))
    writer = _Writer(draw, made)
    writer.between(0)
    writer.mapping((), 0, draw(st.integers(1, 4)), "")
    writer.between(0)
    document = load(made.data, "a.yaml")
    assert document.errors == [], made.text
    made.value = document.value
    return made


class _Writer:
    def __init__(self, draw: st.DrawFn, made: File) -> None:
        self.draw, self.made = draw, made
        self.comments = 0
        self.keeps: Path | None = None

    def line(self, text: str, of: Path | None) -> None:
        self.made.lines.append(text)
        self.made.of.append(of if text else of or self.keeps)
        if text:
            self.keeps = None

    def between(self, indent: int) -> None:
        """Perhaps a comment or a blank line."""
        for kind in self.draw(st.lists(st.sampled_from(["comment", "blank"]), max_size=1)):
            self.line(" " * indent + self.comment() if kind == "comment" else "", None)

    def comment(self) -> str:
        self.comments += 1
        return f"# comment {self.comments}: - {{x}}"

    def end(self) -> str:
        """Perhaps a comment behind a value."""
        return self.draw(st.sampled_from(["", "", "  "])) and "  " + self.comment()

    def mapping(self, path: Path, indent: int, count: int, first: str) -> None:
        """`first` is what stands in the first line before the first name: the dash of an item."""
        for number in range(count):
            name = f"{'kq'[number % 2]}{number}"
            written = self.draw(st.sampled_from([name, f'"{name}"', f"'{name}'"]))
            if number:
                self.between(indent)
            self.value((*path, name), indent, f"{first if number == 0 and first else ' ' * indent}{written}:")

    def value(self, path: Path, indent: int, head: str) -> None:
        kinds = ["scalar", "scalar", "flow", "literal"]
        if indent < 8:
            kinds += ["mapping", "list"]
        match self.draw(st.sampled_from(kinds)):
            case "mapping":
                self.line(head + self.end(), path)
                inner = indent + self.draw(st.integers(1, 4))
                self.between(inner)
                self.mapping(path, inner, self.draw(st.integers(1, 3)), "")
            case "list":
                self.line(head + self.end(), path)
                dash = indent + self.draw(st.sampled_from([0, 2]))
                for number in range(self.draw(st.integers(1, 3))):
                    self.item((*path, number), dash)
            case "literal":
                self.literal(path, indent, head)
            case "flow":
                flow: Any = self.draw(st.lists(SCALARS, max_size=3) | st.dictionaries(NAMES, VALUES, max_size=3))
                self.line(f"{head} {json.dumps(flow, ensure_ascii=False)}{self.end()}", path)
            case _:
                written = self.written(self.draw(SCALARS))
                self.line(head + (f" {written}" if written else "") + self.end(), path)

    def item(self, path: Path, dash: int) -> None:
        self.between(dash)
        start = " " * dash + "- "
        if dash < 6 and self.draw(st.booleans()):
            self.mapping(path, dash + 2, self.draw(st.integers(1, 2)), start)
        else:
            self.line(f"{start}{json.dumps(self.draw(SCALARS))}{self.end()}", path)

    def literal(self, path: Path, indent: int, head: str) -> None:
        style = self.draw(st.sampled_from(["|", "|-", "|+", ">"]))
        self.line(f"{head} {style}{self.end()}", path)
        lines = self.draw(st.lists(st.sampled_from(["text", "more: text", "# none", ""]), max_size=3))
        for line in ("first", *lines, "last"):
            self.line(" " * (indent + 2) + line if line else "", path)
        # Blank lines after it are its own.
        self.keeps = path if style == "|+" else None

    def written(self, scalar: Any) -> str:
        if scalar is None:
            return self.draw(st.sampled_from(["", "~", "null"]))
        if isinstance(scalar, str):
            plain = scalar in ("one", "two words", "ä”")
            single = f"'{scalar.replace(chr(39), chr(39) * 2)}'" if scalar.isprintable() else json.dumps(scalar)
            return self.draw(st.sampled_from([json.dumps(scalar), single, scalar if plain else single]))
        return json.dumps(scalar)
