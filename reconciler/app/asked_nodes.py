"""The nodes of graphs as a server says them, for `schemas pull` and `schemas check`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reconciler.app.session import Session
from reconciler.contexts.nodes import GraphNodes, nodes_of
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.live import Live
from reconciler.repo.words import listing
from reconciler.repo.yaml import refused
from reconciler.server.graphs import read_graph

MOST_NAMED = 5
"""How many graphs without an answer are named."""


def ask_nodes(
    session: Session, graphs: Iterable[str], lives: Sequence[Live]
) -> tuple[dict[str, GraphNodes], list[Diagnostic]]:
    """The nodes of each graph, as the server says them; a note about those of which it does not. Graphs whose name no
    file can hold are passed over."""
    known: dict[str, GraphNodes] = {}
    unread: dict[str, list[str]] = {}
    for graph in graphs:
        if next(refused({graph: None}, ()), None) is not None:
            continue
        drawing = read_graph(session.reader, graph, lives)
        nodes = _kept(nodes_of(drawing.body))
        if nodes is not None:
            known[graph] = nodes
            continue
        unread.setdefault(drawing.why or "its answer is not to be read", []).append(graph)
    return known, [_unread(graphs, why) for why, graphs in unread.items()]


def _unread(graphs: Sequence[str], why: str) -> Diagnostic:
    more = f" and {len(graphs) - MOST_NAMED} more" if len(graphs) > MOST_NAMED else ""
    which = ", ".join(f"`{name}`" for name in graphs[:MOST_NAMED]) if more else listing(graphs)
    message = f"the server does not say the nodes of graph{'s' if len(graphs) > 1 else ''} {which}{more}, so where "
    return Diagnostic(severity="note", code="nodes-unread", message=f"{message}their tries stop is not checked ({why})")


def _kept(nodes: GraphNodes | None) -> GraphNodes | None:
    """Without names that no file can hold."""
    if nodes is None:
        return None
    names = [name for name in nodes.nodes if next(refused(name, ()), None) is None]
    return GraphNodes(nodes=tuple(names), tools=tuple(name for name in nodes.tools if name in names))
