"""A graph's default assistant: the server makes it, under an id that anyone can compute (docs/server.md, S22)."""

from __future__ import annotations

import uuid
from functools import lru_cache

NAMESPACE = uuid.UUID("6ba7b821-9dad-11d1-80b4-00c04fd430c8")
"""The namespace of default assistants' ids."""


@lru_cache(maxsize=1024)
def default_id(graph_id: str) -> str:
    """The id of a graph's default assistant."""
    return str(uuid.uuid5(NAMESPACE, graph_id))
