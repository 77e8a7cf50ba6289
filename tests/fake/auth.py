"""Who asks, and what an auth handler lets them see (docs/server.md, S26).

The `owner` handler is the one of LangGraph's documentation: it writes `metadata.owner` at every
create and PATCH and filters every reading by it, so it hides even the default assistants.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from .messages import Problem
from .store import Row, Version
from .traits import Traits
from .values import JsonObject

KEYS: Final[Mapping[str, str]] = {"key-of-alice": "alice", "key-of-bob": "bob"}
"""The API keys that the fake takes where none are given, and whose they are."""


def user(traits: Traits, headers: Mapping[str, str], keys: Mapping[str, str]) -> str:
    """Whose request this is; `anonymous` where no key is asked for and none was sent."""
    sent = {name.lower(): value for name, value in headers.items()}
    key = sent.get("x-api-key") or sent.get("authorization", "").removeprefix("Bearer ")
    if key in keys:
        return keys[key]
    if traits.api_key == "none":
        return "anonymous"
    raise Problem(int(traits.api_key), "Missing or bad key")


def allow_write(traits: Traits) -> None:
    if traits.auth_handler == "read_only":
        raise Problem(403, "Forbidden")


def visible(traits: Traits, row: Row | Version, who: str) -> bool:
    return traits.auth_handler != "owner" or row.content.metadata.get("owner") == who


def marked(traits: Traits, body: JsonObject, who: str) -> JsonObject:
    """A write's body with what the handler puts into its metadata."""
    if traits.auth_handler != "owner":
        return body
    return {**body, "metadata": {**(body.get("metadata") or {}), "owner": who}}
