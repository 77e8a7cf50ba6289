"""`!template "…${field}…"`: a text with the values of a row in it. Only `${` is special; `$${` is the text `${`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from reconciler.model.json import Json, JsonObject
from reconciler.repo.tree import LARGEST_FILE
from reconciler.repo.words import kind

_HOLE = re.compile(r"\$\$\{|\$\{([^{}\n]*)(\}?)")
FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")
"""The name of a row's field that a template can take."""


class Unfilled(ValueError):
    """A template that cannot be filled: `at` is the index in its text, `missing` the field that the row lacks."""

    def __init__(self, at: int, message: str, missing: str | None = None) -> None:
        super().__init__(message)
        self.at = at
        self.message = message
        self.missing = missing


def fill(text: str, row: JsonObject) -> str:
    """The text with every `${field}` replaced, once: what a row holds is never looked through again.

    Raises Unfilled at the first that cannot be, and where the whole would be longer than a file may be.
    """
    parts: list[str] = []
    length = 0
    for part in _parts(text, row):
        length += len(part)
        if length > LARGEST_FILE:
            raise Unfilled(0, "with the row's values in it the text is longer than 1,000,000 characters")
        parts.append(part)
    return "".join(parts)


def names(text: str) -> Iterator[str]:
    """The fields of a row that a template takes."""
    return (hole.group(1) for hole in _HOLE.finditer(text) if hole.group(1) is not None)


def _parts(text: str, row: JsonObject) -> Iterator[str]:
    end = 0
    for hole in _HOLE.finditer(text):
        yield text[end : hole.start()]
        yield "${" if hole.group(1) is None else _value(hole, row)
        end = hole.end()
    yield text[end:]


def _value(hole: re.Match[str], row: JsonObject) -> str:
    name = hole.group(1)
    if not hole.group(2) or not FIELD.match(name):
        raise Unfilled(hole.start(), f"`{hole.group()}` names no field of a row; for the text `${{` write `$${{`")
    if name not in row:
        raise Unfilled(hole.start(), f"the row has no field `{name}`", missing=name)
    return _text(hole, name, row[name])


def _text(hole: re.Match[str], name: str, value: Json) -> str:
    match value:
        case str():
            return value
        case bool() | int() | float():
            return json.dumps(value)
        case _:
            message = f"`${{{name}}}` takes a text or a number, and the row's field `{name}` is {kind(value)}"
            raise Unfilled(hole.start(), message)
