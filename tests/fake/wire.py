"""JSON as the server reads and writes it: strict on the way in, and without U+0000 on the way out.

The in-memory server reads and writes with orjson, whose limits show: whole numbers outside 64 bits
turn into floats, and nesting past 254 levels can be read but not written (docs/server.md, S10).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, Final

from .messages import Crash, Problem
from .traits import Traits

MAX_READ: Final = 1024
MAX_CHECKED: Final = 255
MAX_WRITTEN: Final = 254
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def parse(body: bytes, traits: Traits) -> Any:
    """The value of a request's body; 422 where it is not JSON (NaN, lone surrogates, a BOM…)."""
    try:
        text = body.decode("utf-8")
        value = json.loads(text, parse_int=_whole, parse_float=_float, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise Problem(int(traits.invalid_body), "Invalid JSON in request body") from None
    if "\\u" in text and _SURROGATE.search(json.dumps(value, ensure_ascii=False)):
        raise Problem(int(traits.invalid_body), "Invalid JSON in request body")
    levels = depth(value) if body.count(b"{") + body.count(b"[") > MAX_CHECKED else 0
    if levels > MAX_READ:
        raise Problem(int(traits.invalid_body), "Invalid JSON in request body")
    if levels > MAX_CHECKED:
        raise Problem(400, "Recursion limit reached")
    return value


def dump(value: Any) -> bytes:
    """The bytes of an answer; Crash where they are nested too deeply for the server to write."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if text.count("{") + text.count("[") > MAX_WRITTEN and depth(value) > MAX_WRITTEN:
        raise Crash
    if "\\u0000" in text:  # the six characters as text (S10) are changed too, to \ufffd as text
        text = text.replace("\\\\u0000", "\\\\ufffd").replace("\\u0000", "\\ufffd")
    return text.encode("utf-8")


def depth(value: Any) -> int:
    """How many objects and lists stand around the innermost value. Does not recurse."""
    levels = 0
    nested = [value] if isinstance(value, dict | list) else []
    while nested:
        levels += 1
        inner = [item for outer in nested for item in _items(outer)]
        nested = [item for item in inner if isinstance(item, dict | list)]
    return levels


def _items(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


def _whole(digits: str) -> int | float:
    if len(digits) < 19:
        return int(digits)
    if len(digits) > 400:
        raise ValueError("out of range")
    number = int(digits)
    return number if -(2**63) <= number < 2**64 else _float(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise ValueError("out of range")
    return number


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
