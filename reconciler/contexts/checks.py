"""What single keywords of a schema ask of a value, as functions that say yes or no: exactly as jsonschema does."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeAlias

from reconciler.model.json import Json, JsonObject

Check: TypeAlias = Callable[[Json], bool]


def anything(value: Json) -> bool:
    return True


def nothing(value: Json) -> bool:
    return False


def _number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _integer(value: Json) -> bool:
    return value.is_integer() if isinstance(value, float) else isinstance(value, int) and not isinstance(value, bool)


TYPES: Mapping[str, Check] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "number": _number,
    "integer": _integer,
}

BOUNDS: Mapping[str, Callable[[float, float], bool]] = {
    "minimum": operator.ge,
    "maximum": operator.le,
    "exclusiveMinimum": operator.gt,
    "exclusiveMaximum": operator.lt,
}
"""Of a number."""

COUNTS: Mapping[str, tuple[type[str | list[Json] | JsonObject], Callable[[int, int], bool]]] = {
    "minLength": (str, operator.ge),
    "maxLength": (str, operator.le),
    "minItems": (list, operator.ge),
    "maxItems": (list, operator.le),
    "minProperties": (dict, operator.ge),
    "maxProperties": (dict, operator.le),
}
"""Of how many a value of that type has."""


def bound(name: str, limit: float) -> Check:
    keeps = BOUNDS[name]

    def check(value: Json) -> bool:
        return isinstance(value, bool) or not isinstance(value, int | float) or keeps(value, limit)

    return check


def count(name: str, limit: int) -> Check:
    kind, keeps = COUNTS[name]
    return lambda value: not isinstance(value, kind) or keeps(len(value), limit)


def one_of(known: Sequence[None | bool | float | str]) -> Check:
    """`enum`: 1 and 1.0 are one, 1 and true are not."""
    texts = {one for one in known if isinstance(one, str)}
    numbers = {one for one in known if _number(one)}
    others = [one for one in known if one is None or isinstance(one, bool)]

    def check(value: Json) -> bool:
        if isinstance(value, str):
            return value in texts
        if isinstance(value, int | float) and not isinstance(value, bool):
            return value in numbers
        return any(value is one for one in others)

    return check


def required(names: Collection[str]) -> Check:
    needed = frozenset(names)
    return lambda value: not isinstance(value, dict) or needed <= value.keys()


def fields(known: Mapping[str, Check], rest: Check) -> Check:
    """`properties`, and `additionalProperties` for the rest."""

    def check(value: Json) -> bool:
        if isinstance(value, dict):
            for name, item in value.items():
                if not known.get(name, rest)(item):
                    return False
        return True

    return check


def items(each: Check) -> Check:
    return lambda value: not isinstance(value, list) or all(map(each, value))


def all_of(checks: Sequence[Check]) -> Check:
    def check(value: Json) -> bool:
        for one in checks:  # noqa: SIM110 - all() takes twice as long, and all contexts of a run come here
            if not one(value):
                return False
        return True

    return checks[0] if len(checks) == 1 else check


def any_of(checks: Sequence[Check]) -> Check:
    return checks[0] if len(checks) == 1 else lambda value: any(check(value) for check in checks)


def exactly_one_of(checks: Sequence[Check]) -> Check:
    return lambda value: sum(check(value) for check in checks) == 1


def not_(refused: Check) -> Check:
    return lambda value: not refused(value)
