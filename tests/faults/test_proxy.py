"""The proxy does what its faults are called, and nothing else: against a trivial server, by raw sockets."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import pytest

from tests.faults.messages import read_request
from tests.faults.proxy import AFTER, FAULTS, LATE, Proxy

GET = b"GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /p HTTP/1.1\r\nHost: x\r\ncontent-length: 5\r\n\r\nhello"
CHUNKED = b"PATCH /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nT: 1\r\n\r\n"
LENGTH = b"HTTP/1.1 200 OK\r\nX-Odd:  two  blanks\r\ncontent-length: 10\r\n\r\n0123456789"
CHUNKS = b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwiki\r\n0\r\n\r\n"
NOTHING = b"HTTP/1.1 204 No Content\r\n\r\n"
ANSWERS = {"GET": LENGTH, "POST": CHUNKS, "DELETE": NOTHING, "PATCH": LENGTH}


class Upstream:
    """Answers by method, and keeps every request as it came."""

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream, suppress(OSError, EOFError):
            while (request := read_request(stream)) is not None:
                self.got.append(request.whole)
                connection.sendall(ANSWERS[request.first[0]])

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    """A trivial server."""
    found = Upstream()
    yield found
    found.close()


@contextmanager
def client(proxy: Proxy) -> Iterator[socket.socket]:
    """A connection to the proxy that gives up after a while."""
    parts = urlsplit(proxy.url)
    with socket.create_connection((parts.hostname, parts.port), 0.2) as connection:
        yield connection


def ask(connection: socket.socket, request: bytes, enough: bytes | None = None) -> bytes | str:
    """What comes back: bytes up to `enough` or the end, or the way it failed."""
    found = b""
    try:
        connection.sendall(request)
        while enough is None or len(found) < len(enough):
            if not (part := connection.recv(65536)):
                break
            found += part
    except TimeoutError:
        return "timeout"
    except ConnectionResetError:
        return "reset"
    return found


def test_without_faults_every_byte_passes_on_one_connection(upstream: Upstream) -> None:
    """Content-Length, chunked and no body at all, in both directions; heads as they were."""
    requests = [GET, POST, CHUNKED, b"DELETE /d HTTP/1.1\r\n\r\n", POST]
    with Proxy(upstream.url) as proxy, client(proxy) as connection:
        answers = [ask(connection, r, ANSWERS[r.split()[0].decode()]) for r in requests]
    assert upstream.got == requests
    assert upstream.connections == 1
    assert answers == [LENGTH, CHUNKS, LENGTH, NOTHING, CHUNKS]
    seen = [(s.number, s.method, s.path, s.committed, s.status) for s in proxy.seen]
    assert seen[:2] == [(1, "GET", "/a?b=c", 1, 200), (2, "POST", "/p", 2, 201)]


def test_a_path_of_the_server_stays_in_the_url(upstream: Upstream) -> None:
    """A mount prefix is part of the address that the client is given."""
    with Proxy(f"{upstream.url}/agents/") as proxy:
        assert proxy.url.endswith("/agents")


def test_an_unknown_fault_is_a_mistake() -> None:
    """A misspelt fault must not be a trial without one."""
    with pytest.raises(ValueError, match="no such fault: rest"):
        Proxy("http://127.0.0.1:1", {1: "rest"})


EXPECTED: dict[str, bytes | str] = {
    "refused": "refused",
    "request_dropped": b"",
    "answer_dropped": b"",
    "cut": LENGTH[:-5],
    "reset_before": "reset",
    "reset": "reset",
    "stalled_before": "timeout",
    "stalled_after": "timeout",
    "late_stalled": "timeout",
    "late_closed": b"",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_spoils_the_second_request_and_no_other(upstream: Upstream, fault: str) -> None:
    """What the client sees, whether the server saw it, and that the first and the third are as they should be."""
    with Proxy(upstream.url, {2: fault}) as proxy:
        with client(proxy) as connection:
            first = ask(connection, GET, LENGTH)
            assert first in (LENGTH, LENGTH.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
            if fault == "refused":
                assert ask(connection, b"", b"x") == b""
                with pytest.raises(ConnectionRefusedError), client(proxy):
                    pass
                proxy.was_refused()
            elif fault[:3].isdigit():
                said = ask(connection, GET, LENGTH)
                assert isinstance(said, bytes)
                assert said.startswith(f"HTTP/1.1 {fault[:3]} ".encode())
                assert (b"\r\nRetry-After: 0\r\n" in said) == (fault == "429")
            else:
                assert ask(connection, GET) == EXPECTED[fault]
        assert len(upstream.got) == (2 if fault in AFTER else 1)
        with client(proxy) as connection:
            assert ask(connection, POST, CHUNKS) == CHUNKS
        proxy.wait_until_quiet()
    second = proxy.seen[1]
    assert (second.fault, second.number) == (fault, 2)
    assert second.committed == (2 if fault in AFTER else 3 if fault in LATE else None)
    late = [GET] if fault in LATE else []
    assert upstream.got == [GET, *([GET] if fault in AFTER else []), POST, *late]


def test_the_first_connection_can_be_refused(upstream: Upstream) -> None:
    """Twice in a row, too."""
    with Proxy(upstream.url, {1: "refused", 2: "refused"}) as proxy:
        for _ in range(2):
            with pytest.raises(ConnectionRefusedError), client(proxy):
                pass
            proxy.was_refused()
        with client(proxy) as connection:
            assert ask(connection, GET, LENGTH) == LENGTH
    assert [s.fault for s in proxy.seen] == ["refused", "refused", None]


def test_two_faults_and_a_late_one_without_a_successor(upstream: Upstream) -> None:
    """A late request that nothing follows is carried out when the run is over."""
    with Proxy(upstream.url, {1: "502_after", 2: "late_closed"}) as proxy:
        with client(proxy) as connection:
            ask(connection, GET, LENGTH)
            assert ask(connection, POST) == b""
        assert upstream.got == [GET]
        proxy.wait_until_quiet()
        assert upstream.got == [GET, POST]


def test_an_answer_without_a_body_is_cut_in_its_head(upstream: Upstream) -> None:
    """204 has no body to halve."""
    with Proxy(upstream.url, {1: "cut"}) as proxy, client(proxy) as connection:
        assert ask(connection, b"DELETE /d HTTP/1.1\r\n\r\n") == NOTHING[: len(NOTHING) // 2]
