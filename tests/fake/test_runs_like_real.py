"""The fake runs as the real in-memory server does: the same requests to both, the same answers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import httpx2
import pytest

from reconciler.sandbox import Sandbox
from tests.fake import FakeServer, transport

NOBODY = "11111111-1111-4111-8111-111111111111"
HI = {"messages": [{"role": "user", "content": "hi"}]}
FORMS = [["user", "a"], {"type": "ai", "content": "b", "id": "7"}, {"role": "user", "content": [{"text": "c"}]}, "d"]
CONTEXT = {"system_prompt": "Be brief.", "model_name": "openai", "unknown": 1}
RUNS: list[dict[str, Any]] = [
    {},
    {"input": {}},
    {"input": {"messages": "hi", "input": 3, "answer": "a", "other": 1}},
    {"input": {"messages": FORMS}},
    {"input": None},
    {"input": "text"},
    {"input": [1]},
    {"context": {"temperature": 0.1, "unknown": 2, "model_name": "another"}},
    {"context": {}},
    {"config": {"configurable": {"model_name": "another"}}},
    {"config": {"recursion_limit": 0}},
    {"interrupt_before": "*"},
    {"interrupt_before": ["answer"]},
    {"interrupt_before": ["no such node"]},
    {"metadata": {"reconciler": "try"}},
    {"assistant_id": "writer"},
    {"assistant_id": "no graph"},
    {"assistant_id": NOBODY},
    {"context": 3},
    {"metadata": 3},
    {"config": {"recursion_limit": "x"}},
    {"context": {"model_name": "x"}, "config": {"configurable": {"model_name": "y"}}},
]
OTHERS: list[tuple[str, str, Any]] = [
    ("GET", "/assistants/{}/graph", None),
    ("GET", f"/assistants/{NOBODY}/graph", None),
    ("GET", "/assistants/x/graph", None),
    ("GET", "/threads/x", None),
    ("GET", f"/threads/{NOBODY}", None),
    ("DELETE", "/threads/x", None),
    ("DELETE", f"/threads/{NOBODY}", None),
    ("GET", f"/threads/{NOBODY}/runs", None),
    ("GET", f"/threads/{NOBODY}/runs/x", None),
    ("GET", f"/threads/{NOBODY}/runs/{NOBODY}/join", None),
    ("POST", f"/threads/{NOBODY}/runs/{NOBODY}/cancel", {}),
    ("POST", f"/threads/{NOBODY}/runs/{NOBODY}/cancel?wait=true&action=interrupt", {}),
    ("POST", "/threads/search", {"metadata": {"reconciler": "try"}}),
    ("POST", "/threads/search", {"metadata": 3}),
    ("POST", "/threads/search", {"limit": 0}),
    ("POST", "/runs/wait", {"input": {}}),
]


@pytest.fixture(scope="module")
def both(real_server: Sandbox, repository_schemas: Mapping[str, Any]) -> Iterator[tuple[httpx2.Client, httpx2.Client]]:
    """A client of each."""
    fake = FakeServer(graphs=repository_schemas)
    with (
        httpx2.Client(base_url=real_server.url, trust_env=False, timeout=30) as real,
        httpx2.Client(base_url="http://fake", transport=transport(fake)) as faked,
    ):
        yield real, faked


@pytest.fixture(scope="module")
def ids(both: tuple[httpx2.Client, httpx2.Client]) -> Iterator[tuple[str, str]]:
    """The same assistant on each."""
    body = {"graph_id": "writer", "name": "Runs", "context": CONTEXT}
    made = [client.post("/assistants", json=body).json()["assistant_id"] for client in both]
    yield made[0], made[1]
    both[0].delete(f"/assistants/{made[0]}")


@pytest.mark.parametrize("run", RUNS, ids=json.dumps)
def test_a_run_is_answered_alike(
    both: tuple[httpx2.Client, httpx2.Client], ids: tuple[str, str], run: Mapping[str, Any]
) -> None:
    """Status, body and the kind of its headers, but for ids that a server chooses."""
    real, fake = (
        _told(client.post("/runs/wait", json={"assistant_id": own, "input": HI, **run}))
        for client, own in zip(both, ids, strict=True)
    )
    assert fake == real


@pytest.mark.parametrize(("method", "path", "body"), OTHERS)
def test_what_is_asked_around_a_run_is_answered_alike(
    both: tuple[httpx2.Client, httpx2.Client], ids: tuple[str, str], method: str, path: str, body: Any
) -> None:
    """Threads and runs that are not there, and a graph's nodes."""
    real, fake = (
        _told(client.request(method, path.format(own), json=body)) for client, own in zip(both, ids, strict=True)
    )
    assert fake == real


def _told(answer: httpx2.Response) -> tuple[int, bool, bool, Any]:
    places = ("content-location" in answer.headers, answer.headers.get("location", "").endswith("/join"))
    if answer.headers.get("content-type") != "application/json":
        return answer.status_code, *places, answer.text
    body = answer.json()
    for message in body.get("messages", []) if isinstance(body, dict) else []:
        if len(message["id"]) == 36:
            message["id"] = "one of the server's"
    return answer.status_code, *places, json.dumps(body)
