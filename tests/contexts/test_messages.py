"""What is said about a context that its graph would not take: words, and all of them."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import said

FIELDS: dict[str, Any] = {
    "tone": {"enum": ["formal", "warm"]},
    "count": {"type": "integer", "minimum": 1, "maximum": 9},
    "ratio": {"type": "number", "exclusiveMaximum": 1, "multipleOf": 0.25},
    "name": {"type": "string", "minLength": 2, "maxLength": 4, "pattern": "^[a-z]*$"},
    "tools": {"type": "array", "items": {"$ref": "#/$defs/Tool"}, "maxItems": 2, "uniqueItems": True},
    "mode": {"const": "fast"},
    "maybe": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    "level": {"anyOf": [{"enum": ["low", "high"]}, {"type": "null"}]},
    "limit": {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]},
    "limits": {"anyOf": [{"$ref": "#/$defs/Limits"}, {"type": "null"}]},
    "source": {"oneOf": [{"$ref": "#/$defs/Web"}, {"$ref": "#/$defs/File"}]},
    "both": {"oneOf": [{"type": "integer"}, {"type": "number"}]},
    "never": False,
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": FIELDS,
    "$defs": {
        "Tool": {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]},
        "Limits": {"type": "object", "properties": {"max_words": {"type": "integer"}}},
        "Web": {
            "type": "object",
            "properties": {"kind": {"const": "web"}, "url": {"type": "string"}},
            "required": ["kind"],
        },
        "File": {
            "type": "object",
            "properties": {"kind": {"const": "file"}, "path": {"type": "string"}},
            "required": ["kind"],
        },
    },
}


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        (
            {"tone": "wram"},
            "context-enum: context field `tone`: 'wram' is not one of 'formal', 'warm' (did you mean 'warm'?)",
        ),
        ({"tone": 3}, "context-enum: context field `tone`: 3 is not one of 'formal', 'warm'"),
        ({"mode": "slow"}, "context-enum: context field `mode`: 'slow' is not 'fast'"),
        ({"count": "3"}, "context-type: context field `count`: '3' is not a whole number (count: 3)"),
        ({"count": True}, "context-type: context field `count`: true is not a whole number"),
        ({"count": 0}, "context-bounds: context field `count`: 0 is less than 1"),
        ({"count": 10}, "context-bounds: context field `count`: 10 is more than 9"),
        ({"ratio": 1}, "context-bounds: context field `ratio`: 1 is not less than 1"),
        ({"ratio": 0.3}, "context-bounds: context field `ratio`: 0.3 is not a multiple of 0.25"),
        ({"name": "x"}, "context-bounds: context field `name`: 'x' has fewer than 2 characters"),
        ({"name": "xxxxx"}, "context-bounds: context field `name`: 'xxxxx' has more than 4 characters"),
        ({"name": "AB"}, "context-pattern: context field `name`: 'AB' does not match the pattern ^[a-z]*$"),
        ({"tools": [{}]}, "context-missing: context field `tools[0].id` is missing"),
        ({"tools": [{"id": "a"}] * 2}, "context-bounds: context field `tools` has an item twice"),
        (
            {"tools": [{"id": "a", "Id": "b"}]},
            "context-unknown: context field `tools[0].Id` is not known to the graph (did you mean `id`?)",
        ),
        ({"Tone": "warm"}, "context-unknown: context field `Tone` is not known to the graph (did you mean `tone`?)"),
        (
            {"zzz": 1},
            "context-unknown: context field `zzz` is not known to the graph "
            "(known here: both, count, level, limit, limits, maybe, mode, name and 5 more)",
        ),
        (
            {"limits": {"zzz": 1}},
            "context-unknown: context field `limits.zzz` is not known to the graph (known here: max_words)",
        ),
        ({"maybe": 3}, "context-type: context field `maybe`: 3 is not text, nor null"),
        (
            {"level": "lo"},
            "context-enum: context field `level`: 'lo' is not one of 'low', 'high', nor null (did you mean 'low'?)",
        ),
        ({"limit": 0}, "context-bounds: context field `limit`: 0 is less than 1"),
        ({"limits": {"max_words": "x"}}, "context-type: context field `limits.max_words`: 'x' is not a whole number"),
        (
            {"limits": {"maxWords": 1}},
            "context-unknown: context field `limits.maxWords` is not known to the graph (did you mean `max_words`?)",
        ),
        ({"source": {"kind": "web", "url": 1}}, "context-type: context field `source.url`: 1 is not text"),
        (
            {"source": {"kind": "fil"}},
            "context-enum: context field `source.kind`: 'fil' is not one of 'web', 'file' (did you mean 'file'?)",
        ),
        ({"source": 3}, "context-type: context field `source`: 3 is not a mapping"),
        ({"both": 3}, "context-choice: context field `both` fits more than one of the forms that the graph allows"),
        ({"never": 3}, "context-unknown: context field `never` is not allowed by the graph"),
    ],
)
def test_one_error_in_words(context: dict[str, Any], expected: str) -> None:
    """The field, the value, what it should be, and what was likely meant."""
    assert said(SCHEMA, context) == [expected]


def test_all_errors_at_once() -> None:
    """Not the first alone."""
    context = {"tone": "sad", "count": 0, "tools": [{}, {"id": 1}], "zzz": 1}
    assert [one.partition(":")[0] for one in said(SCHEMA, context)] == [
        "context-bounds",
        "context-enum",
        "context-missing",
        "context-type",
        "context-unknown",
    ]


def test_long_values_are_cut() -> None:
    """A prompt does not fill the screen."""
    (one,) = said(SCHEMA, {"count": "x" * 5000})
    assert len(one) < 150
