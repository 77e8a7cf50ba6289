"""The places of a prompt that the graph fills in: `{name}`, `{{name}}`, `${name}`. Which were lost, which are new."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from reconciler.model.json import Json, JsonObject
from reconciler.model.wanted import FieldPath

_NAME = r"(?!\d)\w{1,80}"
_PLACEHOLDER = re.compile(
    rf"\$\{{{_NAME}\}}|\{{\{{\{{[ \t]{{0,4}}{_NAME}[ \t]{{0,4}}\}}\}}\}}|\{{\{{[ \t]{{0,4}}{_NAME}[ \t]{{0,4}}\}}\}}"
    rf"|(?<!\^)\{{{_NAME}\}}"
)
_COMMAND = re.compile(r"\\[A-Za-z]{1,40}(?:\{[^{}\n]{0,200}\}){1,4}")
"""`\\frac{a}{b}`: braces of a formula."""

_BLANKS = re.compile(r"[ \t]+")


class Moved(Struct, frozen=True, kw_only=True):
    """A text of a context whose placeholders differ: as they are written, sorted. `line` and `column` are those of the
    first new one within the text; 1 where there is none, or where the value is a list."""

    path: FieldPath
    lost: tuple[str, ...]
    new: tuple[str, ...]
    line: int = 1
    column: int = 1


def placeholders(text: str) -> dict[str, int]:
    """Each placeholder of a text and where it first stands. An identifier alone in its braces is one: `{"a": 1}`,
    `{ a }`, `{}` and `{a: b}` are not. Blanks inside doubled braces do not count."""
    found: dict[str, int] = {}
    if "{" not in text:
        return found
    hidden = _COMMAND.sub(lambda match: " " * len(match[0]), text) if "\\" in text else text
    for match in _PLACEHOLDER.finditer(hidden):
        found.setdefault(_BLANKS.sub("", match[0]), match.start())
    return found


def moved(before: JsonObject, after: JsonObject) -> Iterator[Moved]:
    """What differs between two contexts, text by text; a text that only one of them has is not compared. A list counts
    as one text, since its items move."""
    for name in sorted(before.keys() & after.keys()):
        yield from _moved((name,), before[name], after[name])


def _moved(path: FieldPath, before: Json, after: Json) -> Iterator[Moved]:
    match before, after:
        case dict(), dict():
            for name in sorted(before.keys() & after.keys()):
                yield from _moved((*path, name), before[name], after[name])
        case (str(), str()) | (list(), list()):
            if before is not after:
                yield from _compared(path, before, after)
        case _:
            pass


def _compared(path: FieldPath, before: Json, after: Json) -> Iterator[Moved]:
    old, now = _all(before), _all(after)
    lost, new = tuple(sorted(old.keys() - now.keys())), tuple(sorted(now.keys() - old.keys()))
    if not lost and not new:
        return
    line = column = 1
    if new and isinstance(after, str):
        start = min(now[one] for one in new)
        line = after.count("\n", 0, start) + 1
        column = start - (after.rfind("\n", 0, start) + 1) + 1
    yield Moved(path=path, lost=lost, new=new, line=line, column=column)


def _all(value: Json) -> dict[str, int]:
    match value:
        case str():
            return placeholders(value)
        case list():
            return {name: at for item in value for name, at in _all(item).items()}
        case dict():
            return {name: at for item in value.values() for name, at in _all(item).items()}
        case _:
            return {}
