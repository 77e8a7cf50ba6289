"""The editor's schema means what `validate` means: what must always hold, for contexts of every kind of schema."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.contexts.compile import build
from reconciler.contexts.editor import editor_schema
from reconciler.model.merge import difference, merge

from .contexts import contexts
from .editor_schemas import EXACT, LESS

few = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)


def editor(schema: dict[str, Any]) -> jsonschema.Draft7Validator:
    made = editor_schema({"writer": schema}, deployments=("staging",))
    jsonschema.Draft7Validator.check_schema(made)
    return jsonschema.Draft7Validator(made)


def manifest(context: Any, **fields: Any) -> dict[str, Any]:
    return {"graph_id": "writer", "name": "A", "context": context, **fields}


@pytest.mark.parametrize("schema", EXACT.values(), ids=EXACT)
def test_both_say_the_same(schema: dict[str, Any]) -> None:
    """A context is wrong in the editor exactly when it is wrong for `validate`."""
    validator, loader = editor(schema), build(schema)

    @few
    @given(contexts(schema))
    def check(context: dict[str, Any]) -> None:
        assert validator.is_valid(manifest(context)) == loader.is_valid(context), context

    check()


@pytest.mark.parametrize("schema", LESS.values(), ids=LESS)
def test_the_editor_says_no_more(schema: dict[str, Any]) -> None:
    """What `validate` lets pass is never wrong in the editor."""
    validator, loader = editor(schema), build(schema)

    @few
    @given(contexts(schema))
    def check(context: dict[str, Any]) -> None:
        assert validator.is_valid(manifest(context)) or not loader.is_valid(context), context

    check()


@pytest.mark.parametrize("schema", [*EXACT.values(), *LESS.values()], ids=[*EXACT, *LESS])
def test_what_a_merge_makes_right_is_right(schema: dict[str, Any]) -> None:
    """A patch that makes a valid context out of another is no error over a base, nor in an override."""
    validator = editor(schema)
    valid = contexts(schema).filter(build(schema).is_valid)

    @few
    @given(valid, valid)
    def check(before: dict[str, Any], after: dict[str, Any]) -> None:
        patch = difference(before, after)
        if patch is not None:
            assert merge(before, patch) == after
            assert validator.is_valid(manifest(patch, extends="_base.yaml")), patch
            override = {"staging": {"context": patch}}
            assert validator.is_valid(manifest(before, overrides=override)), patch

    check()


@pytest.mark.parametrize("schema", [*EXACT.values(), *LESS.values()], ids=[*EXACT, *LESS])
def test_what_rows_fill_in_is_right(schema: dict[str, Any]) -> None:
    """With `for_each` any value of a valid context may be a tag's text, or left to the rows."""
    validator = editor(schema)

    @few
    @given(contexts(schema).filter(build(schema).is_valid), st.data())
    def check(context: dict[str, Any], data: st.DataObject) -> None:
        filled = {name: _filled(value, data) for name, value in context.items() if data.draw(st.booleans())}
        made = manifest(filled, for_each=[{"id": "a"}])
        assert validator.is_valid(made), filled

    check()


def test_a_template_may_stand_where_any_value_may() -> None:
    """A field that is the schema itself, which names no kind of value: a row's text in it may come from a file."""
    validator = editor(EXACT["it holds itself"])
    template = {"again": {"file": "prompts/a.md"}}
    assert validator.is_valid(manifest(template, for_each=[{"id": "a"}]))
    assert not validator.is_valid(manifest(template))
    assert not validator.is_valid(manifest({"again": {"fill": "prompts/a.md"}}, for_each=[{"id": "a"}]))


def _filled(value: Any, data: st.DataObject) -> Any:
    """The value with some of its parts replaced as a tag is seen."""
    if data.draw(st.booleans()):
        return "field" if not isinstance(value, str) or data.draw(st.booleans()) else {"file": "prompts/a.md"}
    if isinstance(value, dict):
        return {name: _filled(child, data) for name, child in value.items()}
    return [_filled(child, data) for child in value] if isinstance(value, list) else value
