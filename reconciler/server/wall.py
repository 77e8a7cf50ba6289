"""The wall in front of the wire: what a connection may send, whatever the code above it tries."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

Allow: TypeAlias = Literal["reads", "runs", "writes"]
"""`runs` are reads, and what it takes to run an assistant and to see to the end of it; no assistant is touched."""

READS = ("/search", "/count", "/versions")
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_RUNS = (
    ("POST", re.compile(r"/runs/wait")),
    ("POST", re.compile(rf"/threads/{UUID}/runs/{UUID}/cancel")),
    ("DELETE", re.compile(rf"/threads/{UUID}")),
)


class WriteRefused(RuntimeError):
    """A connection was asked for what it may not send: a mistake in this tool, never the user's."""


def assert_allowed(allow: Allow, method: str, path: str, prefix: str = "") -> None:
    """Raises WriteRefused. `path` is the request's, decoded and without its query; `prefix` what the server's own
    address has before it: a run on a thread of somebody else's ends with the same words as one without."""
    if allow == "writes" or method == "GET" or (method == "POST" and path.endswith(READS)):
        return
    below = path.removeprefix(prefix)
    if allow == "runs" and any(verb == method and shape.fullmatch(below) for verb, shape in _RUNS):
        return
    connection = "a read-only connection" if allow == "reads" else "a connection for runs"
    raise WriteRefused(f"{method} {path} on {connection}")
