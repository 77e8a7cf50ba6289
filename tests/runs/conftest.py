"""A runner on a fake server, and a wire that spoils what it is told to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

import httpx2
import pytest

from reconciler.model.trial import Ran
from reconciler.sandbox import Sandbox
from reconciler.server.reader import Reader
from reconciler.server.runner import Runner, RunOf
from reconciler.server.transport import Address, Transport
from tests.fake import KEYS, FakeServer, Traits, default_id, transport

KEY = next(iter(KEYS))
HI = {"messages": [{"role": "user", "content": "hi"}]}
Spoil = Callable[[httpx2.Request, Callable[[], httpx2.Response]], httpx2.Response]


class Wire(httpx2.BaseTransport):
    """To a fake server. `spoiled` says by method and the end of the path what happens, one request after the other."""

    def __init__(self, server: FakeServer) -> None:
        self._inner = transport(server)
        self.spoiled: dict[tuple[str, str], list[Spoil]] = {}
        self.seen: list[tuple[str, str]] = []
        self.bodies: list[Any] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.read()
        self.seen.append((request.method, request.url.path))
        self.bodies.append(json.loads(request.content or b"null"))
        for (method, end), spoils in self.spoiled.items():
            if spoils and request.method == method and request.url.path.endswith(end):
                return spoils.pop(0)(request, lambda: self._inner.handle_request(request))
        return self._inner.handle_request(request)

    def asked(self, method: str, end: str) -> int:
        """How many such requests there were."""
        return sum(verb == method and path.endswith(end) for verb, path in self.seen)


@dataclass
class Faked:
    """A fake server with a runner on it."""

    traits: Traits = field(default_factory=Traits)

    def __post_init__(self) -> None:
        self.server = FakeServer(self.traits)
        self.wire = Wire(self.server)
        url = f"http://127.0.0.1:9{self.traits.mount_prefix}"
        address = Address(url=url, headers={"x-api-key": KEY}, keyed=True, timeout=2.0)
        self.transport = Transport(address, allow="runs", wire=self.wire)
        self.reader = Reader(self.transport)
        self.runner = Runner(self.transport, self.reader)

    def run(self, *, seconds: float = 10.0, stop: Event | None = None, **said: Any) -> Ran:
        what = {"assistant_id": default_id("writer"), "input": HI} | said
        return self.runner.run(RunOf(**what), seconds=seconds, stop=stop or Event())


@pytest.fixture
def fake() -> Iterator[Faked]:
    """With the traits of the in-memory server."""
    one = Faked()
    yield one
    one.transport.close()


@dataclass
class Acting:
    """A runner on a real server whose graph leaves a line in `journal` for what it does."""

    url: str
    journal: Path

    def __post_init__(self) -> None:
        self.transport = Transport(Address(url=self.url), allow="runs")
        self.runner = Runner(self.transport, Reader(self.transport))

    def run(self, context: Mapping[str, Any] | None = None, *, seconds: float = 20.0, **said: Any) -> Ran:
        stop = said.pop("stop", Event())
        given = {"journal": str(self.journal), **(context or {})}
        what = {"assistant_id": default_id("acting"), "input": HI, "context": given} | said
        return self.runner.run(RunOf(**what), seconds=seconds, stop=stop)

    def done(self) -> list[str]:
        """What the graph did, in order."""
        return self.journal.read_text("utf-8").splitlines()

    def threads(self) -> list[Any]:
        """Those that runs of ours have left behind, in any state."""
        body = {"metadata": {"reconciler": "try"}, "limit": 100}
        found = self.transport.send("POST", "/threads/search", body).json()
        assert isinstance(found, list)
        return found


@pytest.fixture
def acting(acting_server: Sandbox, tmp_path: Path) -> Iterator[Acting]:
    """On the server that is shared; tests of one process follow each other."""
    journal = tmp_path / "journal"
    journal.touch()
    one = Acting(acting_server.url, journal)
    yield one
    one.transport.close()
