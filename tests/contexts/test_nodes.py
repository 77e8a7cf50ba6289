"""Where tries stop: what a graph is made of, and what is said of tries that say nothing, or that stop nowhere."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from reconciler.contexts.nodes import GraphNodes, check_tries, differs, nodes_of
from reconciler.model.tries import Try
from reconciler.model.wanted import Wanted

from .conftest import locate, wanted

GRAPHS = {
    "support": GraphNodes(nodes=("agent", "refunds", "tools"), tools=("refunds", "tools")),
    "writer": GraphNodes(nodes=("draft",)),
}


def tried(name: str, stops: Any = None, *, path: str = "assistants/a.tries.yaml", line: int = 1) -> Try:
    return Try(name=name, input={}, interrupt_before=stops, path=path, line=line)


def said(*several: Wanted) -> list[str]:
    return [f"{d.path}:{d.line}: {d.message} [{d.code}] ({d.hint})" for d in check_tries(several, GRAPHS, locate)]


@pytest.mark.parametrize(
    ("node", "calls_tools"),
    [
        ({"id": "tools"}, True),
        ({"id": "refund", "metadata": {"__tools": ["refund"]}}, True),
        ({"id": "call_tools"}, True),
        ({"id": "ToolNode"}, True),
        ({"id": "support-tool"}, True),
        ({"id": "toolNodes"}, True),
        ({"id": "agent"}, False),
        ({"id": "stool"}, False),
        ({"id": "toolbox"}, False),
        ({"id": "agent", "metadata": {"__tools": []}}, False),
        ({"id": "agent", "metadata": None}, False),
    ],
)
def test_a_node_that_calls_tools(node: dict[str, Any], calls_tools: bool) -> None:
    """The server lists them for it, or its name says so."""
    found = nodes_of({"nodes": [node]})
    assert found == GraphNodes(nodes=(node["id"],), tools=(node["id"],) if calls_tools else ())


def test_start_and_end_are_no_nodes() -> None:
    """No run stops before them; what is no node is passed over; the order of the server does not matter."""
    nodes = [{"id": "__start__"}, {"id": "b"}, {"id": "a"}, {"id": 5}, {}, "x", {"id": ""}, {"id": "__end__"}]
    assert nodes_of({"nodes": nodes}) == GraphNodes(nodes=("a", "b"))


@pytest.mark.parametrize("answer", [None, [], {}, {"nodes": None}, {"nodes": {"a": 1}}, "x"])
def test_an_answer_that_is_none(answer: Any) -> None:
    """Nothing is known then, which is not the same as a graph without nodes."""
    assert nodes_of(answer) is None


def test_a_try_that_does_not_say_is_named_once_for_each_file() -> None:
    """The first of them, where it stands, with both things that it can say."""
    first = wanted({}, graph="support", tries=(tried("a", line=1), tried("b", line=5), tried("c", (), line=9)))
    again = wanted({}, graph="support", key="row", tries=first.tries)
    other = wanted({}, graph="support", key="o", tries=(tried("z", path="assistants/o.yaml", line=3),))
    assert said(first, again, other) == [
        "assistants/a.tries.yaml:1: a try is a real run, and graph `support` calls tools in `refunds`, `tools`; try "
        "`a` does not say whether they may act (so 1 more here) [try-without-interrupt] "
        "(interrupt_before: [refunds, tools]    # stops before them; [] lets them act)",
        "assistants/o.yaml:3: a try is a real run, and graph `support` calls tools in `refunds`, `tools`; try "
        "`z` does not say whether they may act [try-without-interrupt] "
        "(interrupt_before: [refunds, tools]    # stops before them; [] lets them act)",
    ]


def test_the_line_to_paste_is_yaml() -> None:
    """Whatever the nodes are called, and however many they are: it stops before each of them."""
    names = ("a: b", "null", "tools", "x, y", "é", "5", "a-1")
    one = wanted({}, graph="odd", tries=(tried("a"),))
    (found,) = check_tries([one], {"odd": GraphNodes(nodes=names, tools=names)}, locate)
    assert found.hint is not None
    assert yaml.safe_load(found.hint) == {"interrupt_before": list(names)}


@pytest.mark.parametrize("stops", ["*", (), ("tools",), ("agent",)])
def test_whatever_it_says_it_has_been_thought_of(stops: Any) -> None:
    """Also that everything may act, and that it stops elsewhere."""
    assert said(wanted({}, graph="support", tries=(tried("a", stops),))) == []


def test_nothing_is_said_where_no_tools_are() -> None:
    """Nor of a graph that nobody knows."""
    assert said(wanted({}, tries=(tried("a"),)), wanted({}, graph="else", tries=(tried("a", ("x",)),))) == []


def test_a_node_that_there_is_not_is_an_error() -> None:
    """A server would run past it without a word; told once for all who share the try."""
    one = wanted({}, graph="support", tries=(tried("a", ("tool", "agent")), tried("b", ("planner",), line=2)))
    other = wanted({}, graph="writer", tries=(tried("c", ("tools",)),))
    assert said(one, other) == [
        "assistants/a.yaml:1: graph `support` has no node `planner`, so a run would not stop there "
        "[try-unknown-node] (its nodes: `agent`, `refunds`, `tools`)",
        "assistants/a.yaml:1: graph `support` has no node `tool`, so a run would not stop there "
        "[try-unknown-node] (did you mean `tools`?)",
        "assistants/a.yaml:1: graph `writer` has no node `tools`, so a run would not stop there "
        "[try-unknown-node] (its nodes: `draft`)",
    ]


def test_what_differs() -> None:
    """Nodes that came and went, and those that call tools now or no more."""
    file = GraphNodes(nodes=("a", "b", "c", "gone"), tools=("b", "gone"))
    live = GraphNodes(nodes=("a", "b", "c", "new"), tools=("c", "new"))
    assert differs(file, live) == [
        "node `new` is new",
        "node `gone` is gone",
        "node `c` calls tools",
        "node `b` calls no tools",
    ]
    assert differs(live, live) == []
