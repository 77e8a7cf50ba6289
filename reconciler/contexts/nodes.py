"""`schemas/nodes.yaml`: the nodes of each graph, and which of them call tools, so that a try can say where it stops."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Mapping

from msgspec import Struct

from reconciler.contexts.files import FOLDER
from reconciler.contexts.locate import Locate
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json import Json, JsonObject
from reconciler.model.tries import Try
from reconciler.model.wanted import Wanted

NODES_PATH = f"{FOLDER}/nodes.yaml"

_NO_NODES = frozenset(("__start__", "__end__", "*"))
"""Where a graph begins and ends, and the word for all of them: no run stops before these."""

_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_TOOLS = re.compile(r"(?:^|[\W_])tools?(?:[\W_0-9]|nodes?|$)", re.IGNORECASE)
_PLAIN = re.compile(r"(?!true$|false$|null$)[A-Za-z_][A-Za-z0-9_-]*")
_MOST_NAMED = 5


class GraphNodes(Struct, frozen=True, kw_only=True):
    """The nodes of one graph, sorted; `tools` are those that call tools."""

    nodes: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()

    def as_json(self) -> JsonObject:
        return {"nodes": [*self.nodes], "tools": [*self.tools]}


def nodes_path(deployment: str | None = None) -> str:
    """The file of the nodes, or that of a deployment of its own."""
    return f"{FOLDER}/{deployment}/nodes.yaml" if deployment is not None else NODES_PATH


def nodes_of(graph: Json) -> GraphNodes | None:
    """What a server says a graph is made of; None where that is not to be read.

    A node calls tools where the server lists some for it, or where its name says so.
    """
    listed = graph.get("nodes") if isinstance(graph, dict) else None
    if not isinstance(listed, list):
        return None
    nodes, tools = set(), set()
    for node in listed:
        name = node.get("id") if isinstance(node, dict) else None
        if not isinstance(node, dict) or not isinstance(name, str) or not name or name in _NO_NODES:
            continue
        nodes.add(name)
        metadata = node.get("metadata")
        own = metadata.get("__tools") if isinstance(metadata, dict) else None
        if own or _TOOLS.search(_HUMPS.sub("_", name)):
            tools.add(name)
    return GraphNodes(nodes=tuple(sorted(nodes)), tools=tuple(sorted(tools)))


def differs(file: GraphNodes, live: GraphNodes) -> list[str]:
    """How what a file says of a graph's nodes differs from the graph, in words."""
    words = [f"node `{name}` is new" for name in live.nodes if name not in file.nodes]
    words += [f"node `{name}` is gone" for name in file.nodes if name not in live.nodes]
    words += [f"node `{name}` calls tools" for name in live.tools if name in file.nodes and name not in file.tools]
    return words + [f"node `{n}` calls no tools" for n in file.tools if n in live.nodes and n not in live.tools]


def check_tries(wanted: Iterable[Wanted], graphs: Mapping[str, GraphNodes], locate: Locate) -> list[Diagnostic]:
    """What is wrong with where tries stop: an error for each node that its graph does not have, since a server runs
    past it without a word (docs/server.md, S27); a warning for each file with a try that says nothing, of a graph that
    calls tools. Nothing is said of graphs that are not known."""
    found: dict[tuple[str, int | None, str], Diagnostic] = {}
    silent: dict[str, tuple[Wanted, list[Try]]] = {}
    for want in wanted:
        known = graphs.get(want.spec.graph_id)
        if known is None or not want.tries:
            continue
        for number, one in enumerate(want.tries):
            if one.interrupt_before is None and known.tools:
                of_file = silent.setdefault(one.path, (want, []))[1]
                if one.line not in {other.line for other in of_file}:
                    of_file.append(one)
            elif one.interrupt_before is not None and one.interrupt_before != "*":
                for at, node in enumerate(one.interrupt_before):
                    if node not in known.nodes:
                        wrong = _unknown(want, number, at, node, known, locate)
                        found.setdefault((wrong.path or "", wrong.line, node), wrong)
    said = [_silent(want, tries, graphs[want.spec.graph_id]) for want, tries in silent.values()]
    return sorted([*found.values(), *said], key=Diagnostic.order)


def _silent(want: Wanted, tries: list[Try], known: GraphNodes) -> Diagnostic:
    first = tries[0]
    more = f" (so {len(tries) - 1} more here)" if len(tries) > 1 else ""
    tools = ", ".join(name if _PLAIN.fullmatch(name) else json.dumps(name) for name in known.tools)
    return Diagnostic(
        severity="warning",
        code="try-without-interrupt",
        message=f"a try is a real run, and graph `{want.spec.graph_id}` calls tools in {_listing(known.tools)}; try "
        f"`{first.name}` does not say whether they may act{more}",
        path=first.path,
        line=first.line,
        column=1,
        hint=f"interrupt_before: [{tools}]    # stops before them; [] lets them act",
        key=want.key,
    )


def _unknown(want: Wanted, number: int, at: int, node: str, known: GraphNodes, locate: Locate) -> Diagnostic:
    path, line, column = locate(want, ("tries", number, "interrupt_before", at))
    return Diagnostic(
        severity="error",
        code="try-unknown-node",
        message=f"graph `{want.spec.graph_id}` has no node `{node}`, so a run would not stop there",
        path=path,
        line=line,
        column=column,
        hint=meant(node, known),
        key=want.key,
    )


def meant(node: str, known: GraphNodes) -> str:
    """Which node may have been meant by a name that is none: the nearest, else those that there are."""
    near = difflib.get_close_matches(node, known.nodes, n=1)
    return f"did you mean `{near[0]}`?" if near else f"its nodes: {_listing(known.nodes)}"


def _listing(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(f"`{name}`" for name in names[:_MOST_NAMED]) + more if names else "none"
