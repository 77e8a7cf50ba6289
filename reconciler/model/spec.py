"""Spec: the resolved, canonical content of one assistant; and its hash."""

from __future__ import annotations

from msgspec import Struct, field

from reconciler.model.json import JsonObject, digest

FORM = 1
"""The number of the canonical form. A change of form gets a new number; hashes of older ones stay verifiable."""


class Spec(Struct, frozen=True, kw_only=True):
    """What an assistant is. `config` never holds the values of the context; `metadata` never holds our marker."""

    graph_id: str
    name: str
    description: str = ""
    context: JsonObject = field(default_factory=dict)
    config: JsonObject = field(default_factory=dict)
    metadata: JsonObject = field(default_factory=dict)

    def as_json(self) -> JsonObject:
        return {
            "graph_id": self.graph_id,
            "name": self.name,
            "description": self.description,
            "context": self.context,
            "config": self.config,
            "metadata": self.metadata,
        }

    def hash(self) -> str:
        """`FORM:sha256` of the canonical bytes."""
        return f"{FORM}:{digest(self.as_json())}"
