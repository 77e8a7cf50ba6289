"""Servers that cannot be reached, or that cannot be used: one message says which, and what to try."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from tests.cli.conftest import Cli, Serve
from tests.cli.places import Answer, Repo, answering, through
from tests.fake import PROJECT_ID, TENANT_ID, FakeServer, Traits


@pytest.fixture(autouse=True)
def _something_to_plan(repo: Repo) -> None:
    repo.manifest("tweet")


@contextmanager
def listening() -> Iterator[tuple[socket.socket, str]]:
    """A socket to which one can connect, and that says nothing by itself."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener, f"127.0.0.1:{listener.getsockname()[1]}"


def test_nothing_listens(cli: Cli) -> None:
    """The address and the system's reason are said."""
    with listening() as (_, address):
        pass
    ran = cli("plan", "--url", f"http://{address}", code=1)
    assert f"nothing answers at http://{address}" in ran.message
    assert "is the address right, and the server running?" in ran.message


def test_a_server_that_hangs(cli: Cli, repo: Repo) -> None:
    """The `timeout` of the settings ends it, and the message names that setting."""
    with listening() as (_, address):
        repo.deployment(f"http://{address}", "timeout: 0.1")
        ran = cli("plan", code=1)
    assert f"http://{address}: GET /info: no answer in time, 4 times in a row" in ran.message
    assert "`timeout:` under the deployment" in ran.message


def test_something_that_does_not_speak_http(cli: Cli) -> None:
    """Another protocol's greeting is no crash."""

    def greet(listener: socket.socket) -> None:
        with suppress(OSError):  # the listener is shut down at the end of the test
            while True:
                peer, _ = listener.accept()
                with peer:
                    peer.recv(4096)
                    peer.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")

    with listening() as (listener, address):
        thread = threading.Thread(target=greet, args=(listener,), daemon=True)
        thread.start()
        ran = cli("plan", "--url", f"http://{address}", code=1)
        assert "the connection broke" in ran.message
        ran = cli("plan", "--url", f"https://{address}", code=1)
        assert f"https://{address}: no TLS there" in ran.message
        assert "is it http?" in ran.message
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<html>Welcome</html>"),
        (404, b"not here"),
        (200, b'{"data": []}'),
        (200, b'[{"id": 1}]'),
        (200, b"\xff\xfe"),
        (200, b"[" * 100_000),
        (405, b""),
    ],
)
def test_a_host_that_is_no_agent_server(cli: Cli, status: int, body: bytes) -> None:
    """It answers, so the message says that the address is another thing's."""
    with answering(lambda *request: (status, {}, body)) as seen:
        ran = cli("plan", "--url", seen.url, code=1)
    assert f"{seen.url} answers, but it is no Agent Server (POST /assistants/search: {status})" in ran.message
    assert "is the address right?" in ran.message


def test_an_api_under_a_path(cli: Cli) -> None:
    """An Agent Server with a mount prefix is known by its /ok; the message says to add the path, and that works."""
    with answering(through(FakeServer(Traits(mount_prefix="/agents")))) as seen:
        ran = cli("plan", "--url", seen.url, code=1)
        assert "is an Agent Server, but its API is not there: it stands under a path (mount_prefix)" in ran.message
        assert f"url: {seen.url}/PATH" in ran.message
        cli("plan", "--url", f"{seen.url}/agents/", code=0)


def test_a_failure_while_listing(cli: Cli) -> None:
    """500 is the server's own failure, and is said as that."""
    with answering(lambda *request: (500, {}, b"Internal Server Error")) as seen:
        ran = cli("plan", "--url", seen.url, code=1)
    assert f"{seen.url}: listing the assistants failed with 500: Internal Server Error" in ran.message
    assert "that is the server's own failure" in ran.message


@pytest.mark.parametrize("status", [429, 503])
def test_an_overloaded_server(cli: Cli, status: int) -> None:
    """Reads are tried again, quietly; then the status is said. It is not taken for another kind of server."""
    with answering(lambda *request: (status, {"Retry-After": "0"}, b"later")) as seen:
        ran = cli("plan", "--url", seen.url, "--format", "json", code=1)
    assert ran.out == ""
    assert ran.message.startswith(f"error: {seen.url}: listing the assistants failed with {status}: later")
    assert [path for _, path, _ in seen.requests].count("/assistants/search") == 4


def test_a_read_that_fails_once_is_tried_again(cli: Cli) -> None:
    """A passing failure is no news: nothing is said of it, on stdout least of all."""
    inner, failed = through(FakeServer()), []

    def flaky(method: str, path: str, headers: object, body: bytes) -> Answer:
        if path == "/assistants/search" and not failed:
            failed.append(path)
            return 503, {}, b"overloaded"
        return inner(method, path, headers, body)  # type: ignore[arg-type]  # the wire is handed through

    with answering(flaky) as seen:
        ran = cli("plan", "--url", seen.url, code=0)
    assert ran.out.startswith("Deployment at")
    assert ran.err == "reconciler: done\n"


def test_plain_http_beyond_loopback(cli: Cli, repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is sent, no name is looked up, and the line that would allow it is printed."""
    asked: list[object] = []

    def ask(*words: object, **more: object) -> None:
        asked.append(words)
        raise OSError("no network in this test")

    monkeypatch.setattr(socket, "getaddrinfo", ask)
    monkeypatch.setattr(socket, "create_connection", ask)
    for host in ("agents.example.com", "127.0.0.1.example.com", "127.example.com", "localhost.example.com"):
        ran = cli("plan", "--url", f"http://{host}", code=1)
        assert f"http://{host} is plain http: API keys and prompts would cross the network unencrypted" in ran.message
        assert "allow_http: true" in ran.message
    assert asked == []
    repo.deployment("http://agents.example.com", "allow_http: true")
    assert "nothing answers at http://agents.example.com" in cli("plan", code=1).message
    assert asked != []


@pytest.mark.parametrize("name", ["project_id", "tenant_id"])
@pytest.mark.parametrize("ids", ["set", "null"])
def test_another_server_than_expected(cli: Cli, repo: Repo, serve: Serve, name: str, ids: str) -> None:
    """Each id of `expect` is checked before anything else is read, and what is there instead is said."""
    served = serve(host_ids=ids)
    there = {"project_id": PROJECT_ID, "tenant_id": TENANT_ID}
    wanted = there | {name: "11111111-2222-3333-4444-555555555555"} if ids == "set" else {name: there[name]}
    repo.deployment(served.url, f"expect: {json.dumps(wanted)}")
    ran = cli("apply", "-y", code=1)
    if ids == "set":
        assert f"its {name} is '{there[name]}', not '11111111-" in ran.message
    else:
        assert f"does not say its {name}, and the settings expect '{there[name]}'" in ran.message
    assert [request.path for request in served.server.log] == ["/info"]
    if ids == "set":
        repo.deployment(served.url, f"expect: {json.dumps(there)}")
        cli("apply", "-y", code=0)


@pytest.mark.parametrize(
    "proxy", ["gopher://ana:hunter2@proxy.example.com:70", "http://ana:hunter2@proxy.example.com:x"]
)
def test_a_proxy_that_cannot_be_used(cli: Cli, monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    """The variables are named, and not what is in them: it may hold a password."""
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    ran = cli("plan", "--url", "https://agents.example.com", code=1)
    assert "the proxy in HTTPS_PROXY, HTTP_PROXY or ALL_PROXY cannot be used" in ran.message
    assert "export NO_PROXY=agents.example.com" in ran.message
    assert "hunter2" not in ran.said
