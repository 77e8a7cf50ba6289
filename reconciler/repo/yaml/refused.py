"""Values that no manifest can hold, and why: the strict reader's rules, for a value that is yet to be written."""

from __future__ import annotations

import math
from collections.abc import Iterator

from reconciler.model.json import LARGEST_INTEGER, Json
from reconciler.model.wanted import FieldPath
from reconciler.repo.yaml.compose import DEEPEST


def refused(value: Json, path: FieldPath) -> Iterator[tuple[FieldPath, str]]:
    """Where something stands that the reader refuses, and what is wrong with it."""
    if len(path) >= DEEPEST and isinstance(value, dict | list):
        yield path[:3], f"is nested more than {DEEPEST} levels deep"
        return
    match value:
        case str():
            yield from ((path, why) for why in _text(value))
        case bool() | None:
            pass
        case int() | float():
            if not math.isfinite(value):
                yield path, "is a number that JSON cannot hold"
            elif abs(value) > LARGEST_INTEGER:
                yield path, "is past 2^53, where servers change whole numbers"
        case list():
            for number, item in enumerate(value):
                yield from refused(item, (*path, number))
        case dict():
            for name, item in value.items():
                if name == "__proto__":
                    yield (*path, name), "breaks servers written in JavaScript"
                yield from (((*path, name), f"has a name that {why}") for why in _text(name))
                yield from refused(item, (*path, name))


def _text(value: str) -> Iterator[str]:
    if "\x00" in value or "\\u0000" in value:
        yield "holds NUL (U+0000, also as the six characters `\\u0000`), which servers change"
    if any("\ud800" <= character <= "\udfff" for character in value):
        yield "holds half of a surrogate pair, which is no character"
