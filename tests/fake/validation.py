"""The shapes of request bodies, and the server's own words for one that does not fit.

The words are those of the JSON Schema library that the in-memory server uses, so that an error
read from the fake is an error read from the server.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from .messages import Problem
from .traits import Traits

_KEY: Final = r"^(?!.*\\[uU]0000)[^\u0000]*$"
_KEY_RE: Final = re.compile(r"(?!.*\\[uU]0000)[^\x00]*\Z")


@dataclass(frozen=True)
class Shape:
    """One JSON Schema, as far as the bodies need it."""

    type: str
    properties: Mapping[str, Shape] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    items: Shape | None = None
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    plain_keys: bool = False
    or_null: bool = False

    @property
    def types(self) -> tuple[str, ...]:
        return ("null", self.type) if self.or_null else (self.type,)


TEXT: Final = Shape("string")
OBJECT: Final = Shape("object")
PLAIN: Final = Shape("object", plain_keys=True)
CONFIG: Final = Shape(
    "object",
    {
        "tags": Shape("array", items=TEXT),
        "recursion_limit": Shape("integer"),
        "configurable": PLAIN,
    },
    plain_keys=True,
)
PATCH: Final = Shape(
    "object",
    {
        "graph_id": TEXT,
        "config": PLAIN,
        "context": PLAIN,
        "metadata": OBJECT,
        "name": TEXT,
        "description": TEXT,
    },
)
CREATE: Final = Shape(
    "object",
    {
        **PATCH.properties,
        "assistant_id": TEXT,
        "if_exists": Shape("string", choices=("raise", "do_nothing")),
        "description": Shape("string", or_null=True),
    },
    required=("graph_id",),
)
_COLUMNS: Final = (
    "assistant_id", "graph_id", "name", "description", "config",
    "context", "created_at", "updated_at", "metadata", "version",
)  # in columns, to be read as a table # fmt: skip
_SORTS: Final = ("assistant_id", "created_at", "updated_at", "name", "graph_id")
_OFFSET: Final = Shape("integer", minimum=0)
COUNT: Final = Shape("object", {"metadata": OBJECT, "graph_id": TEXT, "name": TEXT})
RUN: Final = Shape(
    "object",
    {"context": OBJECT, "metadata": OBJECT, "config": Shape("object", {"recursion_limit": Shape("integer")})},
    required=("assistant_id",),
)
RUN_AT: Final = '["components"]["schemas"]["RunCreateStateless"]'
BOTH: Final = (
    "Cannot specify both configurable and context. Prefer setting context alone. Context was introduced in LangGraph "
    "0.6.0 and is the long term planned replacement for configurable."
)
THREADS: Final = Shape("object", {"metadata": OBJECT, "limit": Shape("integer", minimum=1, maximum=1000)})
LATEST: Final = Shape("object", {"version": Shape("integer")})


def listing(largest: int) -> Shape:
    """The body of the version list."""
    limit = Shape("integer", minimum=1, maximum=largest)
    return Shape("object", {"metadata": OBJECT, "limit": limit, "offset": _OFFSET})


def searching(largest: int) -> Shape:
    """The body of search."""
    return Shape(
        "object",
        {
            **COUNT.properties,
            **listing(largest).properties,
            "sort_by": Shape("string", choices=_SORTS),
            "sort_order": Shape("string", choices=("asc", "desc")),
            "select": Shape("array", items=Shape("string", choices=_COLUMNS)),
        },
    )


def check(traits: Traits, body: Any, shape: Shape, schema: str = "") -> dict[str, Any]:
    """`body`, where it fits; else a Problem with the first thing that is wrong. `schema` is where its shape stands."""
    complaint = _complaint(body, shape, schema, "")
    if complaint:
        raise Problem(int(traits.invalid_body), complaint)
    result: dict[str, Any] = body
    return result


def _complaint(value: Any, shape: Shape, schema: str, at: str) -> str | None:
    if not any(_TYPES[name](value) for name in shape.types):
        names = ", ".join(f'"{name}"' for name in shape.types)
        plural = "s" if len(shape.types) > 1 else ""
        return _said(f"{_shown(value)} is not of type{plural} {names}", "type", schema, at, value)
    if shape.choices and value not in shape.choices:
        return _said(f"{_shown(value)} is not one of {_some(shape)}", "enum", schema, at, value)
    if shape.minimum is not None and value < shape.minimum:
        words = f"{_shown(value)} is less than the minimum of {shape.minimum}"
        return _said(words, "minimum", schema, at, value)
    if shape.maximum is not None and value > shape.maximum:
        words = f"{_shown(value)} is greater than the maximum of {shape.maximum}"
        return _said(words, "maximum", schema, at, value)
    if isinstance(value, dict):
        return _object_complaint(value, shape, schema, at)
    for number, item in enumerate(value if shape.items else ()):
        if shape.items and (inner := _complaint(item, shape.items, f'{schema}["items"]', f"{at}[{number}]")):
            return inner
    return None


def _object_complaint(value: dict[str, Any], shape: Shape, schema: str, at: str) -> str | None:
    for name in shape.required:
        if name not in value:
            return _said(f'"{name}" is a required property', "required", schema, at, value)
    for name in sorted(shape.properties.keys() & value.keys()):
        inner = _complaint(
            value[name],
            shape.properties[name],
            f'{schema}["properties"]["{name}"]',
            f'{at}["{name}"]',
        )
        if inner:
            return inner
    for key in value if shape.plain_keys else ():
        if not _KEY_RE.match(key):
            words = f'{_shown(key)} does not match "{_KEY}"'
            return _said(words, "pattern", f'{schema}["propertyNames"]', at, value)
    return None


def _said(words: str, rule: str, schema: str, at: str, value: Any) -> str:
    where = f'Failed validating "{rule}" in schema{schema}'
    return f"{words}\n\n{where}\n\nOn instance{at}:\n    {_shown(value)}"


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _some(shape: Shape) -> str:
    shown = [f'"{choice}"' for choice in shape.choices]
    if len(shown) == 2:
        return " or ".join(shown)
    return f"{shown[0]}, {shown[1]} or {len(shown) - 2} other candidates"


def _is_integer(value: Any) -> bool:
    if isinstance(value, float):
        return value.is_integer()
    return isinstance(value, int) and not isinstance(value, bool)


_TYPES: Final[dict[str, Callable[[Any], bool]]] = {
    "string": lambda value: isinstance(value, str),
    "integer": _is_integer,
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "null": lambda value: value is None,
}
