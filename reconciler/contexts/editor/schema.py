"""The editor's schema of every manifest: its fields, and its context by `graph_id`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from reconciler.contexts.editor.branch import equal, when
from reconciler.contexts.editor.fields import fields
from reconciler.contexts.editor.graph import checked, define_graph
from reconciler.contexts.editor.manifest import define_fields, names, rules
from reconciler.contexts.nodes import GraphNodes
from reconciler.model.json import Json, JsonObject


def editor_schema(
    schemas: Mapping[str, JsonObject],
    *,
    own: Sequence[Mapping[str, JsonObject]] = (),
    unreadable: frozenset[str] = frozenset(),
    open_graphs: frozenset[str] = frozenset(),
    deployments: Sequence[str] = (),
    nodes: Mapping[str, GraphNodes] = MappingProxyType({}),
) -> JsonObject:
    """The JSON Schema (draft 7) by which an editor completes, explains and checks a manifest.

    `schemas` are the graphs' own, as their files say them, and `own` the same as each deployment has them, where that
    is otherwise. Contexts of `open_graphs` are not checked, nor those of graphs of which no schema is known, or whose
    file is `unreadable`. `deployments` are the names in the settings, `nodes` what tries may stop before. It never
    calls wrong what `validate` lets pass; what `validate` calls wrong it may let pass. Raises nothing.
    """
    known: dict[str, list[JsonObject]] = {graph: [] for graph in sorted({*open_graphs, *unreadable})}
    for table in (schemas, *own):
        for graph, schema in table.items():
            known.setdefault(graph, []).append(schema)
    contexts = {graph: () if graph in open_graphs | unreadable else checked(known[graph]) for graph in sorted(known)}
    about = [_about(known[graph], bool(several)) for graph, several in contexts.items()]
    described = fields(contexts, about, deployments, nodes)
    definitions: JsonObject = {}
    define_fields(definitions, described, deployments)
    branches: list[Json] = [
        when(equal("graph_id", graph), define_graph(definitions, graph, several, deployments))
        for graph, several in contexts.items()
        if several
    ]
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Assistant",
        "description": "One assistant, or with for_each several. `reconciler schemas editor` writes this file.",
        "type": "object",
        "properties": names(described),
        "additionalProperties": False,
        "allOf": [*rules(), *branches],
        "definitions": definitions,
    }


def _about(schemas: Sequence[JsonObject], is_checked: bool) -> str:
    said = schemas[0].get("description") if schemas else None
    text = said.strip() if isinstance(said, str) else ""
    return text if is_checked else f"{text} Its contexts are not checked.".strip()
