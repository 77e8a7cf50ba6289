"""The small words of validation messages: values, types, fields, near names."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable

from reconciler.model.json import Json
from reconciler.model.wanted import FieldPath

_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "null",
}
_LONGEST = 60
_MOST_NAMES = 8


def show(value: Json) -> str:
    """A value as a message shows it: short, text in single quotes, the rest as JSON."""
    return short(repr(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def values(several: Iterable[Json]) -> str:
    return ", ".join(show(value) for value in several)


def type_words(value: Json) -> list[str]:
    """`["string", "null"]` -> `text`, `null`"""
    names = value if isinstance(value, list) else [value]
    return [_TYPES.get(str(name), str(name)) for name in names]


def dotted(path: FieldPath) -> str:
    """`tools[0].name`"""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def near_value(instance: Json, known: Iterable[Json]) -> str | None:
    """`did you mean 'warm'?`, or None."""
    texts = [value for value in known if isinstance(value, str)]
    near = nearest(instance, texts) if isinstance(instance, str) else None
    return f"did you mean {show(near)}?" if near is not None else None


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that was most likely meant: `maxTokens` is `max_tokens`."""
    names = sorted(known)
    folded = {re.sub(r"[-_]", "", one).casefold(): one for one in reversed(names)}
    same = folded.get(re.sub(r"[-_]", "", name).casefold())
    return same or next(iter(difflib.get_close_matches(name, names, n=1)), None)


def known_fields(names: Iterable[str]) -> str | None:
    r"""`known here: \`tone\`, …`, cut where there are many; None where there is none."""
    several = sorted(names)
    more = f" and {len(several) - _MOST_NAMES} more" if len(several) > _MOST_NAMES else ""
    return f"known here: {', '.join(several[:_MOST_NAMES])}{more}" if several else None


def short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
