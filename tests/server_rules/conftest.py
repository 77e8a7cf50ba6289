"""Raw HTTP to real servers, and to fakes with the traits that the real one does not show."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from reconciler.sandbox import Sandbox, serve
from tests.fake import FakeServer, Traits, transport

DEPLOYMENT = Path(__file__).with_name("deployment")
Create = Callable[..., dict[str, Any]]


def client(url: str, **headers: str) -> httpx2.Client:
    """A connection for each request: after a 500 the server resets a kept one (S15)."""
    limits = httpx2.Limits(max_keepalive_connections=0)
    return httpx2.Client(base_url=url, headers=headers, limits=limits, trust_env=False, timeout=30)


@pytest.fixture(scope="session")
def api(real_server: Sandbox) -> Iterator[httpx2.Client]:
    """The real in-memory server."""
    with client(real_server.url) as result:
        yield result


@pytest.fixture
def create(api: httpx2.Client) -> Iterator[Create]:
    """Creates on the real server, and deletes when the test is over."""
    made: list[str] = []

    def one(**fields: Any) -> dict[str, Any]:
        made.append(fields.get("assistant_id") or str(uuid.uuid4()))
        body = {"graph_id": "writer", "name": "Rule", **fields, "assistant_id": made[-1]}
        answer = api.post("/assistants", json=body)
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()
        return result

    yield one
    for assistant_id in made:
        api.delete(f"/assistants/{assistant_id}")


@pytest.fixture(scope="module")
def guarded(repository_schemas: dict[str, Any]) -> Iterator[Sandbox]:
    """A real server with an auth handler, a mount prefix, and graphs that are hard to describe."""
    names = ("strict", "typed", "silent", "choosy")
    config = {
        "auth": {"path": f"{DEPLOYMENT / 'auth.py'}:auth"},
        "http": {"mount_prefix": "/agents"},
        "graphs": {name: f"{DEPLOYMENT / 'graphs.py'}:{name}" for name in names},
    }
    with serve(repository_schemas, config_extra=config) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def alice(guarded: Sandbox) -> Iterator[httpx2.Client]:
    with client(f"{guarded.url}/agents", **{"x-api-key": "key-of-alice"}) as result:
        yield result


@pytest.fixture(scope="module")
def bob(guarded: Sandbox) -> Iterator[httpx2.Client]:
    with client(f"{guarded.url}/agents", **{"x-api-key": "key-of-bob"}) as result:
        yield result


@pytest.fixture
def fake() -> Iterator[Callable[..., Faked]]:
    """Makes fakes: `fake(LH)`, `fake(Traits(metadata="replaces"))`."""
    made: list[httpx2.Client] = []

    def one(traits: Traits, **headers: str) -> Faked:
        faked = Faked(FakeServer(traits), headers)
        made.append(faked)
        return faked

    yield one
    for each in made:
        each.close()


class Faked(httpx2.Client):
    """A client of a fake server, with the fake at hand."""

    def __init__(self, server: FakeServer, headers: dict[str, str]) -> None:
        base = "http://fake" + server.traits.mount_prefix
        super().__init__(transport=transport(server), base_url=base, headers=headers)
        self.fake = server


__all__ = ["DEPLOYMENT", "Create", "Faked", "client"]
