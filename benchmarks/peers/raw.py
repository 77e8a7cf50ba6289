"""The limit: recorded requests over bare sockets. `python raw.py URL REQUESTS.json CONCURRENCY`.

Each request is made of bytes beforehand, one thread waits for all sockets, and of an answer only its length is read.
Requests that create go side by side, all others one after the other, in the order of the recording.
"""

import json
import selectors
import socket
import sys
from itertools import groupby
from pathlib import Path
from urllib.parse import urlsplit


def encoded(request: dict[str, object], host: str) -> bytes:
    body = b"" if request["body"] is None else json.dumps(request["body"]).encode()
    head = f"{request['method']} {request['path']} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


class Connection:
    """One socket, and the answer that is on its way."""

    def __init__(self, host: str, port: int) -> None:
        self.socket = socket.create_connection((host, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._missing, self._head = -1, b""

    def send(self, request: bytes) -> None:
        self._missing, self._head = -1, b""
        self.socket.sendall(request)

    def complete(self) -> bool:
        """Take what has come; whether that was the last of an answer."""
        got = self.socket.recv(1 << 20)
        assert got, "the server hung up"
        if self._missing >= 0:
            self._missing -= len(got)
            return self._missing == 0
        self._head += got
        end = self._head.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = self._head[:end].lower()
        assert head[9:12] in (b"200", b"204"), head
        length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
        self._missing = int(length or 0) - (len(self._head) - end - 4)
        return self._missing == 0


def side_by_side(connections: list[Connection], requests: list[bytes]) -> None:
    left = iter(requests)
    with selectors.DefaultSelector() as selector:
        for connection, request in zip(connections, left, strict=False):
            connection.send(request)
            selector.register(connection.socket, selectors.EVENT_READ, connection)
        while selector.get_map():
            for key, _ in selector.select():
                if not key.data.complete():
                    continue
                following = next(left, None)
                if following is None:
                    selector.unregister(key.fileobj)
                else:
                    key.data.send(following)


def main(url: str, file: Path, concurrency: int) -> None:
    where = urlsplit(url)
    host, port = where.hostname or "", where.port or 80
    recorded = json.loads(file.read_bytes())
    connections = [Connection(host, port) for _ in range(concurrency)]
    for creates, group in groupby(recorded, key=lambda one: (one["method"], one["path"]) == ("POST", "/assistants")):
        requests = [encoded(one, where.netloc) for one in group]
        if creates:
            side_by_side(connections, requests)
        else:
            for request in requests:
                side_by_side(connections[:1], [request])


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
