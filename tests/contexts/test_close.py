"""What a schema means here: closed where it names fields, open where it names none, at every depth."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.contexts.close import close

from .conftest import said

OBJECT = {"type": "object"}
ONE: dict[str, Any] = {"properties": {"a": {"type": "integer"}}}
TWO: dict[str, Any] = {"properties": {"b": {"type": "integer"}}}


def unknown(schema: dict[str, Any], context: dict[str, Any]) -> list[str]:
    """The fields that are said to be unknown; nothing else may be wrong."""
    result = []
    for one in said(schema, context):
        assert one.startswith("context-unknown"), one
        result.append(one.split("`")[1])
    return result


@pytest.mark.parametrize(
    ("schema", "context", "expected"),
    [
        (ONE, {"a": 1, "x": 1}, ["x"]),
        (OBJECT, {"x": 1}, []),
        ({}, {"x": 1}, []),
        ({**ONE, "additionalProperties": True}, {"x": 1}, []),
        ({**ONE, "additionalProperties": {"type": "integer"}}, {"x": 1}, []),
        ({"additionalProperties": ONE}, {"x": {"y": 1}}, ["x.y"]),
        ({"properties": {"o": ONE}}, {"o": {"x": 1}}, ["o.x"]),
        ({"properties": {"o": OBJECT}}, {"o": {"x": 1}}, []),
        ({"properties": {"l": {"items": ONE}}}, {"l": [{"x": 1}]}, ["l[0].x"]),
        ({"properties": {"l": {"prefixItems": [ONE]}}}, {"l": [{"x": 1}, {"x": 1}]}, ["l[0].x"]),
        ({"patternProperties": {"^x": ONE}, **TWO}, {"xy": {"a": 1}, "b": 1, "c": 1}, ["c"]),
        ({"$ref": "#/$defs/O", "$defs": {"O": ONE}}, {"x": 1}, ["x"]),
        ({"properties": {"o": {"$ref": "#/$defs/O", "default": {}}}, "$defs": {"O": ONE}}, {"o": {"x": 1}}, ["o.x"]),
        # Several schemas describe one object: what any of them names is known.
        ({"allOf": [ONE, TWO]}, {"a": 1, "b": 1}, []),
        ({"allOf": [ONE, TWO]}, {"a": 1, "x": 1}, ["x"]),
        ({"allOf": [ONE]}, {"x": 1}, ["x"]),
        ({**ONE, "allOf": [TWO]}, {"a": 1, "b": 1, "x": 1}, ["x"]),
        ({**ONE, "anyOf": [TWO, {"required": ["a"]}]}, {"a": 1, "b": 1}, []),
        ({**ONE, "$ref": "#/$defs/O", "$defs": {"O": TWO}}, {"a": 1, "b": 1, "x": 1}, ["x"]),
        ({"allOf": [ONE, {"additionalProperties": True}]}, {"a": 1, "x": 1}, []),
        ({"allOf": [{"$ref": "#/$defs/O"}, TWO], "$defs": {"O": ONE}}, {"a": 1, "b": 1}, []),
        ({"allOf": [{"$ref": "#/$defs/O"}, TWO], "$defs": {"O": ONE}}, {"a": 1, "x": 1}, ["x"]),
        ({**ONE, "if": {"required": ["a"]}, "then": TWO}, {"a": 1, "b": 1}, []),
        ({**ONE, "if": {"required": ["a"]}, "then": TWO}, {"a": 1, "x": 1}, ["x"]),
        ({**ONE, "dependentSchemas": {"a": TWO}}, {"a": 1, "b": 1}, []),
        # A choice between whole objects: each is closed by itself.
        ({"anyOf": [ONE, TWO]}, {"a": 1}, []),
        ({"properties": {"n": {"$ref": "#"}}}, {"n": {"n": {"x": 1}}}, ["n.n.x"]),
        (
            {"allOf": [{"$ref": "#/$defs/N"}, TWO], "$defs": {"N": {"properties": {"n": {"$ref": "#/$defs/N"}}}}},
            {"b": 1, "n": {"x": 1}},
            ["n.x"],
        ),
        # `not` is turned round: closing inside it would open.
        ({**ONE, "not": {"properties": {"a": {"const": 5}}, "required": ["a"]}}, {"a": 4}, []),
    ],
)
def test_which_fields_are_known(schema: dict[str, Any], context: dict[str, Any], expected: list[str]) -> None:
    """No false alarm where schemas are composed, and no hole where they are not."""
    assert unknown(schema, context) == expected


def test_an_exclusive_choice_stays_exclusive() -> None:
    """Fields of both branches of an anyOf are of neither."""
    assert said({"anyOf": [ONE, TWO]}, {"a": 1, "b": 1}) != []


def test_draft_7_hides_what_stands_beside_a_ref() -> None:
    """Up to draft 7 a `$ref` stands alone."""
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "properties": {"o": {"$ref": "#/definitions/O", "properties": {"b": {}}}},
        "definitions": {"O": ONE},
    }
    assert unknown(schema, {"o": {"a": 1, "x": 1}}) == ["o.x"]


def test_draft_7_reads_tuples_its_own_way() -> None:
    """`items` as a list means what it meant then."""
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "properties": {"l": {"items": [ONE, {"type": "integer"}]}},
    }
    assert unknown(schema, {"l": [{"a": 1, "x": 1}, 2]}) == ["l[0].x"]


@pytest.mark.parametrize("default", [1, None, False])
def test_fields_with_a_default_are_not_required(default: object) -> None:
    """Zod lists them as required; the server does not enforce it (S20)."""
    schema = {"properties": {"a": {"default": default}, "b": {"type": "integer"}}, "required": ["a", "b"]}
    assert said(schema, {}) == ["context-missing: context field `b` is missing"]


def test_the_schema_itself_is_not_changed() -> None:
    """Closing works on a copy."""
    schema = {"properties": {"a": {"default": 1, "properties": {}}}, "required": ["a"]}
    before = repr(schema)
    close(schema)
    assert repr(schema) == before
