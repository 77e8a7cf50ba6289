"""The fields that a manifest may have, and words for those it may not."""

from __future__ import annotations

from reconciler.model.json import JsonObject
from reconciler.repo.words import nearest, snake
from reconciler.repo.yaml import Findings

CONTENT = ("graph_id", "name", "description", "context", "config", "metadata", "assistant_id")
"""What a deployment's overrides may say, and nothing else."""

COMPOSING = frozenset(("extends", "overrides", "for_each", "key"))
"""Fields that say how a manifest is put together: gone once it is."""

IDENTITY = frozenset(("assistant_id", "removed"))
"""Fields that name one assistant: not taken from a base."""

KNOWN = frozenset(
    (*CONTENT, *COMPOSING, "default", "protected", "ignore", "on_drift", "deployments", "removed", "tries"),
)
_DEFAULT_MANAGES = frozenset(("graph_id", "context", "config", "default", "protected", "ignore", "on_drift"))
_DEFAULT_MANAGES |= COMPOSING | {"deployments", "tries"}
_BESIDE_REMOVED = frozenset(("removed", "deployments", "assistant_id", "key"))
_SERVERS = frozenset(("version", "created_at", "updated_at"))


def check_names(found: Findings, fields: JsonObject) -> None:
    """An error for each field that is not known, or means nothing beside `default: true`."""
    for name in () if fields.keys() <= KNOWN else fields.keys() - KNOWN:
        if fields.get("context", {}) is None and nearest(name, KNOWN) is None:
            continue  # it was meant to stand under the context, which is told to be empty
        found.unknown((name,), KNOWN, _hint(name))
    if fields.get("default") is True:
        for name in (fields.keys() & KNOWN) - _DEFAULT_MANAGES:
            _beside_default(found, name)


def check_removed(found: Findings, fields: JsonObject) -> None:
    """An error for each field that stands beside `removed`, which takes the place of all content."""
    for name in fields.keys() - _BESIDE_REMOVED:
        beside_removed(found, name)


def beside_removed(found: Findings, name: str) -> None:
    message = f"field `{name}` cannot stand beside `removed`, which takes the place of all content"
    found.add((name,), "removed-field", message, name=True, hint="leave it out; git has what it said")


def misspelt(fields: JsonObject, name: str) -> str | None:
    """The one unknown field that was most likely meant to be `name`, where that is missing; else None."""
    if name in fields:
        return None
    meant = [other for other in unknown(fields) if snake(other) == name or nearest(other, KNOWN) == name]
    return meant[0] if len(meant) == 1 else None


def unknown(fields: JsonObject) -> list[str]:
    """The fields that no version knows, as they stand."""
    return [name for name in fields if name not in KNOWN]


def _hint(name: str) -> str | None:
    if name == "configurable":
        return "write its values under `context`"
    if name in _SERVERS:
        return "that is the server's; leave it out"
    if name == "moved":
        return "it stands in reconciler.yaml: moved: [{from: …, to: …}]"
    if snake(name) in KNOWN:
        return f"did you mean `{snake(name)}`?"
    if nearest(name, KNOWN) is None:
        return f"what the graph reads goes under `context`: {{{name}: …}}"
    return None


def _beside_default(found: Findings, name: str) -> None:
    if name == "name":
        message = "the name of a default assistant is the server's: it puts it back at each start, so it is not managed"
        found.add((name,), "default-name", message, name=True, severity="warning", hint="leave `name` out")
        return
    message = f"field `{name}` cannot stand beside `default: true`, which manages only context and config"
    hint = "leave it out; the id follows from the graph" if name == "assistant_id" else "leave it out"
    found.add((name,), "default-field", message, name=True, hint=hint)
