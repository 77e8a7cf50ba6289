"""What an unquoted scalar means: the YAML 1.2 core schema, and numbers that every server keeps (docs/server.md, S10).

Plain PyYAML reads 1.1: there `no` is false, `12:30:45` a number and `2024-01-01` a date. Here they are strings.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal

from reconciler.model.json import LARGEST_INTEGER, Json, number

_WORDS: dict[str, Json] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_MAY_BE_NUMBER = frozenset("+-.0123456789")
MAY_MEAN_MORE = _MAY_BE_NUMBER | {word[:1] for word in _WORDS}
_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_OTHER_BASE = re.compile(r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z")
_MOST_DIGITS = 400
"""Past this a literal is not even tried: its value is too large, or its zeros are noise."""


class BadNumber(ValueError):
    """A number that JSON or some server cannot hold. The text says which and what to do."""


def plain(text: str) -> Json:
    """The value of an unquoted scalar. Raises BadNumber."""
    if text[:1] not in MAY_MEAN_MORE:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _MAY_BE_NUMBER:
        return text
    if _INTEGER.match(text):
        return _integer(text, 10)
    if _FLOAT.match(text):
        return _float(text)
    if _OTHER_BASE.match(text):
        return _integer(text, 8 if text[1] == "o" else 16)
    if _NOT_FINITE.match(text):
        raise BadNumber(f"{text} is not a JSON value; write it in quotes, as text")
    return text


def _integer(text: str, base: int) -> int:
    value = int(text, base) if len(text) <= _MOST_DIGITS else LARGEST_INTEGER + 1
    if abs(value) > LARGEST_INTEGER:
        raise _too_large(text)
    return value


def _float(text: str) -> int | float:
    if len(text) > _MOST_DIGITS:
        raise _too_large(text)
    value = number(text)
    if math.isinf(value):
        raise _too_large(text)
    # The nearest double of 9007199254740993.0 is 2^53 itself: the text decides, not the double.
    if abs(value) >= LARGEST_INTEGER and abs(Decimal(text)) > LARGEST_INTEGER:
        raise _too_large(text)
    return value


def _too_large(text: str) -> BadNumber:
    short = text if len(text) <= 24 else text[:21] + "..."
    return BadNumber(f"{short} is past 2^53, where servers change whole numbers; write it in quotes, as text")
