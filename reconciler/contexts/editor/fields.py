"""The fields of a manifest, as a JSON Schema of its own: what the editor says of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from reconciler.contexts.editor.tries import tries
from reconciler.contexts.nodes import GraphNodes
from reconciler.model.json import Json, JsonObject

CONTENT = ("graph_id", "name", "description", "context", "config", "metadata", "assistant_id")
"""What an override may say."""

BESIDE_DEFAULT = (
    "graph_id",
    "name",
    "context",
    "config",
    "default",
    "protected",
    "ignore",
    "on_drift",
    "extends",
    "overrides",
    "for_each",
    "key",
    "deployments",
    "tries",
)
"""What may stand beside `default: true`. A `name` there is no error."""

BESIDE_REMOVED = ("removed", "deployments", "assistant_id", "key", "extends", "overrides", "for_each")

_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
_KEY = r"^[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*$"
_ID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
_IGNORE = r"^(?:description|context|config|metadata)(?:\.[^.].*)?$"


def fields(
    graphs: Iterable[str], about: Sequence[str], deployments: Sequence[str], nodes: Mapping[str, GraphNodes]
) -> dict[str, JsonObject]:
    """Name -> schema, but for `overrides` and the overrides of rows. `about` says something of each graph, `nodes` what
    is known of each."""
    known: list[Json] = [*graphs]
    listed: JsonObject = {"enum": [*deployments]} if deployments else {"type": "string"}
    return {
        "graph_id": {
            "description": "Which graph it runs. One of those with a file in schemas/.",
            "type": "string",
            "enum": known,
            "enumDescriptions": [*about],
        },
        "name": {
            "description": "The assistant's name, as Studio shows it.",
            "type": "string",
            "minLength": 1,
            "maxLength": 512,
        },
        "description": {"description": "What it is for, in a sentence.", "type": "string"},
        "context": {
            "description": "What the graph runs with: model, prompts, tools; the fields of the graph's schema.",
            "type": "object",
        },
        "config": {
            "description": "How runs are configured: recursion_limit and tags, nothing else.",
            "type": "object",
            "properties": {
                "recursion_limit": {
                    "description": "After this many steps a run ends with an error.",
                    "type": "integer",
                    "minimum": 1,
                },
                "tags": {
                    "description": "Tags of every run, to find them by.",
                    "type": "array",
                    "items": {"type": "string"},
                },
            },
            "additionalProperties": False,
        },
        "metadata": {
            "description": "Notes on the assistant. Keys that are not named here are never touched.",
            "type": "object",
            "additionalProperties": {"type": ["string", "number", "boolean", "array", "object"]},
        },
        "assistant_id": {
            "description": "Adopts the assistant with this id. Without it the id follows from owner and key.",
            "type": "string",
            "pattern": _ID,
        },
        "key": {
            "description": "Keeps the identity of a file that moved: the key that it had before.",
            "type": "string",
            "pattern": _KEY,
            "maxLength": 100,
        },
        "default": {
            "description": "The graph's default assistant. Only its context and config are managed.",
            "type": "boolean",
        },
        "protected": {
            "description": "It may not be deleted, also after this file is gone.",
            "type": "boolean",
        },
        "ignore": {
            "description": "Fields that others own: sent back as found, never compared. Such as context.temperature.",
            "type": "array",
            "items": {"type": "string", "pattern": _IGNORE},
        },
        "deployments": {
            "description": "The deployments that it is for, of those in reconciler.yaml. Without it: all.",
            "type": "array",
            "minItems": 1,
            "items": listed,
        },
        "on_drift": {
            "description": "What apply does where somebody changed it outside git.",
            "type": "string",
            "enum": ["overwrite", "hold", "block"],
            "enumDescriptions": [
                "Git wins; what was overwritten stays in the history.",
                "It is left as it is, and named.",
                "Nothing at all is written.",
            ],
        },
        "removed": {
            "description": "In place of all content: it is given up.",
            "enum": ["delete", "keep"],
            "enumDescriptions": ["It is deleted.", "It stays, and is not managed any more."],
        },
        "extends": {
            "description": "Another file, such as ../_base.yaml, over which this one is merged: null removes, lists "
            "are replaced whole.",
            "type": "string",
            "minLength": 1,
        },
        "for_each": {
            "description": "One assistant per row: rows, or the file that holds them, such as _rows.yaml. "
            '`!each field` is a row\'s value, `!template "…${field}…"` a text with it.',
            "type": ["array", "string"],
            "minItems": 1,
            "minLength": 1,
            "items": {
                "type": "object",
                "properties": {
                    "id": {
                        "description": "Ends the assistant's key: KEY/ID.",
                        "type": "string",
                        "pattern": _NAME,
                        "maxLength": 100,
                    },
                    "key": {
                        "description": "Its whole key, in place of KEY/ID: it keeps the identity that it had before.",
                        "type": ["string", "null"],
                        "pattern": _KEY,
                    },
                    "assistant_id": {
                        "description": "Adopts the assistant with this id for the row.",
                        "type": ["string", "null"],
                        "pattern": _ID,
                    },
                },
                "required": ["id"],
                "additionalProperties": True,
            },
        },
        "tries": tries(nodes),
    }
