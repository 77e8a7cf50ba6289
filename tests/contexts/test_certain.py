"""The quick yes: never where jsonschema says no, and never for a schema that is not wholly understood."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from reconciler.contexts.certain import certain
from reconciler.contexts.compile import build

from .contexts import ANYTHING, contexts
from .editor_schemas import EXACT, LESS

EVERY = EXACT | LESS
PLAIN = ("plain fields", "a default is not required", "pydantic", "zod", "it holds itself", "forms told apart")
NAMES = ("a", "b")
TYPES = ("null", "boolean", "string", "array", "object", "number", "integer")
NUMBERS = st.sampled_from([0, 1, 2, -1, 0.5, True])


def keyword(name: str, value: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return value.map(lambda found: {name: found})


def schemas(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Schemas of up to three keywords, and at times what is none."""
    tables = st.dictionaries(st.sampled_from(NAMES), inner, max_size=2)
    one = st.one_of(
        keyword("type", st.sampled_from(TYPES) | st.lists(st.sampled_from(TYPES), max_size=2)),
        keyword("enum", st.lists(ANYTHING, max_size=3)),
        keyword("const", ANYTHING),
        keyword("properties", tables),
        keyword("required", st.lists(st.sampled_from(NAMES), max_size=2)),
        keyword("additionalProperties", inner),
        keyword("items", inner),
        keyword("not", inner),
        keyword("$ref", st.sampled_from(["#", "#/$defs/a", "#/properties/a", "#/properties/b/items", "#/a%62"])),
        keyword("default", ANYTHING),
        keyword("uniqueItems", st.just(True)),
        keyword("x-b", inner),
        *(keyword(name, st.lists(inner, max_size=2)) for name in ("anyOf", "allOf", "oneOf")),
        *(keyword(name, NUMBERS) for name in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")),
        *(keyword(name, NUMBERS) for name in ("minLength", "maxLength", "minItems", "maxItems")),
        *(keyword(name, NUMBERS) for name in ("minProperties", "maxProperties")),
    )
    return st.lists(one, min_size=1, max_size=3).map(lambda parts: {k: v for part in parts for k, v in part.items()})


SCHEMAS = st.recursive(st.booleans() | st.sampled_from([{}, {"type": "string"}, None]), schemas, max_leaves=6)
ROOTS = st.builds(
    lambda properties, root, defs, more: {"properties": properties, **root, "$defs": defs, **more},
    st.dictionaries(st.sampled_from(NAMES), SCHEMAS, max_size=2),
    schemas(SCHEMAS),
    st.dictionaries(st.just("a"), SCHEMAS),
    st.sampled_from([{}, {}, {"$schema": "http://json-schema.org/draft-07/schema#"}, {"$schema": "x"}]),
)


def agrees(schema: dict[str, Any], context: Any) -> None:
    """It raises nothing, and says yes where jsonschema does; or it leaves the schema alone. Where a schema leads to
    itself without end, either may see first that something else is wrong."""
    check = certain(schema)
    if check is None:
        return
    validator = build(schema)
    try:
        said = check(context)
    except RecursionError:
        return
    try:
        assert said == validator.is_valid(context)
    except RecursionError:
        assert not said


@pytest.mark.parametrize("schema", EVERY.values(), ids=EVERY)
def test_it_says_what_jsonschema_says(schema: dict[str, Any]) -> None:
    """Of contexts that nearly fit, for schemas of every kind that graphs have."""

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(contexts(schema))
    def check(context: dict[str, Any]) -> None:
        agrees(schema, context)

    check()


@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
@given(ROOTS, st.dictionaries(st.sampled_from(NAMES), ANYTHING, max_size=2))
@example({"properties": {"a": {"enum": [1]}}}, {"a": True})
@example({"properties": {"a": {"enum": [False]}}}, {"a": 0})
@example({"properties": {"a": {"type": "integer"}}}, {"a": 1e300})
@example({"properties": {"a": {"minimum": 1}}}, {"a": False})
@example({"properties": {"a": False}}, {"a": 1})
@example({"properties": {"a": {}}}, {"b": 1})
@example({"properties": {"a": {"default": 1}}, "required": ["a", "a"]}, {"a": 1})
@example({"x-b": {"$ref": "https://example.com/a.json"}}, {"a": 1})
@example({"properties": {"a": {"items": {"properties": {"b": {}}}}}}, {"a": [{"a": 1}]})
@example({"properties": {"a": {"$ref": "#/properties/a"}}, "required": ["b"]}, {"a": 1})
def test_it_says_it_of_any_schema(schema: dict[str, Any], context: dict[str, Any]) -> None:
    """Also of one that is none, or refers to nothing: then jsonschema is asked."""
    agrees(schema, context)


@pytest.mark.parametrize("name", PLAIN)
def test_what_graphs_have_is_understood(name: str) -> None:
    """The schemas of pydantic and zod are not left to jsonschema."""
    assert certain(EVERY[name]) is not None


@pytest.mark.parametrize(
    "name",
    sorted(
        {
            name
            for draft in ("Draft4", "Draft6", "Draft7", "Draft201909", "Draft202012")
            for validator in [getattr(jsonschema, f"{draft}Validator")]
            for name in (*validator.VALIDATORS, *validator.META_SCHEMA["properties"])
        }
        - {"default", "examples", "$schema"}  # these may be anything, a list, and stand at the top
    ),
)
def test_no_keyword_is_overlooked(name: str) -> None:
    """Every word of every draft is understood or left to jsonschema: with nonsense behind it none is passed over."""
    assert certain({"properties": {"a": {name: [[]]}}}) is None


def test_what_is_as_it_should_be_needs_no_jsonschema() -> None:
    """It takes a tenth of a second to import, and has nothing to say there."""
    code = """
import sys
from reconciler.contexts import validate
from reconciler.model.spec import Spec
from reconciler.model.wanted import Wanted
schema = {"type": "object", "properties": {"tone": {"type": "string", "default": "warm"}}}
one = Wanted(key="a", assistant_id="b", path="c", spec=Spec(graph_id="writer", name="A", context={"tone": "dry"}))
assert validate([one], {"writer": schema}, frozenset(), lambda wanted, path, name=False: ("", 1, 1)) == []
assert "jsonschema" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)
