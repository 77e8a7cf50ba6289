"""Assistants of one graph that are one and the same."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from reconciler.core.equal import equal_contents
from tests.core.case import wanted


def groups(**said: dict[str, Any]) -> list[list[str]]:
    """The keys of each group among assistants that are described so."""
    return [[one.key for one in group] for group in equal_contents(wanted(key, one) for key, one in said.items())]


def test_equal_context_and_config_are_named_once_a_group() -> None:
    """Whatever their names, descriptions and metadata, and however many there are."""
    one = {"context": {"a": 1, "b": [True]}, "config": {"tags": ["x"]}}
    other = {"context": {"b": [True], "a": 1}, "config": {"tags": ["x"]}, "name": "Other", "metadata": {"team": "t"}}
    assert groups(c=one, a=other, b=one, z={"context": {"a": 2}}, y={"context": {"a": 2}}) == [
        ["a", "b", "c"],
        ["y", "z"],
    ]


def test_groups_stand_in_the_order_of_their_first_keys() -> None:
    """Whatever they have in common with others."""
    one, two, text = ({"context": {"a": value}} for value in (1, 2, "text"))
    assert groups(a=one, d=two, b=text, e=text, f=one, g=two) == [["a", "f"], ["b", "e"], ["d", "g"]]


def test_what_differs_is_not_named() -> None:
    """In the graph, in the context (true is not 1), or in the config."""
    assert (
        groups(a={"context": {"a": 1}}, b={"context": {"a": True}}, c={"context": {"a": 1}, "graph_id": "other"}) == []
    )
    assert groups(a={"context": {"a": 1}}, b={"context": {"a": 1}, "config": {"tags": ["x"]}}) == []


def test_no_content_is_not_equal_content() -> None:
    """Assistants of a graph that takes no context differ by their metadata, if at all."""
    assert groups(a={}, b={}) == []


def test_a_graphs_default_may_be_like_another() -> None:
    """It cannot be left out."""
    assert groups(a={"context": {"a": 1}, "default": True}, b={"context": {"a": 1}}) == []


def test_rows_of_one_file_are_not_compared_with_each_other() -> None:
    """But with those of another file."""
    rows = [replace(wanted(f"t/{n}", {"context": {"a": 1}}), path="assistants/t.yaml") for n in range(3)]
    assert equal_contents(rows) == []
    other = wanted("z", {"context": {"a": 1}})
    assert equal_contents([*rows, other]) == [(*rows, other)]
