"""What a create, a PATCH and a set-latest make of a content: pure functions of traits and bodies.

Here live the rules by which servers differ most (docs/server.md, S1, S3 to S7, S9, S17, S30).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from .messages import Crash, Problem
from .store import Content
from .traits import Traits
from .values import JsonObject, has_nul, poisonous, stored

RESERVED_METADATA: Final = frozenset(
    ("thread_id", "assistant_id", "run_id", "cron_id", "counters_since_delta_snapshot")
)
RESERVED_CONTEXT: Final = frozenset(
    (
        "langgraph_auth_user", "langgraph_auth_user_id", "langgraph_auth_permissions",
        "langgraph_request_id", "__langsmith_project__", "__langsmith_example_id__",
        "__request_start_time_ms__", "__after_seconds__", "__otel_traceparent__",
        "__otel_tracestate__", "__dd_trace_headers__", "__pregel_node_finished",
        "__context_provided__",
    )
)  # in columns, to be read as a table # fmt: skip
BOTH: Final = (
    "Cannot specify both configurable and context. Prefer setting context alone. Context was "
    "introduced in LangGraph 0.6.0 and is the long term planned replacement for configurable."
)


def stripped(traits: Traits, body: Any) -> Any:
    """S9: a write's body without the server's own keys; the first level of each object only."""
    if traits.reserved == "stored" or not isinstance(body, dict):
        return body
    body = _without(body, "metadata", RESERVED_METADATA)
    body = _without(body, "context", RESERVED_CONTEXT)
    if isinstance(body.get("config"), dict):
        config = _without(body["config"], "metadata", RESERVED_METADATA)
        body = {**body, "config": _without(config, "configurable", RESERVED_CONTEXT)}
    return body


def refuse_both(traits: Traits, body: JsonObject) -> None:
    """S3: context and config.configurable in one body are a 400 where the two are mirrored."""
    configurable = (body.get("config") or {}).get("configurable")
    if traits.context == "mirrors" and configurable and body.get("context"):
        raise Problem(400, BOTH)


def created(traits: Traits, body: JsonObject) -> Content:
    """The content of version 1."""
    config, context = _paired(traits, body)
    return Content(
        graph_id=body["graph_id"],
        name=body.get("name") or "Untitled",
        description=body.get("description"),
        config=config or {},
        context=None if traits.context == "unknown" else context or {},
        metadata=body.get("metadata") or {},
        null_context=_null_context(body),
    )


def patched(traits: Traits, live: Content, body: JsonObject) -> Content:
    """The content of the version that this PATCH makes of the live row (S18)."""
    config, context = _paired(traits, body)
    if body.get("context") is not None:
        config = _beside_context(traits, live, body, config)
    return Content(
        graph_id=live.graph_id if body.get("graph_id") is None else body["graph_id"],
        name=live.name if body.get("name") is None else body["name"],
        description=live.description if body.get("description") is None else body["description"],
        config=config or ({} if traits.omitted == "all_wiped" else live.config),
        context=_context_after(traits, live, context),
        metadata=_metadata_after(traits, live, body.get("metadata")),
        null_context=_null_context(body) or (live.null_context and "context" not in body),
    )


def activated(traits: Traits, live: Content, target: Content) -> Content:
    """S17: the live row after set-latest; what is not restored holds what it held."""
    all_of_it = traits.restores_context_and_graph == "yes"
    return replace(
        live,
        config=target.config,
        metadata=target.metadata,
        context=target.context if all_of_it else live.context,
        graph_id=target.graph_id if all_of_it else live.graph_id,
        name=live.name if traits.restores_name == "neither" else target.name,
        description=(target.description if traits.restores_name == "name_and_description" else live.description),
        null_context=target.null_context,
        poisoned=target.poisoned,
    )


def kept(traits: Traits, content: Content) -> Content:
    """S10: `content` as the database holds it. Crash where the server refuses with a 500."""
    parts = (content.config, content.context or {}, content.metadata)
    if traits.nul == "refused" and has_nul((*parts, content.name, content.description)):
        raise Crash
    big = traits.too_big == "poisons" and poisonous(list(parts))
    return replace(
        content,
        config=stored(traits, content.config),
        context=content.context and stored(traits, content.context),
        metadata=stored(traits, content.metadata),
        poisoned=content.null_context or big,
    )


def seen(traits: Traits, live: Content, new: Content) -> Content:
    """S30: the live row after a write of `new`: without changes that Python's == calls none."""
    if traits.equal_changes == "taken":
        return new
    return replace(
        new,
        config=live.config if live.config == new.config else new.config,
        context=live.context if live.context == new.context else new.context,
        metadata=live.metadata if live.metadata == new.metadata else new.metadata,
    )


def _paired(traits: Traits, body: JsonObject) -> tuple[JsonObject, JsonObject | None]:
    """config and context as sent, each filled from the other where the server mirrors them (S3)."""
    config: JsonObject = body.get("config") or {}
    context: JsonObject | None = None if traits.context == "unknown" else body.get("context")
    refuse_both(traits, body)
    if traits.context == "mirrors":
        if config.get("configurable"):
            context = config["configurable"]
        elif context:
            config = {**config, "configurable": context}
    return config, context


def _beside_context(traits: Traits, live: Content, body: JsonObject, config: JsonObject) -> JsonObject:
    """The config of a PATCH that names `context`: replaced or not (S3), emptied or not (S4)."""
    if traits.context != "mirrors":
        return config
    base: JsonObject = {} if traits.omitted == "all_wiped" else live.config
    if body["context"]:
        alone = not body.get("config") and traits.context_alone == "keeps_config"
        return {**base, **config} if alone else config
    if traits.emptied_context == "clears_configurable" and not config.get("configurable"):
        return {**(config or base), "configurable": {}}
    return config


def _context_after(traits: Traits, live: Content, context: JsonObject | None) -> JsonObject | None:
    if traits.context == "unknown":
        return None
    if context is not None:
        return context
    return {} if traits.omitted in ("context_wiped", "all_wiped") else live.context


def _metadata_after(traits: Traits, live: Content, sent: JsonObject | None) -> JsonObject:
    if sent is None:
        return {} if traits.omitted in ("metadata_wiped", "all_wiped") else live.metadata
    return sent if traits.metadata == "replaces" else {**live.metadata, **sent}


def _null_context(body: JsonObject) -> bool:
    """Whether a null came through; `check` lets it where the trait `null_context` poisons."""
    return "context" in body and body["context"] is None


def _without(body: JsonObject, part: str, reserved: frozenset[str]) -> JsonObject:
    inner = body.get(part)
    if not isinstance(inner, dict) or not reserved & inner.keys():
        return body
    return {**body, part: {key: value for key, value in inner.items() if key not in reserved}}
