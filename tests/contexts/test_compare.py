"""A schema's file against the live graph."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from reconciler.contexts import OPEN_FORM, against_live, breaks, compare
from reconciler.model.json import JsonObject, same

from .conftest import locate, wanted

OLD: dict[str, Any] = {"properties": {"tone": {"enum": ["formal", "warm"]}, "gone": {"type": "string"}}, "title": "C"}
NEW: dict[str, Any] = {"properties": {"tone": {"enum": ["formal"]}, "o": {"properties": {}}}, "title": "C"}


def test_differences_in_words() -> None:
    """Each at its field, from the live graph's side."""
    assert [one.words for one in compare(OLD, NEW)] == [
        "context field `gone` is gone from the live graph",
        'context field `o` is new in the live graph: {"properties": {}}',
        '`enum` of context field `tone` is ["formal"] in the live graph, and ["formal", "warm"] in the file',
    ]


SCHEMAS = st.recursive(
    st.booleans() | st.integers(0, 1) | st.just("x"),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["properties", "a", "b"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@example({"a": True}, {"a": 1})
@given(st.dictionaries(st.sampled_from("ab"), SCHEMAS), st.dictionaries(st.sampled_from("ab"), SCHEMAS))
def test_there_is_no_difference_exactly_when_they_are_the_same(left: JsonObject, right: JsonObject) -> None:
    """By canonical bytes: `true` is not `1`."""
    assert (compare(left, right) == ()) == same(left, right)


def test_a_field_that_the_live_graph_does_not_know_yet_is_a_warning() -> None:
    """The server stores it; it has no effect until the graph is there."""
    (found,) = against_live([wanted({"gone": "x"})], {"writer": NEW}, frozenset(), locate)
    assert (found.severity, found.code, found.key) == ("warning", "ahead-of-graph", "a")


def test_a_value_that_the_live_graph_refuses_holds_that_assistant_back() -> None:
    """Any other violation is an error of that assistant alone."""
    several = [wanted({"tone": "warm"}, key="a"), wanted({"tone": "formal"}, key="b")]
    (found,) = against_live(several, {"writer": NEW}, frozenset(), locate)
    assert (found.severity, found.code, found.key) == ("error", "live-schema", "a")
    assert "'warm'" in found.message


def test_unknown_graphs_open_forms_and_open_graphs_say_nothing() -> None:
    """Nothing can be checked there."""
    one = wanted({"tone": 3})
    assert against_live([one], {}, frozenset(), locate) == []
    assert against_live([one], {"writer": OPEN_FORM}, frozenset(), locate) == []
    assert against_live([one], {"writer": NEW}, frozenset({"writer"}), locate) == []


def test_breaks_are_the_errors_alone() -> None:
    """Being ahead of the graph breaks nothing."""
    several = [wanted({"gone": "x"}, key="a"), wanted({"tone": "warm"}, key="b")]
    assert [d.key for d in breaks(several, {"writer": NEW}, frozenset(), locate)] == ["b"]


def test_a_live_schema_that_cannot_be_used_is_of_no_file() -> None:
    """The server's schema is at fault, and no line of the repository."""
    (found,) = against_live([wanted({})], {"writer": {"$ref": "https://x.example"}}, frozenset(), locate)
    assert (found.code, found.path, found.line) == ("schema-ref", None, None)
