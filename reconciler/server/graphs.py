"""What a graph is made of, as the server draws it: its nodes (docs/server.md, S20)."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from reconciler.model.defaults import default_id
from reconciler.model.json import Json
from reconciler.model.live import Live
from reconciler.server.reader import Reader
from reconciler.server.schemas import MOST_ASKED


class Drawing(Struct, frozen=True, kw_only=True):
    """`body` is what the server says of a graph; None where it does not, and `why` is what it says in its place."""

    graph_id: str
    body: Json = None
    why: str = ""


def read_graph(reader: Reader, graph_id: str, lives: Iterable[Live]) -> Drawing:
    """Ask the graph's default assistant, then any other of the graph, as for its schema. Raises Unreachable."""
    standard = default_id(graph_id)
    of_graph = sorted(live.assistant_id for live in lives if live.row.spec.graph_id == graph_id)
    why = ""
    for identifier in sorted(of_graph, key=lambda one: one != standard)[:MOST_ASKED]:
        answer = reader.graph(identifier)
        try:
            body = answer.json() if answer.ok else None
        except ValueError:
            body = None
        if body is not None:
            return Drawing(graph_id=graph_id, body=body)
        why = why or reader.refusal("reading the nodes of a graph", answer).message
    return Drawing(graph_id=graph_id, why=why or "none of its assistants can be seen with this key")
