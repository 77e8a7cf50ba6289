"""Who an assistant is, known before it exists: its id is made from owner and key (DESIGN 3)."""

from __future__ import annotations

import uuid
from functools import lru_cache

ROOT = uuid.UUID("e8ff3f8a-72c6-4a5a-b05d-21d4fe784185")
"""The namespace of owners."""


def derived_id(owner: str, key: str) -> str:
    """The id of an assistant of `owner`, the same in every deployment."""
    return str(uuid.uuid5(_namespace(owner), key))


@lru_cache(maxsize=16)
def _namespace(owner: str) -> uuid.UUID:
    return uuid.uuid5(ROOT, owner)
