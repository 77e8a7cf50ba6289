"""Tries in the editor: in a manifest, and in a file of their own."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.contexts.editor import editor_schema, tries_schema
from reconciler.contexts.nodes import GraphNodes
from reconciler.model.json import Json
from reconciler.repo.manifests.tries import read_tries
from reconciler.repo.yaml import Findings, dump, load

NODES = {
    "support": GraphNodes(nodes=("agent", "tools"), tools=("tools",)),
    "writer": GraphNodes(nodes=("agent", "draft")),
}
FILE = jsonschema.Draft7Validator(tries_schema(NODES))
MANIFEST = jsonschema.Draft7Validator(editor_schema({}, open_graphs=frozenset({"writer"}), nodes=NODES))
ONE: dict[str, Any] = {"name": "a", "input": {}}
TAKEN: dict[str, Any] = {
    "the least": [ONE],
    "none": [],
    "everything": [
        ONE
        | {
            "expect": {
                "contains": "a",
                "not_contains": ["a", "b"],
                "matches": ["^a$"],
                "json_path": {"$.a": None},
                "max_seconds": 0.5,
            },
            "interrupt_before": ["tools"],
        }
    ],
    "a text": [{"name": "a", "input": "Hello"}],
    "each node": [ONE | {"interrupt_before": "*"}],
    "no node": [ONE | {"interrupt_before": []}],
    "a node that is not known": [ONE | {"interrupt_before": ["plan"]}],
    "nothing expected": [ONE | {"expect": {}}],
}
WRONG: dict[str, Any] = {
    "a mapping": {"a": ONE},
    "no name": [{"input": {}}],
    "no input": [{"name": "a"}],
    "an empty input": [{"name": "a", "input": None}],
    "a field that there is not": [ONE | {"contains": "a"}],
    "an expectation that there is not": [ONE | {"expect": {"contain": "a"}}],
    "a number for a text": [ONE | {"expect": {"contains": 5}}],
    "no seconds": [ONE | {"expect": {"max_seconds": 0}}],
    "too many seconds": [ONE | {"expect": {"max_seconds": 3601}}],
    "a number for a node": [ONE | {"interrupt_before": [5]}],
    "an empty expectation": [ONE | {"expect": None}],
}


@pytest.mark.parametrize("value", TAKEN.values(), ids=TAKEN)
def test_no_false_alarm(value: Any) -> None:
    """In both places."""
    assert FILE.is_valid(value)
    assert MANIFEST.is_valid({"graph_id": "writer", "name": "A", "tries": value})


@pytest.mark.parametrize("value", WRONG.values(), ids=WRONG)
def test_wrong(value: Any) -> None:
    """In both places."""
    assert not FILE.is_valid(value)
    assert not MANIFEST.is_valid({"graph_id": "writer", "name": "A", "tries": value})


def test_rows_fill_tries_in() -> None:
    """`!each` and `!template` stand for any value, in a file of tries too: it may be of a manifest with rows."""
    value = [
        {
            "name": {"file": "a.md"},
            "input": "question",
            "expect": {"contains": "town", "max_seconds": "slow", "json_path": "paths"},
            "interrupt_before": "stops",
        }
    ]
    assert FILE.is_valid(value)
    assert MANIFEST.is_valid({"graph_id": "writer", "name": "A", "for_each": [{"id": "a"}], "tries": value})
    assert MANIFEST.is_valid({"graph_id": "writer", "name": "A", "for_each": "_rows.yaml", "tries": "asked"})
    assert not FILE.is_valid([ONE | {"expects": {}}])


def test_over_a_base_null_takes_them_away() -> None:
    """As it does every field."""
    assert MANIFEST.is_valid({"extends": "_base.yaml", "tries": None})
    assert not MANIFEST.is_valid({"graph_id": "writer", "name": "A", "tries": None})


def test_they_stand_beside_default_and_not_beside_removed() -> None:
    """A default assistant can be tried; one that is given up cannot."""
    assert MANIFEST.is_valid({"graph_id": "writer", "default": True, "tries": [ONE]})
    assert not MANIFEST.is_valid({"removed": "delete", "tries": [ONE]})


def test_nodes_are_proposed_with_their_graphs() -> None:
    """Each once, and which of them call tools."""
    shown = json.dumps(tries_schema(NODES))
    assert '"enum": ["agent", "tools", "draft"]' in shown
    assert '["Of support; writer.", "Of support, calls tools.", "Of writer."]' in shown
    assert "enumDescriptions" not in json.dumps(tries_schema({}))


field = st.sampled_from([None, True, 0, 1.5, "", "a", "*", "$.a", ["a"], [], {}, {"$.a": 1}])
anything = st.lists(
    st.dictionaries(st.sampled_from(["name", "input", "interrupt_before"]), field, max_size=3)
    | st.fixed_dictionaries(
        {"name": st.just("a"), "input": field},
        optional={
            "expect": st.dictionaries(
                st.sampled_from(["contains", "not_contains", "matches", "json_path", "max_seconds"]), field, max_size=3
            ),
            "interrupt_before": field,
        },
    ),
    max_size=1,
)


@settings(max_examples=400, deadline=None)
@given(anything)
def test_what_validate_takes_the_editor_takes(value: Json) -> None:
    """Whatever it is, and wherever it stands."""
    document = load(dump({"tries": value}).encode(), "a.yaml")
    found = Findings(document)
    assert isinstance(document.value, dict)
    read_tries(found, document.value["tries"])
    if not found.failed:
        assert FILE.is_valid(value)
        assert MANIFEST.is_valid({"graph_id": "writer", "name": "A", "tries": value})
