"""Keys and ids: who an assistant is, known before it exists."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from reconciler.repo.names import LONGEST_NAME, NAME

_SERVERS = uuid.UUID("6ba7b821-9dad-11d1-80b4-00c04fd430c8")
_DASHED = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")


def key_of(path: str, folder: str, moved: Mapping[str, str] = MappingProxyType({})) -> str:
    """`assistants/writer/tweet.yaml` is `writer/tweet`. What stands where `moved` (to -> from) says keeps the key that
    it had before; of several the longest counts."""
    key = path[len(folder) + 1 :].rpartition(".")[0]
    here = key if moved else ""
    while here:
        if here in moved:
            return moved[here] + key[len(here) :]
        here = here.rpartition("/")[0]
    return key


def key_problem(key: str) -> str | None:
    """What is wrong with a key, or None."""
    for segment in key.split("/"):
        if not NAME.match(segment):
            return (
                f"`{segment}` cannot be part of an assistant's key: letters, digits, `.`, `_` and `-`, "
                "starting with a letter or digit"
            )
    if len(key) > LONGEST_NAME:
        return f"the assistant's key has {len(key)} characters, and {LONGEST_NAME} are the most"
    return None


@lru_cache(maxsize=1024)
def default_id(graph_id: str) -> str:
    """The id of a graph's default assistant (docs/server.md, S22)."""
    return str(uuid.uuid5(_SERVERS, graph_id))


def id_problem(text: str) -> tuple[str, str | None] | None:
    """What is wrong with a written assistant_id, and the line to paste; None where it is well written.

    Servers are sent lower-case dashed UUIDs only (docs/server.md, S11).
    """
    if _DASHED.match(text):
        return None
    try:
        meant = uuid.UUID(text.strip())
    except ValueError:
        return "field `assistant_id` is not a UUID", None
    return "field `assistant_id` is a UUID in lower case with dashes", f"assistant_id: {meant}"
