"""The graphs that the server serves, their default assistants and schemas (S12, S20 to S22)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from .messages import Crash, Problem
from .store import Content, Store
from .traits import Traits
from .values import JsonObject

NAMESPACE: Final = uuid.UUID("6ba7b821-9dad-11d1-80b4-00c04fd430c8")


def default_id(graph_id: str) -> str:
    """The id of a graph's default assistant, on every server."""
    return str(uuid.uuid5(NAMESPACE, graph_id))


@dataclass
class Graphs:
    """graph_id -> context schema; None where the graph declares none."""

    schemas: dict[str, Any]
    failing: set[tuple[str, str | None]] = field(default_factory=set)

    def must_exist(self, graph_id: str) -> None:
        """404 with the list of those that are there (S12)."""
        if graph_id not in self.schemas:
            served = sorted(self.schemas)
            raise Problem(404, f"Graph '{graph_id}' not found. Expected one of: {served}")

    def check(self, traits: Traits, graph_id: str | None, *, create: bool) -> None:
        """S12: what a write with this graph_id gets."""
        if graph_id is None or graph_id in self.schemas or traits.unknown_graph == "200":
            return
        if traits.unknown_graph == "404":
            self.must_exist(graph_id)
        if create:
            raise Problem(400, f"Graph '{graph_id}' not found in langgraph.json")

    def describe(self, traits: Traits, graph_id: str, assistant_id: str) -> JsonObject:
        """S20: the body of GET …/schemas. Crash where the graph cannot make it."""
        self.must_exist(graph_id)
        if self.failing & {(graph_id, None), (graph_id, assistant_id)}:
            raise Crash
        schema = self.schemas[graph_id]
        state = {"properties": {}, "title": "State", "type": "object"}
        absent = traits.context == "unknown" or (schema is None and traits.no_schema == "absent")
        return {
            "graph_id": graph_id,
            "input_schema": state,
            "output_schema": state,
            "state_schema": state,
            "config_schema": schema or {},
            **({} if absent else {"context_schema": schema}),
        }


def start(traits: Traits, graphs: Mapping[str, Any], store: Store) -> None:
    """What a start does to default assistants (S22): makes, restores, recreates them."""
    if traits.restart == "recreates_some":
        _forget_every_second(store)
    for graph_id in graphs:
        row = store.rows.get(default_id(graph_id))
        if row is None:
            context: JsonObject | None = None if traits.context == "unknown" else {}
            content = Content(graph_id, graph_id, None, {}, context, {"created_by": "system"})
            store.insert(default_id(graph_id), content, "system")
        elif traits.restart != "keeps" and (row.content.name, row.content.description) != (
            graph_id,
            None,
        ):
            # The description is only put back where the graph has one: None changes nothing.
            content = replace(row.content, name=graph_id)
            version = store.append(row, content)
            row.content, row.version, row.updated_at = content, version.version, version.created_at


def _forget_every_second(store: Store) -> None:
    """The in-memory server removes from a list while it walks it, so it skips each row after one.

    Versions stay, so the recreated assistant has two rows numbered 1 (S16).
    """
    order = list(store.rows)
    place = 0
    while place < len(order):
        if store.rows[order[place]].content.metadata.get("created_by") == "system":
            del store.rows[order.pop(place)]
        place += 1
