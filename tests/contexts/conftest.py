"""Contexts without manifests: every field stands at line 1 of a file named after the key."""

from __future__ import annotations

from typing import Any

from reconciler.contexts import validate
from reconciler.model.json import JsonObject
from reconciler.model.spec import Spec
from reconciler.model.wanted import FieldPath, Wanted


def wanted(context: dict[str, Any], *, graph: str = "writer", key: str = "a", **fields: Any) -> Wanted:
    spec = Spec(graph_id=graph, name="A", context=context)
    return Wanted(key=key, assistant_id=key, spec=spec, path=f"assistants/{key}.yaml", **fields)


def locate(wanted: Wanted, path: FieldPath, *, name: bool = False) -> tuple[str, int, int]:
    return wanted.path, 1, 2 if name else 1


def said(schema: JsonObject, context: dict[str, Any]) -> list[str]:
    """`code: message (hint)` of one context."""
    found = validate([wanted(context)], {"writer": schema}, frozenset(), locate)
    return [f"{d.code}: {d.message}" + (f" ({d.hint})" if d.hint else "") for d in found]
