"""Names that servers take away or keep for themselves: sent, they would be drift for ever (docs/server.md, S9, S22)."""

from __future__ import annotations

import re
from functools import lru_cache

from reconciler.model.json import JsonObject
from reconciler.model.marker import MARKER, RESERVED
from reconciler.repo.yaml import Findings

_METADATA = frozenset(("thread_id", "assistant_id", "run_id", "cron_id", "counters_since_delta_snapshot"))
_CONTEXT = frozenset(
    (
        "langgraph_auth_user",
        "langgraph_auth_user_id",
        "langgraph_auth_permissions",
        "langgraph_request_id",
        "__langsmith_project__",
        "__langsmith_example_id__",
        "__request_start_time_ms__",
        "__after_seconds__",
        "__dd_trace_headers__",
        "__pregel_node_finished",
        "__context_provided__",
    )
)
_TRACE = re.compile(r"__otel_trace.*__\Z")


def kept_metadata(metadata: JsonObject) -> JsonObject:
    """What of a live assistant's metadata a manifest can say; null reads as absent."""
    barred = RESERVED | _METADATA
    return {name: value for name, value in metadata.items() if name not in barred and value is not None}


def kept_context(context: JsonObject) -> JsonObject:
    """What of a live assistant's context a manifest can say."""
    return {name: value for name, value in context.items() if not _is_dropped(name)}


def check_metadata(found: Findings, metadata: JsonObject) -> None:
    """An error for each key of the metadata that is ours, the server's, dropped, or null (which means absent)."""
    for name, value in metadata.items():
        at = ("metadata", name)
        if name in RESERVED:
            whose = "this tool's own" if name == MARKER else "the server's own"
            found.add(at, "reserved", f"metadata `{name}` is {whose}; leave it out", name=True)
        elif name in _METADATA:
            _dropped(found, "metadata", name)
        elif value is None:
            # Servers keep a key for ever and store null for one that went away (S6), so null reads as absent.
            found.add(at, "metadata-null", f"metadata `{name}` is null, and null means absent; leave it out")


def check_context(found: Findings, context: JsonObject) -> None:
    """An error for each context field that servers drop."""
    for name in context:
        if _is_dropped(name):
            _dropped(found, "context", name)


@lru_cache(maxsize=4096)
def _is_dropped(name: str) -> bool:
    return name in _CONTEXT or _TRACE.match(name) is not None


def _dropped(found: Findings, where: str, name: str) -> None:
    field = "metadata" if where == "metadata" else "context field"
    message = f"{field} `{name}` is dropped by the server silently; use another name"
    found.add((where, name), "dropped", message, name=True)
