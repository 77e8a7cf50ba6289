"""Who an assistant is, known before it exists: its id is made from owner and key."""

from __future__ import annotations

import hashlib
import uuid
from functools import lru_cache

ROOT = uuid.UUID("e8ff3f8a-72c6-4a5a-b05d-21d4fe784185")
"""The namespace of owners."""


def derived_id(owner: str, key: str) -> str:
    """The id of an assistant of `owner`, the same in every deployment: `uuid.uuid5` in half of its time, as text."""
    made = bytearray(hashlib.sha1(_namespace(owner) + key.encode(), usedforsecurity=False).digest()[:16])
    made[6] = made[6] & 0x0F | 0x50  # version 5
    made[8] = made[8] & 0x3F | 0x80  # of RFC 9562
    text = made.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


@lru_cache(maxsize=16)
def _namespace(owner: str) -> bytes:
    return uuid.uuid5(ROOT, owner).bytes
