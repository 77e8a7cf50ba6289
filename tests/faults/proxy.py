"""A loopback proxy for one run of a client: it numbers the requests, and spoils the k-th as it is told.

| fault            | what the client sees                            | what the server sees                      |
|------------------|-------------------------------------------------|-------------------------------------------|
| `refused`        | no connection (RST where others are in flight)  | nothing                                   |
| `request_dropped`| a connection that closes without an answer      | nothing                                   |
| `answer_dropped` | the same                                        | the request                               |
| `cut`            | half an answer                                  | the request                               |
| `reset_before`   | a reset                                         | nothing                                   |
| `reset`          | a reset                                         | the request                               |
| `stalled_before` | no answer for as long as it waits               | nothing                                   |
| `stalled_after`  | the same                                        | the request                               |
| `429`            | 429 with Retry-After: 0                         | nothing                                   |
| `502_before` …   | 502 or 503, as a gateway says it                | nothing                                   |
| `502_after` …    | the same                                        | the request                               |
| `late_stalled`   | no answer for as long as it waits               | the request, late: after the next request |
| `late_closed`    | a connection that closes without an answer      | of this client has had its answer         |
"""

from __future__ import annotations

import select
import socket
import struct
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from tests.faults.messages import Message, answer, read_answer, read_request

FAULTS = (
    "refused",
    "request_dropped",
    "answer_dropped",
    "cut",
    "reset_before",
    "reset",
    "stalled_before",
    "stalled_after",
    "429",
    "502_before",
    "502_after",
    "503_before",
    "503_after",
    "late_stalled",
    "late_closed",
)
LATE = ("late_stalled", "late_closed")
AFTER = ("answer_dropped", "cut", "reset", "stalled_after", "502_after", "503_after")
"""Faults of an answer: the server has carried the request out before."""
QUIET_SECONDS = 30.0

_ANSWERS = {
    "429": answer("429 Too Many Requests", "Retry-After: 0"),
    "502": answer("502 Bad Gateway"),
    "503": answer("503 Service Unavailable"),
}


@dataclass(slots=True)
class Seen:
    """One request. `committed` is how many requests had been seen when the server had answered it; None: it never
    got it. `status` is what the server said."""

    number: int
    method: str
    path: str
    fault: str | None
    committed: int | None = None
    status: int | None = None
    done: bool = False


