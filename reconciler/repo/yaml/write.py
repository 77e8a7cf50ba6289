"""JSON values -> YAML that the strict reader reads back as the very same values.

A text stands plain only where no YAML, old or new, reads it as anything else; every other one is quoted as JSON is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9_./() -]*[A-Za-z0-9_./()])?\Z")
_OTHER_READERS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))
_ESCAPED = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]")
_LONGEST_NAME = 100
"""Characters of a field's name beyond which it is written with a `?`: YAML reads ahead only so far."""


@dataclass(frozen=True, slots=True)
class FileTag:
    """Stands for a text that is kept in a file: `!file PATH`."""

    path: str


def dump(fields: Mapping[str, object]) -> str:
    """The fields of a manifest as YAML, in their order: JSON values, and FileTags among them. What the reader refuses
    has to be looked for before (refused.py)."""
    return "\n".join(_mapping(fields, 0)) + "\n"


def _mapping(fields: Mapping[str, object], indent: int) -> Iterator[str]:
    pad = " " * indent
    for name, value in fields.items():
        written = text(name)
        if len(written) <= _LONGEST_NAME:
            yield from _value(f"{pad}{written}:", value, indent + 2)
        else:
            yield f"{pad}? {written}"
            yield from _value(f"{pad}:", value, indent + 2)


def _value(head: str, value: object, indent: int) -> Iterator[str]:
    """A value after what it belongs to: in that line, or in the lines below."""
    if _is_block(value):
        yield head
        yield from _block(value, indent)
    else:
        yield f"{head} {_scalar(value)}"


def _is_block(value: object) -> bool:
    return isinstance(value, dict | list) and bool(value)


def _block(value: object, indent: int) -> Iterator[str]:
    if isinstance(value, dict):
        yield from _mapping(value, indent)
    elif isinstance(value, list):
        pad = " " * indent
        for item in value:
            if not _is_block(item):
                yield f"{pad}- {_scalar(item)}"
                continue
            first, *others = _block(item, indent + 2)
            yield f"{pad}- {first[indent + 2 :]}"
            yield from others


def _scalar(value: object) -> str:
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
