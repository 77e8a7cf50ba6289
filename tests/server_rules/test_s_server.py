"""S24 to S28: what the server says of itself, its errors, keys, runs, and what they cost."""

# ruff: noqa: N802 - the rules' numbers are part of the names

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from tests.fake import (
    AEGRA,
    JS,
    LG_0_2,
    PROJECT_ID,
    TENANT_ID,
    Traits,
    default_id,
    values,
)
from tests.server_rules.conftest import Create, Faked

Fake = Callable[..., Faked]


def test_S24_info(api: httpx2.Client) -> None:
    """Version and host; the ids of project and tenant are null on a server of one's own."""
    info = api.get("/info").json()
    assert info["version"].split(".")[0].isdecimal()
    assert info["langgraph_py_version"]
    assert (info["host"]["kind"], info["host"]["project_id"]) == ("self-hosted", None)
    assert info["host"]["tenant_id"] is None
    assert api.get("/ok").json() == {"ok": True, "services": {}}


def test_S24_other_servers(fake: Fake) -> None:
    """Other names, other paths, ids that are there, or nothing at all: ask /assistants/search."""
    assert fake(AEGRA).get("/info").json()["name"] == "Aegra"
    assert fake(AEGRA).get("/ok").status_code == 404
    assert fake(AEGRA).get("/health").status_code == 200
    assert "langgraph_js_version" in fake(JS).get("/info").json()
    host = fake(Traits(host_ids="set")).get("/info").json()["host"]
    assert (host["project_id"], host["tenant_id"]) == (PROJECT_ID, TENANT_ID)
    silent = fake(Traits(info="absent", health="absent"))
    assert (silent.get("/info").status_code, silent.get("/ok").status_code) == (404, 404)
    assert silent.post("/assistants/search", json={}).status_code == 200
    below = fake(Traits(mount_prefix="/agents"))
    assert below.post("/assistants/search", json={}).status_code == 200
    assert below.fake.handle("GET", "/ok", {}, b"").status == 200
    assert below.fake.handle("POST", "/assistants/search", {}, b"{}").status == 404


def test_S25_errors(api: httpx2.Client) -> None:
    """JSON with a text as `detail`; a 500 is plain text."""
    for answer in (
        api.get("/assistants/x"),
        api.get(f"/assistants/{PROJECT_ID}"),
        api.post("/assistants", content=b"{"),
        api.put("/assistants/x", json={}),
        api.get("/no-such-path"),
    ):
        assert isinstance(answer.json()["detail"], str)


def test_S25_other_servers(fake: Fake) -> None:
    """Read the status first: the body may be plain text, zod's or of another form."""
    missing = f"/assistants/{PROJECT_ID}"
    assert fake(LG_0_2).get(missing).headers["content-type"].startswith("text/plain")
    assert fake(JS).get(missing).headers["content-type"].startswith("text/plain")
    wrong = fake(JS).post("/assistants", json={"graph_id": 5})
    assert (wrong.status_code, wrong.json()["success"]) == (400, False)
    assert fake(AEGRA).get(missing).json()["error"] == "not_found"


@pytest.mark.parametrize("status", ["401", "403"])
def test_S26_keys(status: Any, fake: Fake) -> None:
    """A missing or bad key: 401, and 403 before 0.7.69; what tells of the server needs none."""
    server = fake(Traits(api_key=status))
    assert server.get("/ok").status_code == 200
    assert server.get("/info").status_code == 200
    for headers in ({}, {"x-api-key": "no"}, {"Authorization": "Bearer no"}):
        answer = server.post("/assistants/search", json={}, headers=headers)
        assert answer.status_code == int(status)
    for headers in ({"X-Api-Key": "key-of-bob"}, {"Authorization": "Bearer key-of-bob"}):
        assert server.post("/assistants/search", json={}, headers=headers).status_code == 200


def test_S26_auth_handlers(fake: Fake) -> None:
    """The trait `auth_handler`: owners apart, or nobody writes."""
    assert values("auth_handler") == ("none", "owner", "read_only")
    server = fake(Traits(api_key="401", auth_handler="owner"), **{"x-api-key": "key-of-alice"})
    made = server.post("/assistants", json={"graph_id": "writer"}).json()
    assert made["metadata"] == {"owner": "alice"}
    bob = {"x-api-key": "key-of-bob"}
    assert server.get(f"/assistants/{made['assistant_id']}", headers=bob).status_code == 404
    assert server.get(f"/assistants/{default_id('writer')}").status_code == 404
    reader = fake(Traits(auth_handler="read_only"))
    assert reader.post("/assistants", json={"graph_id": "writer"}).status_code == 403
    assert reader.get(f"/assistants/{default_id('writer')}").status_code == 200


def test_S27_a_run_merges_its_context_over_the_assistants(api: httpx2.Client, create: Create, fake: Fake) -> None:
    """Without a thread; nothing stored moves."""
    context = {"system_prompt": "Be brief.", "model_name": "openai"}
    other = {"model_name": "anthropic"}
    made = create(context=context)
    run = {"assistant_id": made["assistant_id"], "input": {}, "context": other}
    answer = api.post("/runs/wait", json=run)
    assert answer.status_code == 200
    assert answer.json()["context"] == {**context, **other}
    assert api.get(f"/assistants/{made['assistant_id']}").json() == made
    assert api.post("/threads/count", json={"metadata": {}}).json() == 0
    server = fake(Traits())
    copy = server.post("/assistants", json={"graph_id": "writer", "context": context}).json()
    echo = server.post("/runs/wait", json={**run, "assistant_id": copy["assistant_id"]}).json()
    assert echo["context"] == {**context, **other}


def test_S28_listing_is_cheaper_than_reading_one_by_one(api: httpx2.Client, create: Create) -> None:
    """By far, so the bound here is a loose one."""
    made = [create(metadata={"s28": True})["assistant_id"] for _ in range(60)]
    began = time.perf_counter()
    page = api.post("/assistants/search", json={"metadata": {"s28": True}, "limit": 1000})
    listed = time.perf_counter() - began
    assert len(page.json()) == len(made)
    began = time.perf_counter()
    for assistant_id in made:
        api.get(f"/assistants/{assistant_id}")
    assert listed < time.perf_counter() - began


def test_S28_large_bodies_are_taken(create: Create) -> None:
    """A prompt of five megabytes comes back whole."""
    prompt = "ä" * 2_500_000
    assert json.dumps(create(context={"system_prompt": prompt})["context"]["system_prompt"])
