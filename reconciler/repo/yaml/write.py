"""JSON values -> YAML that the strict reader reads back as the very same values.

A text stands plain only where no YAML, old or new, reads it as anything else; one of several lines stands in a block
where a block keeps every byte of it; every other one is quoted as JSON is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from msgspec import Struct

from reconciler.model.wanted import FieldPath

_PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9_./() -]*[A-Za-z0-9_./()])?\Z")
_OTHER_READERS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))
_ESCAPED = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]")
_BLOCK = r"(?=[^\n]*\n.*[^\n])[!-~\u00a1-\u024f][\n -~\u00a1-\u024f\u2010-\u2027\u2030-\u205e\u20a0-\ud7ff]*\Z"
"""A text of several lines that YAML keeps as it is in a block: it starts with no blank, and holds nothing invisible.
Compiled where a manifest is written: that takes longer than to load all of this."""

_LONGEST_NAME = 100
"""Characters of a field's name beyond which it is written with a `?`: YAML reads ahead only so far."""


class FileTag(Struct, frozen=True):
    """Stands for a text that is kept in a file: `!file PATH`."""

    path: str


Comment: TypeAlias = Callable[[FieldPath], "str | None"]
"""What is said beside the value at a path, in one line."""


def dump(fields: Mapping[str, object], comment: Comment = lambda path: None) -> str:
    """The fields of a manifest as YAML, in their order: JSON values, and FileTags among them. What the reader refuses
    has to be looked for before (refused.py)."""
    return "\n".join(_mapping(fields, 0, (), comment)) + "\n"


def _mapping(fields: Mapping[str, object], indent: int, at: FieldPath, comment: Comment) -> Iterator[str]:
    pad = " " * indent
    for name, value in fields.items():
        written = text(name)
        if len(written) <= _LONGEST_NAME:
            yield from _value(f"{pad}{written}:", value, indent + 2, (*at, name), comment)
        else:
            yield f"{pad}? {written}"
            yield from _value(f"{pad}:", value, indent + 2, (*at, name), comment)


def _value(head: str, value: object, indent: int, at: FieldPath, comment: Comment) -> Iterator[str]:
    """A value after what it belongs to: in that line, or in the lines below."""
    if isinstance(value, dict) and value:
        yield head
        yield from _mapping(value, indent, at, comment)
    elif isinstance(value, list) and value:
        yield head
        yield from _list(value, indent, at, comment)
    else:
        said = comment(at)
        beside = f"  # {said}" if said is not None else ""
        if isinstance(value, str) and re.match(_BLOCK, value, re.DOTALL):
            yield f"{head} {_header(value)}{beside}"
            lines = value.split("\n")[: -1 if value.endswith("\n") else None]
            yield from (" " * indent + line if line else "" for line in lines)
        else:
            yield f"{head} {inline(value)}{beside}"


def _list(items: list[object], indent: int, at: FieldPath, comment: Comment) -> Iterator[str]:
    pad = " " * indent
    for number, item in enumerate(items):
        here = (*at, number)
        if isinstance(item, dict | list) and item:
            inner = _mapping(item, indent + 2, here, comment) if isinstance(item, dict) else None
            first, *others = inner or _list(item, indent + 2, here, comment)  # type: ignore[arg-type]  # it is a list
            yield f"{pad}- {first[indent + 2 :]}"
            yield from others
        else:
            yield from _value(f"{pad}-", item, indent + 2, here, comment)


def _header(value: str) -> str:
    """How a block keeps the line ends of its end: none, one, or all of them."""
    if not value.endswith("\n"):
        return "|-"
    return "|+" if value.endswith("\n\n") else "|"


def inline(value: object) -> str:
    """A text, a number, an empty collection or a tag, in one line."""
    match value:
        case FileTag(path=path):
            return f"!file {text(path)}"
        case str():
            return text(value)
        case float():
            return repr(value)
        case _:
            return json.dumps(value)


def text(value: str) -> str:
    """A text as YAML, in one line."""
    if _PLAIN.match(value) and value.casefold() not in _OTHER_READERS:
        return value
    return _ESCAPED.sub(lambda match: f"\\u{ord(match.group()):04x}", json.dumps(value, ensure_ascii=False))
