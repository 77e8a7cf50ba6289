"""What the editor knows of tries: those in a manifest, and the files beside one."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.contexts.editor.mode import ROWS
from reconciler.contexts.editor.translate import Translator
from reconciler.contexts.nodes import GraphNodes
from reconciler.model.json import Json, JsonObject

_TEXT: JsonObject = {"type": "string"}


def tries(graphs: Mapping[str, GraphNodes]) -> JsonObject:
    """The list of tries, as a JSON Schema of its own. Nodes of `graphs` are proposed; a run may stop before others."""
    return {
        "description": "Inputs to try it with, and what to expect of each answer: `reconciler try`. A try is a real "
        "run: its tools act, unless it stops before them.",
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "name": {
                    "description": "By which it is told, of all tries of this assistant.",
                    "type": "string",
                    "minLength": 1,
                    "maxLength": 100,
                },
                "input": {
                    "description": "What is sent. A text is what a user says: one message.",
                    "type": ["object", "string", "array", "number", "boolean"],
                },
                "expect": _expect(),
                "interrupt_before": _stops(graphs),
            },
            "required": ["name", "input"],
            "additionalProperties": False,
        },
    }


def tries_schema(graphs: Mapping[str, GraphNodes]) -> JsonObject:
    """The JSON Schema (draft 7) of a file of tries. It may belong to a manifest with rows, so any value may be a text:
    the field of a row, or a template."""
    definitions: JsonObject = {}
    described = tries(graphs)
    mode = ROWS.inside_list
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Tries",
        "description": "Tries of the manifest beside it. `reconciler schemas editor` writes this file.",
        "type": "array",
        "items": Translator({}, "tries", definitions, tags=False).node(described["items"], mode),
    }


def _expect() -> JsonObject:
    fields: JsonObject = {
        "contains": _texts("A text that is to be in the answer, or several."),
        "not_contains": _texts("A text that is not to be in the answer, or several."),
        "matches": _texts("A regular expression, as Python has them, that is to be found in the answer, or several."),
        "json_path": {
            "description": 'Paths into the whole output (RFC 9535), such as "$.messages[-1].content", and the value '
            "that is to be there.",
            "type": "object",
            "additionalProperties": True,
        },
        "max_seconds": {
            "description": "How long the run may take.",
            "type": "number",
            "exclusiveMinimum": 0,
            "maximum": 3600,
        },
    }
    return {
        "description": "What the answer has to be like. Without it the answer is only shown.",
        "type": "object",
        "properties": fields,
        "additionalProperties": False,
    }


def _texts(description: str) -> JsonObject:
    return {"description": description, "type": ["string", "array"], "items": dict(_TEXT)}


def _stops(graphs: Mapping[str, GraphNodes]) -> JsonObject:
    of_nodes: dict[str, list[str]] = {}
    for graph, known in sorted(graphs.items()):
        for name in known.nodes:
            of_nodes.setdefault(name, []).append(f"{graph}{', calls tools' if name in known.tools else ''}")
    nodes: list[Json] = [*of_nodes]
    listed: JsonObject = {"enum": nodes, "enumDescriptions": [f"Of {'; '.join(one)}." for one in of_nodes.values()]}
    node: JsonObject = {"anyOf": [listed, dict(_TEXT)]} if of_nodes else dict(_TEXT)
    return {
        "description": "The nodes before which the run stops, and shows what would be called; `*` is each node, and "
        "an empty list lets everything act.",
        "anyOf": [{"const": "*"}, {"type": "array", "items": node}],
    }
