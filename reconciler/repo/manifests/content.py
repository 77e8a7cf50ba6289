"""The fields that make a spec: graph_id, name, description, context, config, metadata."""

from __future__ import annotations

from reconciler.model.json import Json, JsonObject
from reconciler.model.spec import Spec
from reconciler.repo.manifests.fields import snake
from reconciler.repo.manifests.reserved import check_context, check_metadata
from reconciler.repo.yaml import Findings

LONGEST_NAME = 512
"""Characters of an assistant's name: past this some servers fail (docs/server.md, S10)."""

_MEANT = frozenset(("recursion_limit", "tags"))


def read_spec(found: Findings, fields: JsonObject, *, default: bool) -> Spec:
    """The content of a manifest; with errors in `found` it is not to be used."""
    graph_id = _required(found, fields, "graph_id")
    context = _object(found, fields, "context")
    config = _object(found, fields, "config")
    check_context(found, context)
    _check_config(found, config)
    if default:
        # Name, description and metadata of a default assistant are the server's (docs/server.md, S22).
        return Spec(graph_id=graph_id, name=graph_id, context=context, config=config)
    name = _required(found, fields, "name")
    if len(name) > LONGEST_NAME:
        message = f"field `name` has {len(name)} characters, and {LONGEST_NAME} are the most"
        found.add(("name",), "name-long", message)
    metadata = _object(found, fields, "metadata")
    check_metadata(found, metadata)
    return Spec(
        graph_id=graph_id,
        name=name,
        description=_description(found, fields),
        context=context,
        config=config,
        metadata=metadata,
    )


def _required(found: Findings, fields: JsonObject, name: str) -> str:
    if name not in fields:
        # `graphId` has its own message already.
        if not any(snake(other) == name for other in fields):
            found.add((), "field-missing", f"field `{name}` is missing", hint=f"{name}: …")
        return ""
    return found.text((name,), fields[name]) or ""


def _description(found: Findings, fields: JsonObject) -> str:
    if "description" not in fields:
        return ""
    value = fields["description"]
    if value is None:
        found.add(("description",), "field-type", "field `description` is empty", hint="leave it out")
        return ""
    return found.text(("description",), value, empty=True) or ""


def _object(found: Findings, fields: JsonObject, name: str) -> JsonObject:
    return (found.mapping((name,), fields[name]) or {}) if name in fields else {}


def _check_config(found: Findings, config: JsonObject) -> None:
    """Any field but `configurable`, which is the context under an older name (docs/server.md, S3)."""
    for name, value in config.items():
        if name == "configurable":
            message = "field `config.configurable` is the context under its old name; write it under `context`"
            found.add(("config", name), "configurable", message, name=True, hint=_moved(value))
        elif snake(name) != name and snake(name) in _MEANT:
            found.unknown(("config", name), _MEANT, f"did you mean `{snake(name)}`?")
    if "recursion_limit" in config:
        found.whole(("config", "recursion_limit"), config["recursion_limit"], least=1)
    tags = config.get("tags", [])
    if not (isinstance(tags, list) and all(isinstance(tag, str) for tag in tags)):
        message = "field `config.tags` must be a list of texts"
        found.add(("config", "tags"), "field-type", message, hint="tags: [a, b]")


def _moved(value: Json) -> str | None:
    if not isinstance(value, dict) or not value:
        return None
    return "context:\n" + "\n".join(f"  {name}: …" for name in value)
