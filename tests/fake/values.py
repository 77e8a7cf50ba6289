"""What a database makes of JSON values on their way through it (docs/server.md, S10, S30)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from .traits import Traits

JsonObject = dict[str, Any]
TOO_BIG: Final = 2**64


def stored(traits: Traits, value: JsonObject) -> JsonObject:
    """`value` as it will be read again; the same object where the server keeps all as it is."""
    number = _NUMBERS[traits.numbers]
    if number is None and traits.json_keys == "kept":
        return value
    result: JsonObject = _mapped(value, number or _same, traits.json_keys == "sorted")
    return result


def poisonous(value: Any) -> bool:
    """Whether a number from 2^64 up is in it: some servers store it and cannot read it again."""
    if isinstance(value, dict):
        return any(poisonous(item) for item in value.values())
    if isinstance(value, list):
        return any(poisonous(item) for item in value)
    return isinstance(value, int | float) and abs(value) >= TOO_BIG


def has_nul(value: Any) -> bool:
    return "\\u0000" in json.dumps(value)


def same_json(left: Any, right: Any) -> bool:
    """Equality that tells `true` from `1`, unlike Python's."""
    return json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)


def contains(whole: JsonObject, part: JsonObject, traits: Traits) -> bool:
    """Whether a metadata filter matches: each key there, nested objects in part (S19)."""
    for key, value in part.items():
        if key not in whole:
            return False
        found = whole[key]
        if isinstance(value, dict) and isinstance(found, dict):
            if not contains(found, value, traits):
                return False
        elif traits.filter_equality == "python":
            if found != value:
                return False
        elif not same_json(found, value):
            return False
    return True


def _javascript(number: int | float) -> int | float:
    double = float(number)
    return int(double) if double.is_integer() and abs(double) < 1e21 else double


def _numeric(number: int | float) -> int | float:
    if isinstance(number, int):
        return number
    if number.is_integer() and abs(number) >= 2**53:
        return int(number)
    return number or 0


def _same(number: int | float) -> int | float:
    return number


_NUMBERS: Final[dict[str, Callable[[int | float], int | float] | None]] = {
    "kept": None,
    "javascript": _javascript,
    "numeric": _numeric,
}


def _mapped(value: Any, number: Callable[[int | float], int | float], sort: bool) -> Any:
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: (len(key.encode()), key)) if sort else list(value)
        return {key: _mapped(value[key], number, sort) for key in keys}
    if isinstance(value, list):
        return [_mapped(item, number, sort) for item in value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return number(value)