class Proxy:
    """Listens on a free port of 127.0.0.1 while the `with` block runs. For one client and one run."""

    def __init__(self, upstream: str, faults: Mapping[int, str] | None = None) -> None:
        """`upstream` is the server's base url; `faults` say by number, from 1, which request is spoiled and how."""
        parts = urlsplit(upstream)
        self._upstream = (parts.hostname or "127.0.0.1", parts.port or 80)
        self.faults = dict(faults or {})
        if unknown := set(self.faults.values()) - set(FAULTS):
            raise ValueError(f"no such fault: {', '.join(sorted(unknown))}")
        self.seen: list[Seen] = []
        self.protocols: set[str] = set()
        self._changed = threading.Condition()
        self._over = False
        self._threads: list[threading.Thread] = []
        self._connections: set[socket.socket] = set()
        self._listener = _bound()
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}{parts.path.rstrip('/')}"
        self._closed = False
        self._listening = threading.Event()
        if self.faults.get(1) != "refused":
            self._listen()
        self._acceptor = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Proxy:
        self._acceptor.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._over = self._closed = True
            self._changed.notify_all()
            open_ones = list(self._connections)
        self._listening.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        for connection in open_ones:
            _hang_up(connection)
        self._acceptor.join(QUIET_SECONDS)
        self.wait_until_quiet()
        self._listener.close()

    @property
    def connections(self) -> int:
        """How many there have been."""
        return len(self._threads)

    def was_refused(self) -> None:
        """The client's word that it got no connection, which nobody else can see. The next attempt counts again."""
        with self._changed:
            number = len(self.seen) + 1
            self.seen.append(Seen(number, "CONNECT", "", "refused", done=True))
            self._changed.notify_all()
            if self.faults.get(number + 1) != "refused":
                self._listen()

    def wait_until_quiet(self) -> None:
        """Have everything late carried out now, and wait for it. The client has closed its connections before."""
        with self._changed:
            self._over = True
            self._changed.notify_all()
            threads = list(self._threads)
        for thread in threads:
            thread.join(QUIET_SECONDS)
            assert not thread.is_alive(), "the client still has a connection"

    def _listen(self) -> None:
        self._listener.listen(128)
        self._listening.set()

    def _accept(self) -> None:
        while not self._closed:
            self._listening.wait()
            try:
                connection, _ = self._listener.accept()
            except OSError:  # nobody listens for now, or no more
                continue
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            with self._changed:
                self._connections.add(connection)
                self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        server = _Server(self._upstream)
        stream = connection.makefile("rb")
        try:
            while (request := read_request(stream)) is not None:
                seen = self._number(request)
                try:
                    if not self._one(connection, request, seen, server):
                        break
                finally:
                    with self._changed:
                        seen.done = True
                        self._changed.notify_all()
        except (OSError, EOFError):
            pass  # the client has given up
        finally:
            with self._changed:
                self._connections.discard(connection)
            stream.close()
            connection.close()
            server.close()

    def _number(self, request: Message) -> Seen:
        with self._changed:
            number = len(self.seen) + 1
            method, path = request.first[:2]
            self.protocols.update(request.first[2:])
            seen = Seen(number, method, path, self.faults.get(number))
            self.seen.append(seen)
            return seen

    def _one(self, connection: socket.socket, request: Message, seen: Seen, server: _Server) -> bool:
        """Handle one request; whether the connection goes on."""
        fault = seen.fault
        late = fault in LATE
        said = self._forward(request, seen, server) if fault is None or fault in AFTER else None
        last = self._refuse_next(connection)
        if fault is not None and fault[:3] in _ANSWERS:
            said = _ANSWERS[fault[:3]]
        elif fault is not None:
            if fault == "cut" and said is not None:
                connection.sendall(said.half)
            if fault in ("reset", "reset_before", "refused"):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            if "stalled" in fault:
                _wait_for_the_end(connection)
            elif late:
                _hang_up(connection)
            if late:
                self._wait_for_next(seen)
                self._forward(request, seen, server)
            return False
        if said is None:
            return False
        connection.sendall(said.closing.whole if last else said.whole)
        return not last

    def _forward(self, request: Message, seen: Seen, server: _Server) -> Message | None:
        """The server's answer; None where it hung up."""
        try:
            said = server.ask(request)
        except (OSError, EOFError):
            return None
        with self._changed:
            seen.committed, seen.status = len(self.seen), int(said.first[1])
        return said

    def _wait_for_next(self, seen: Seen) -> None:
        """Until a further request has been dealt with, or there will be none."""
        with self._changed:
            self._changed.wait_for(lambda: self._over or any(s.done for s in self.seen[seen.number :]))

    def _refuse_next(self, connection: socket.socket) -> bool:
        """Where the next connection has to be refused: stop listening, and end all others, before the client can know
        anything. Not while other requests are in flight: then the next may be on its way already."""
        with self._changed:
            if self.faults.get(len(self.seen) + 1) != "refused" or sum(not s.done for s in self.seen) > 1:
                return False
            self._listening.clear()
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            for other in self._connections - {connection}:
                _hang_up(other)
            return True


class _Server:
    """A connection to the server behind, opened when it is needed."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._socket: socket.socket | None = None

    def ask(self, request: Message) -> Message:
        """Send `request` once and read its answer. Raises OSError, EOFError."""
        if self._socket is not None and select.select([self._socket], [], [], 0)[0]:
            self.close()  # the server has ended it while nobody asked
        if self._socket is None:
            self._socket = socket.create_connection(self._address, QUIET_SECONDS)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._stream = self._socket.makefile("rb")
        self._socket.sendall(request.whole)
        return read_answer(self._stream, request.first[0])

    def close(self) -> None:
        if self._socket is not None:
            self._stream.close()
            self._socket.close()
            self._socket = None


def _bound() -> socket.socket:
    """A socket on a free port that it keeps, also while nobody listens."""
    for _ in range(100):
        with socket.create_server(("127.0.0.1", 0)) as found:
            address = found.getsockname()
        bound = socket.socket()
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind(address)
        except OSError:  # another one was given that port in between
            bound.close()
            continue
        return bound
    raise OSError("no free port in a hundred tries")


def _hang_up(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _wait_for_the_end(connection: socket.socket) -> None:
    with suppress(OSError):
        while connection.recv(4096):
            pass
