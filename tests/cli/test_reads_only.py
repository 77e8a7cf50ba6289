"""`plan` and its kin send only reads: the requests show it, and the wall in front of the wire."""

from __future__ import annotations

import httpx2
import pytest

from reconciler.server.transport import Address, Transport
from reconciler.server.wall import WriteRefused
from tests.cli.conftest import Cli
from tests.cli.places import Repo, Served
from tests.fake import FakeServer, transport

URL = "http://127.0.0.1:9"
ID = "62e209ca-9154-432a-b9e9-2d75c7a9219b"


@pytest.mark.parametrize(
    "command",
    [
        ("plan",),
        ("plan", "--prune"),
        ("schemas", "check"),
        ("schemas", "pull"),
        ("drift",),
        ("list", "--unmanaged"),
        ("history", "reverted"),
    ],
)
def test_only_reads_are_sent(cli: Cli, repo: Repo, fake: Served, command: tuple[str, ...]) -> None:
    """Something to create, to update, to activate and to delete: still only GET and POST to the reads."""
    for key in ("kept", "edited", "reverted", "deleted"):
        repo.manifest(key)
    cli("apply", "-y", "--url", fake.url, code=0)
    fake.server.patch(fake.id("reverted"), context={"system_prompt": "By hand."})
    repo.manifest("edited", "Another prompt.")
    repo.manifest("new")
    repo.remove("assistants/deleted.yaml")
    before = fake.server.state()
    fake.server.log.clear()
    cli(*command, "--url", fake.url, code=0)
    assert fake.server.log
    for request in fake.server.log:
        read = request.path.endswith(("/search", "/count", "/versions"))
        assert request.method == "GET" or (request.method == "POST" and read), request
    assert fake.server.state() == before


def reader() -> tuple[FakeServer, Transport]:
    server = FakeServer()
    return server, Transport(Address(url=URL), allow="reads", wire=transport(server))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/assistants"),
        ("POST", "/assistants/"),
        ("POST", f"/assistants/{ID}/latest"),
        ("POST", "/runs/wait"),
        ("POST", "/assistants?to=/search"),
        ("POST", "/assistants#/search"),
        ("PATCH", f"/assistants/{ID}"),
        ("PATCH", "/assistants/search"),
        ("PUT", "/assistants/search"),
        ("DELETE", f"/assistants/{ID}"),
        ("DELETE", f"/assistants/{ID}/versions"),
        ("OPTIONS", "/assistants"),
    ],
)
def test_the_wall_refuses_the_rest(method: str, path: str) -> None:
    """Whatever the code above asks: nothing but a read reaches the wire."""
    server, reading = reader()
    try:
        with pytest.raises(WriteRefused):
            reading.send(method, path, {})
        assert server.log == []
    finally:
        reading.close()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/info"),
        ("GET", f"/assistants/{ID}"),
        ("POST", "/assistants/search"),
        ("POST", "/assistants/count"),
        ("POST", f"/assistants/{ID}/versions"),
    ],
)
def test_the_wall_lets_reads_pass(method: str, path: str) -> None:
    """The reads that a plan needs, and their answers as they are."""
    server, reading = reader()
    try:
        assert reading.send(method, path, {} if method == "POST" else None).status in (200, 404)
        assert len(server.log) == 1
    finally:
        reading.close()


def test_a_writer_has_no_wall() -> None:
    """The same transport, not read-only, writes: the wall is what refuses, nothing else."""
    server = FakeServer()
    writing = Transport(Address(url=URL), allow="writes", wire=transport(server))
    assert writing.send("POST", "/assistants", {"graph_id": "writer"}).status == 200
    writing.close()


def test_no_redirect_leads_around_the_wall() -> None:
    """A read that is redirected is answered with the redirect."""
    asked: list[str] = []

    def redirect(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.method)
        return httpx2.Response(307, headers={"location": f"{URL}/assistants"})

    reading = Transport(Address(url=URL), allow="reads", wire=httpx2.MockTransport(redirect))
    assert reading.send("POST", "/assistants/search", {}).status == 307
    assert asked == ["POST"]
    reading.close()
