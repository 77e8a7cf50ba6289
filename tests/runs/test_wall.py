"""A connection for runs lets reads through, and what a run needs; no assistant can be written with it."""

from __future__ import annotations

import pytest

from reconciler.server.transport import Address, Transport
from reconciler.server.wall import WriteRefused
from tests.fake import FakeServer, Traits, transport

ID = "62e209ca-9154-432a-b9e9-2d75c7a9219b"
RUN = f"/threads/{ID}/runs/{ID}"
LET_THROUGH = [
    ("GET", f"/assistants/{ID}"),
    ("GET", f"{RUN}/join"),
    ("POST", "/assistants/search"),
    ("POST", "/threads/search"),
    ("POST", f"/assistants/{ID}/versions"),
    ("POST", "/runs/wait"),
    ("POST", f"{RUN}/cancel"),
    ("POST", f"{RUN}/cancel?wait=true&action=interrupt"),
    ("DELETE", f"/threads/{ID}"),
]
REFUSED = [
    ("POST", "/assistants"),
    ("POST", f"/assistants/{ID}/latest"),
    ("PATCH", f"/assistants/{ID}"),
    ("DELETE", f"/assistants/{ID}"),
    ("DELETE", RUN),
    ("DELETE", "/threads/"),
    ("DELETE", f"/threads/{ID}/"),
    ("DELETE", f"/threads/{ID}x"),
    ("DELETE", f"/other/threads/{ID}"),
    ("PATCH", f"/threads/{ID}"),
    ("POST", "/threads"),
    ("POST", f"/threads/{ID}/runs/wait"),
    ("POST", f"/threads/{ID}/runs"),
    ("POST", "/runs"),
    ("POST", "/runs/stream"),
    ("POST", "/runs/batch"),
    ("POST", "/runs/cancel"),
    ("POST", "/runs/crons"),
    ("POST", "/runs/wait/"),
    ("POST", "/assistants?to=/runs/wait"),
    ("PUT", "/runs/wait"),
    ("POST", f"{RUN}/cancel/x"),
    ("POST", "/store/items"),
]


@pytest.mark.parametrize("prefix", ["", "/agents"])
@pytest.mark.parametrize(("method", "path"), LET_THROUGH)
def test_what_a_run_needs_passes(method: str, path: str, prefix: str) -> None:
    """Also on a server under a path."""
    server, running = _connected(prefix)
    running.send(method, path, {} if method == "POST" else None)
    assert [(request.method, request.path) for request in server.log] == [(method, prefix + path)]


@pytest.mark.parametrize("prefix", ["", "/agents"])
@pytest.mark.parametrize(("method", "path"), REFUSED)
def test_the_rest_does_not(method: str, path: str, prefix: str) -> None:
    """Whatever the code above asks, whole or as a stream: it does not reach the wire."""
    server, running = _connected(prefix)
    with pytest.raises(WriteRefused, match="on a connection for runs"):
        running.send(method, path, {})
    with pytest.raises(WriteRefused):
        running.stream(method, path, {}, seconds=1, most=100, begun=lambda headers: None)
    assert server.log == []


def _connected(prefix: str) -> tuple[FakeServer, Transport]:
    server = FakeServer(Traits(mount_prefix="/agents") if prefix else Traits())
    address = Address(url=f"http://127.0.0.1:9{prefix}")
    return server, Transport(address, allow="runs", wire=transport(server))
