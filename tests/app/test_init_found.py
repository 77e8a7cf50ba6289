"""A server that is there already: looked for where `langgraph dev` listens, and asked without a key."""

from __future__ import annotations

import pytest

from reconciler.app.init.found import USUAL, candidate, is_agent_server
from reconciler.errors import UsageError
from tests.cli.places import answering
from tests.fake import FakeServer, Traits, listen

NOWHERE = "http://127.0.0.1:9"


def test_the_usual_port() -> None:
    """It is the one that `langgraph dev` takes."""
    assert USUAL == "http://127.0.0.1:2024"


@pytest.mark.parametrize("traits", [Traits(), Traits(info="absent"), Traits(health="/health")])
def test_an_agent_server(traits: Traits) -> None:
    """It is known by its search, whatever else is switched off; one request, and no key goes along."""
    server = FakeServer(traits)
    with listen(server) as url:
        found = candidate({"LANGSMITH_API_KEY": "lsv2_secret"}, usual=url)
    assert found is not None
    assert (found.url, found.why) == (url, f"there is an Agent Server at {url}")
    assert [(request.method, request.path) for request in server.log] == [("POST", "/assistants/search")]
    assert b"lsv2_secret" not in repr(list(server.log)).encode()


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, b"{}"), (200, b"<html>"), (200, b"[1]"), (404, b"[]"), (401, b"[]"), (500, b""), (200, b"[" * 100_000)],
)
def test_something_else(status: int, body: bytes) -> None:
    """What answers in another way is no Agent Server."""
    with answering(lambda *request: (status, {}, body)) as seen:
        assert not is_agent_server(seen.url)
    assert "x-api-key" not in seen.requests[0][2]


def test_nothing_there() -> None:
    """Then there is nothing to ask about."""
    assert candidate({}, usual=NOWHERE) is None


@pytest.mark.parametrize("name", ["RECONCILER_URL", "LANGGRAPH_API_URL", "LANGGRAPH_DEPLOYMENT_URL"])
def test_the_environment(name: str) -> None:
    """An address in the environment comes before the port, and is not asked here."""
    found = candidate({name: "https://Agents.example.com/"}, usual=NOWHERE)
    assert found is not None
    assert (found.url, found.given_by) == ("https://agents.example.com", name)


def test_an_address_with_credentials() -> None:
    """It is refused, and not repeated."""
    with pytest.raises(UsageError) as refused:
        candidate({"RECONCILER_URL": "https://me:secret@x.example"}, usual=NOWHERE)
    assert "secret" not in refused.value.message
