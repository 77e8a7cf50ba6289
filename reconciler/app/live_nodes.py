"""The nodes of a server's graphs, each graph asked once: a server runs past a node that it does not know, without a
word (docs/server.md, S27), so that must be seen before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reconciler.contexts.nodes import GraphNodes, meant, nodes_of
from reconciler.errors import ServerError
from reconciler.model.live import Live
from reconciler.model.tries import Try
from reconciler.server.graphs import read_graph
from reconciler.server.reader import Reader


class LiveNodes:
    """What graphs are made of, as far as this server says it."""

    def __init__(self, reader: Reader, lives: Iterable[Live]) -> None:
        self._reader, self._lives = reader, tuple(lives)
        self._known: dict[str, GraphNodes | None] = {}

    def of(self, graph_id: str) -> GraphNodes | None:
        """The nodes of a graph; None where the server does not say them."""
        if graph_id not in self._known:
            self._known[graph_id] = self._ask(graph_id)
        return self._known[graph_id]

    def _ask(self, graph_id: str) -> GraphNodes | None:
        try:
            return nodes_of(read_graph(self._reader, graph_id, self._lives).body)
        except ServerError:
            return None

    def unstopped(self, one: Try, graph: str) -> str | None:
        """Why a run of this try by a graph would not stop where it is to, in words; None where it does, or nobody
        knows."""
        known = self.of(graph) if isinstance(one.interrupt_before, tuple) and one.interrupt_before else None
        missing = [name for name in one.interrupt_before or () if known is not None and name not in known.nodes]
        if known is None or not missing:
            return None
        nodes = f"node{'s' if len(missing) > 1 else ''} {', '.join(f'`{name}`' for name in missing)}"
        said = f"graph `{graph}` has no {nodes} on this server, so a run would not stop there"
        return f"{said}; {meant(missing[0], known)}"

    def unseen(self, one: Try, graphs: Iterable[str]) -> str | None:
        """What is to be said of a stop that could not be looked up, in words; None where there is none."""
        unknown = [graph for graph in sorted(set(graphs)) if self.of(graph) is None]
        if not isinstance(one.interrupt_before, tuple) or not one.interrupt_before or not unknown:
            return None
        graph = ", ".join(f"`{name}`" for name in unknown)
        return f"the server does not say the nodes of graph {graph}: whether a run stops where it is to is not known"

    def acting(self, one: Try, graphs: Iterable[str]) -> Sequence[str]:
        """The nodes that call tools and that nothing keeps a run of this try from, each with its graph, in words."""
        stops = one.interrupt_before
        if stops == "*":
            return ()
        found = ((graph, self.of(graph)) for graph in sorted(set(graphs)))
        return [
            f"`{node}` of graph `{graph}`"
            for graph, known in found
            for node in (known.tools if known is not None else ())
            if node not in (stops or ())
        ]
