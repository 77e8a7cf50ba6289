"""A graph's context schema as the server says it, and each way in which it may not say it (docs/server.md, S20)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from reconciler.model.defaults import default_id
from reconciler.model.json import JsonObject
from reconciler.model.live import Live
from reconciler.server.reader import Reader
from reconciler.server.transport import Answer

MOST_ASKED = 10
"""How many assistants of one graph are asked before its schema counts as not to be had."""


class GraphSchema(Struct, frozen=True, kw_only=True):
    """`found`: `schema` is it. `none`: the graph declares no context schema. `failed`: the server cannot make it, and
    `why` says what it said. `hidden`: no assistant of that graph can be seen with this key, so there is none to ask."""

    graph_id: str
    outcome: Literal["found", "none", "failed", "hidden"]
    schema: JsonObject | None = None
    why: str = ""


def graphs_of(lives: Iterable[Live]) -> list[str]:
    """The graphs that a listing shows, sorted."""
    return sorted({live.row.spec.graph_id for live in lives if live.row.spec.graph_id})


def shows_defaults(lives: Iterable[Live]) -> bool:
    """Whether default assistants can be seen: then a graph that is not listed is not deployed. An auth handler may
    hide them all (docs/server.md, S26), and then nothing can be said."""
    return any(live.assistant_id == default_id(live.row.spec.graph_id) for live in lives)


def read_schema(reader: Reader, graph_id: str, lives: Iterable[Live]) -> GraphSchema:
    """Ask the graph's default assistant, then any other of the graph: a factory may fail on one config alone."""
    standard = default_id(graph_id)
    of_graph = sorted(live.assistant_id for live in lives if live.row.spec.graph_id == graph_id)
    asked = sorted(of_graph, key=lambda identifier: identifier != standard)[:MOST_ASKED]
    why = ""
    for identifier in asked:
        answer = reader.schema(identifier)
        if answer.ok:
            return _read(graph_id, answer)
        if answer.status == 404:
            continue
        why = why or reader.refusal(f"the schema of graph `{graph_id}`", answer).message
    if why:
        return GraphSchema(graph_id=graph_id, outcome="failed", why=why)
    return GraphSchema(graph_id=graph_id, outcome="hidden")


def _read(graph_id: str, answer: Answer) -> GraphSchema:
    try:
        body = answer.json()
    except ValueError:
        return GraphSchema(graph_id=graph_id, outcome="failed", why="the server's answer is not JSON")
    schema = body.get("context_schema") if isinstance(body, dict) else None
    if isinstance(schema, dict):
        return GraphSchema(graph_id=graph_id, outcome="found", schema=schema)
    return GraphSchema(graph_id=graph_id, outcome="none")
