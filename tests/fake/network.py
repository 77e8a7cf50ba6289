"""Two ways to a fake server: an httpx2 transport in process, and a real socket on loopback."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx2

from .messages import Response
from .server import FakeServer


def transport(server: FakeServer) -> httpx2.BaseTransport:
    """For `httpx2.Client(transport=…, base_url=…)`; any base url will do."""

    def handler(request: httpx2.Request) -> httpx2.Response:
        path = request.url.raw_path.decode("ascii")
        answer = server.handle(request.method, path, dict(request.headers), request.read())
        if answer.rest is not None:
            return httpx2.Response(answer.status, headers=answer.headers, content=_whole(answer))
        return httpx2.Response(answer.status, headers=answer.headers, content=answer.body)

    return httpx2.MockTransport(handler)


def _whole(answer: Response) -> Iterator[bytes]:
    yield answer.body
    if answer.rest is not None:
        yield answer.rest()


@contextmanager
def listen(server: FakeServer) -> Iterator[str]:
    """Serves on a free port of 127.0.0.1 with HTTP/1.1 keep-alive; yields the base url.

    The url includes the mount prefix. After a 500, where the trait `after_500` says so, the next
    request on that connection is not read but reset (docs/server.md, S15).
    """
    listener = _Listener(("127.0.0.1", 0), _handler(server))
    thread = threading.Thread(target=listener.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.server_port}{server.traits.mount_prefix}"
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients of these tests hang up as they like; that is no news."""


def _handler(server: FakeServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1
        broken = False

        def answer(self) -> None:
            if self.broken:
                self._reset()
                return
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            answer = server.handle(self.command, self.path, dict(self.headers), body)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.rest is not None:
                self._rest(answer)
                return
            if answer.status != 204:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body)
            self.wfile.flush()
            self.broken = answer.status == 500 and server.traits.after_500 == "resets"

        def _rest(self, answer: Response) -> None:
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for part in _whole(answer):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
                self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n")

        def _reset(self) -> None:
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.close_connection = True
            self.connection.close()

        def log_message(self, format: str, *args: Any) -> None:
            """Silent: the fake's own log says more."""

    for verb in ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"):
        setattr(Handler, f"do_{verb}", Handler.answer)
    return Handler
