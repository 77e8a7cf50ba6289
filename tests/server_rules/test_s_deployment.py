"""S8, S20, S24, S26 on a real server with an auth handler, a mount prefix and graphs of our own."""

# ruff: noqa: N802 - the rules' numbers are part of the names

from __future__ import annotations

import sys
import uuid
from typing import Any

import httpx2
import pytest

from reconciler.sandbox import Sandbox
from tests.fake import default_id
from tests.server_rules.conftest import client


@pytest.mark.parametrize("context", [{"level": "x"}, {}, {"level": 1, "nope": 1}], ids=str)
def test_S8_nothing_validates_a_context(context: dict[str, Any], alice: httpx2.Client) -> None:
    """A bad one is stored; the run fails inside a 200; unknown keys never reach the graph."""
    body = {"graph_id": "strict", "context": context}
    made = alice.post("/assistants", json=body)
    assert made.status_code == 200
    run = {"assistant_id": made.json()["assistant_id"], "input": {}}
    answer = alice.post("/runs/wait", json=run)
    assert answer.status_code == 200
    if context.get("level") == 1:
        assert answer.json() == {"seen": {"level": 1}}
    else:
        assert answer.json()["__error__"]["error"] == "ValidationError"


def test_S8_a_typed_dict_context_is_never_checked(alice: httpx2.Client) -> None:
    """Wrong types reach the graph. Unknown keys do where the server can make no schema to tell them by (S20)."""
    made = alice.post("/assistants", json={"graph_id": "typed", "context": {"level": "x", "q": 1}})
    run = {"assistant_id": made.json()["assistant_id"], "input": {}}
    unknown = {"q": 1} if sys.version_info < (3, 12) else {}
    assert alice.post("/runs/wait", json=run).json() == {"seen": {"level": "x"} | unknown}


def test_S20_schemas_that_are_not_there(alice: httpx2.Client) -> None:
    """null without one; plain 500 where a graph cannot make it, or on this assistant's config."""
    made = {}
    for graph_id in ("silent", "typed", "choosy"):
        made[graph_id] = alice.post("/assistants", json={"graph_id": graph_id}).json()
    body = {"graph_id": "choosy", "context": {"fail": True}}
    made["choosy, failing"] = alice.post("/assistants", json=body).json()
    answers = {name: alice.get(f"/assistants/{item['assistant_id']}/schemas") for name, item in made.items()}
    # A context made with typing.TypedDict: pydantic refuses it before Python 3.12.
    assert answers["typed"].status_code == (500 if sys.version_info < (3, 12) else 200)
    assert answers["silent"].json()["context_schema"] is None
    assert answers["choosy"].json()["context_schema"]["properties"]["level"]
    broken = answers["choosy, failing"]
    assert (broken.status_code, broken.headers["content-type"]) == (
        500,
        "text/plain; charset=utf-8",
    )


def test_S24_a_mount_prefix(guarded: Sandbox, alice: httpx2.Client) -> None:
    """Stands before all paths; /ok answers without it too, so it tells nothing."""
    with client(guarded.url) as root:
        assert root.get("/ok").status_code == 200
        assert root.get("/agents/ok").status_code == 200
        assert root.get("/agents/info").status_code == 200
        assert root.get("/info").status_code == 404
        assert root.post("/assistants/search", json={}).status_code == 404
    assert alice.post("/assistants/search", json={}).status_code == 200


def test_S26_a_missing_or_bad_key(guarded: Sandbox) -> None:
    """401 on everything but /ok and /info."""
    for headers in ({}, {"x-api-key": "no"}):
        with client(f"{guarded.url}/agents", **headers) as stranger:
            assert stranger.post("/assistants/search", json={}).status_code == 401
            assert stranger.get("/no-such-path").status_code == 401


def test_S26_an_auth_handler_has_the_last_word(alice: httpx2.Client, bob: httpx2.Client) -> None:
    """It sets metadata.owner at every write, hides rows from others, and keeps their ids taken."""
    chosen = str(uuid.uuid4())
    body = {"graph_id": "writer", "assistant_id": chosen, "metadata": {"owner": "bob"}}
    made = alice.post("/assistants", json=body)
    assert made.json()["metadata"] == {"owner": "alice"}
    path = f"/assistants/{chosen}"
    patched = alice.patch(path, json={"metadata": {"owner": "bob", "own": 1}}).json()
    assert patched["metadata"] == {"owner": "alice", "own": 1}
    assert bob.post("/assistants", json=body).status_code == 409
    for answer in (
        bob.get(path),
        bob.patch(path, json={}),
        bob.delete(path),
        bob.post(f"{path}/versions", json={}),
        bob.post(f"{path}/latest", json={"version": 1}),
    ):
        assert answer.status_code == 404
    listed = bob.post("/assistants/search", json={"limit": 1000}).json()
    assert chosen not in [item["assistant_id"] for item in listed]


def test_S26_the_defaults_are_hidden_too(alice: httpx2.Client) -> None:
    """So there is none to ask for a schema: make one, or use one of one's own."""
    assert alice.get(f"/assistants/{default_id('writer')}").status_code == 404
    assert alice.get(f"/assistants/{default_id('writer')}/schemas").status_code == 404
