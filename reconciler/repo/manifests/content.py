"""The fields that make a spec: graph_id, name, description, context, config, metadata."""

from __future__ import annotations

from reconciler.model.json import Json, JsonObject
from reconciler.model.spec import Spec
from reconciler.repo.manifests.fields import misspelt
from reconciler.repo.manifests.reserved import check_context, check_metadata
from reconciler.repo.words import nearest, snake
from reconciler.repo.yaml import Findings

LONGEST_NAME = 512
"""Characters of an assistant's name: past this some servers fail (docs/server.md, S10)."""

_CONFIG = frozenset(("recursion_limit", "tags"))
_OF_A_RUN = frozenset(("callbacks", "max_concurrency", "metadata", "run_id", "run_name"))
"""What a run's config may hold besides: none of it is the graph's to read, nor an assistant's to keep."""


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
        # `graphId` and `nmae` have their own message already.
        if misspelt(fields, name) is None:
            found.add((name,), "field-missing", f"field `{name}` is missing", hint=f"{name}: …")
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
    """`recursion_limit` and `tags`. `configurable` is the context under an older name (docs/server.md, S3)."""
    for name, value in config.items():
        if name == "configurable":
            message = "field `config.configurable` is the context under its old name; write it under `context`"
            found.add(("config", name), "configurable", message, name=True, hint=_moved(value))
        elif name not in _CONFIG:
            found.unknown(("config", name), _CONFIG, _config_hint(name))
    if "recursion_limit" in config:
        found.whole(("config", "recursion_limit"), config["recursion_limit"], least=1)
    tags = config.get("tags", [])
    if not (isinstance(tags, list) and all(isinstance(tag, str) for tag in tags)):
        message = "field `config.tags` must be a list of texts"
        found.add(("config", "tags"), "field-type", message, hint="tags: [a, b]")


def _config_hint(name: str) -> str | None:
    if snake(name) in _CONFIG:
        return f"did you mean `{snake(name)}`?"
    if nearest(name, _CONFIG) is None and name not in _OF_A_RUN:
        return f"a value that the graph reads belongs under `context`: {{{name}: …}}"
    return None


def _moved(value: Json) -> str | None:
    if not isinstance(value, dict) or not value:
        return None
    return f"context: {{{', '.join(f'{name}: …' for name in value)}}}"
