"""HTTP/1.1 messages as bytes on a wire: where one begins and where it ends, nothing more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class Message:
    """`head` is everything up to the empty line, that included; `body` as it travels, chunk sizes included."""

    head: bytes
    body: bytes

    @property
    def first(self) -> list[str]:
        """The words of the first line: `GET /path HTTP/1.1` or `HTTP/1.1 200 OK`."""
        return self.head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")

    @property
    def whole(self) -> bytes:
        """The message as it is sent."""
        return self.head + self.body

    @property
    def half(self) -> bytes:
        """The head and half of the body; half of the head where there is no body."""
        if len(self.body) < 2:
            return self.head[: len(self.head) // 2]
        return self.head + self.body[: len(self.body) // 2]

    @property
    def closing(self) -> Message:
        """The same with the news that nothing else will come on this connection."""
        return Message(self.head[:-2] + b"Connection: close\r\n\r\n", self.body)


def read_request(stream: BinaryIO) -> Message | None:
    """The next request, None at the end. Raises EOFError where it ends in the middle."""
    head = _head(stream)
    return None if head is None else Message(head, _body(stream, head, to_the_end=False))


def read_answer(stream: BinaryIO, method: str) -> Message:
    """The answer to a request of `method`. Raises EOFError where there is none, or only half of one."""
    head = _head(stream)
    if head is None:
        raise EOFError
    status = int(head.split(b" ", 2)[1])
    bodiless = method == "HEAD" or status in (204, 304)
    return Message(head, b"" if bodiless else _body(stream, head, to_the_end=True))


def answer(status: str, *fields: str) -> Message:
    """An answer as something in between makes it: not JSON."""
    body = f"<html><h1>{status}</h1></html>"
    lines = (f"HTTP/1.1 {status}", "Content-Type: text/html", f"Content-Length: {len(body)}", *fields)
    return Message("\r\n".join((*lines, "", "")).encode(), body.encode())


def _head(stream: BinaryIO) -> bytes | None:
    head = b""
    while line := stream.readline():
        head += line
        if line == b"\r\n":
            return head
    if head:
        raise EOFError
    return None


def _body(stream: BinaryIO, head: bytes, *, to_the_end: bool) -> bytes:
    lines = head.decode("latin-1").lower().split("\r\n")[1:]
    fields = {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if fields.get("transfer-encoding", "").endswith("chunked"):
        return _chunks(stream)
    if "content-length" in fields:
        return _exactly(stream, int(fields["content-length"]))
    return stream.read() if to_the_end else b""


def _chunks(stream: BinaryIO) -> bytes:
    found = b""
    while True:
        line = stream.readline()
        size = int(line.split(b";")[0], 16) if line else None
        if size is None:
            raise EOFError
        found += line
        if size == 0:
            while (line := stream.readline()) not in (b"\r\n", b""):  # trailers
                found += line
            return found + line
        found += _exactly(stream, size + 2)


def _exactly(stream: BinaryIO, length: int) -> bytes:
    found = stream.read(length)
    if len(found) != length:
        raise EOFError
    return found
