"""What goes in and out of the fake: requests as the log keeps them, responses, problems."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Request:
    """One request as the server saw it; `body` is the parsed JSON, None where there is none."""

    method: str
    path: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    status: int = 0

    @property
    def writes(self) -> bool:
        """Whether this changes assistants: create, PATCH, set-latest, DELETE. Refused ones too."""
        path = self.path.partition("?")[0]
        if "/threads/" in path:
            return False
        if self.method == "POST":
            return path.endswith(("/assistants", "/latest"))
        return self.method in ("PATCH", "PUT", "DELETE")


class Log(list[Request]):
    """Every request seen, in order."""

    @property
    def writes(self) -> list[Request]:
        """Only those that would change an assistant."""
        return [request for request in self if request.writes]


@dataclass(frozen=True)
class Response:
    """`rest` is what follows of the body, as soon as it is there: the head is sent before."""

    status: int
    headers: dict[str, str]
    body: bytes
    rest: Callable[[], bytes] | None = None


class Problem(Exception):
    """An error to answer with; `errors.py` gives it the form that the server's traits say."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(f"{status} {detail}")
        self.status = status
        self.detail = detail


class Crash(Exception):
    """The server fails while it handles the request: 500, plain text, on every server."""
