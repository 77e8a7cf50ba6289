"""The fields that a manifest may have, and words for those it may not."""

from __future__ import annotations

from reconciler.model.json import JsonObject
from reconciler.repo.words import nearest, snake
from reconciler.repo.yaml import Findings

KNOWN = frozenset(
    (
        "graph_id",
        "name",
        "description",
        "context",
        "config",
        "metadata",
        "assistant_id",
        "default",
        "protected",
        "ignore",
        "on_drift",
    )
)
_LATER = frozenset(("extends", "overrides", "for_each", "key", "moved", "deployments", "removed", "tries"))
_DEFAULT_MANAGES = frozenset(("graph_id", "context", "config", "default", "protected", "ignore", "on_drift"))
_SERVERS = frozenset(("version", "created_at", "updated_at"))


def check_names(found: Findings, fields: JsonObject) -> None:
    """An error for each field that is not known, comes later, or means nothing beside `default: true`."""
    for name in fields.keys() - KNOWN:
        if name in _LATER:
            found.add((name,), "not-yet", f"field `{name}` is not in this version yet", name=True, hint="leave it out")
        else:
            found.unknown((name,), KNOWN, _hint(name))
    if fields.get("default") is True:
        for name in (fields.keys() & KNOWN) - _DEFAULT_MANAGES:
            _beside_default(found, name)


def misspelt(fields: JsonObject, name: str) -> str | None:
    """The one unknown field that was most likely meant to be `name`, where that is missing; else None."""
    if name in fields:
        return None
    meant = [other for other in unknown(fields) if snake(other) == name or nearest(other, KNOWN | _LATER) == name]
    return meant[0] if len(meant) == 1 else None


def unknown(fields: JsonObject) -> list[str]:
    """The fields that no version knows, as they stand."""
    return [name for name in fields if name not in KNOWN and name not in _LATER]


def _hint(name: str) -> str | None:
    if name == "configurable":
        return "write its values under `context`"
    if name in _SERVERS:
        return "that is the server's; leave it out"
    if snake(name) in KNOWN | _LATER:
        return f"did you mean `{snake(name)}`?"
    if nearest(name, KNOWN | _LATER) is None:
        return f"what the graph reads goes under `context`:\ncontext:\n  {name}: …"
    return None


def _beside_default(found: Findings, name: str) -> None:
    if name == "name":
        message = "the name of a default assistant is the server's: it puts it back at each start, so it is not managed"
        found.add((name,), "default-name", message, name=True, severity="warning", hint="leave `name` out")
        return
    message = f"field `{name}` cannot stand beside `default: true`, which manages only context and config"
    hint = "leave it out; the id follows from the graph" if name == "assistant_id" else "leave it out"
    found.add((name,), "default-field", message, name=True, hint=hint)
