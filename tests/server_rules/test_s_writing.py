"""S1 to S9: what a write does to the fields it names, and to others. S8: test_s_deployment."""

# ruff: noqa: N802 - the rules' numbers are part of the names

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from tests.fake import AEGRA, AEGRA_0_10, JS, LG, LG_0_2, LH, MATRIX, NAMED, Traits, varied
from tests.server_rules.conftest import Create, Faked

Fake = Callable[..., Faked]
SPEC: dict[str, Any] = {
    "graph_id": "writer",
    "name": "Name",
    "description": "",
    "metadata": {"own": {"a": 1}},
    "config": {"recursion_limit": 25, "tags": ["t"], "configurable": {}},
    "context": {"model_name": "x"},
}
EVERY = [
    *NAMED.values(),
    *(varied(LG, **{t: v}) for t, vs in MATRIX.items() for v in vs[1:] if v != "read_only"),
]


def read(api: httpx2.Client, assistant_id: str) -> dict[str, Any]:
    answer = api.get(f"/assistants/{assistant_id}")
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    return result


def patch(api: httpx2.Client, assistant_id: str, **body: Any) -> dict[str, Any]:
    """PATCHes, and answers what a read says afterwards."""
    answer = api.patch(f"/assistants/{assistant_id}", json=body)
    assert answer.status_code == 200, answer.text
    return read(api, assistant_id)


def test_S1_the_full_body_says_it_all(api: httpx2.Client, create: Create) -> None:
    """After a PATCH with the body of S1, an assistant holds that body, whatever it held."""
    made = create(context={"old": 1}, config={"tags": ["old"]}, description="old")
    live = patch(api, made["assistant_id"], **SPEC)
    assert {name: live[name] for name in ("graph_id", "name", "description", "metadata")} == {
        name: SPEC[name] for name in ("graph_id", "name", "description", "metadata")
    }
    assert live["context"] == SPEC["context"]
    assert live["config"] == {**SPEC["config"], "configurable": SPEC["context"]}


@pytest.mark.parametrize("traits", EVERY, ids=str)
def test_S1_the_full_body_converges_on_every_server(traits: Traits, fake: Fake) -> None:
    """Whatever the traits: sent twice, the body of S1 is what is read (values where they go)."""
    server = fake(traits, **{"x-api-key": "key-of-alice"})
    unknown = traits.context == "unknown"
    body = {name: value for name, value in SPEC.items() if not (unknown and name == "context")}
    if unknown:
        body["config"] = {**body["config"], "configurable": SPEC["context"]}
    old = {"graph_id": "writer", "name": "Old", "context": {"old": 1}, "description": "old"}
    made = server.post("/assistants", json=old).json()
    live = patch(server, made["assistant_id"], **body)
    assert (live["name"], live["description"]) == ("Name", "")
    assert live["metadata"]["own"] == {"a": 1}
    assert live["config"]["recursion_limit"] == 25
    values = live["config"]["configurable"] if unknown else live["context"]
    assert values == SPEC["context"]


def test_S1_what_is_left_out_is_kept_or_wiped(fake: Fake) -> None:
    """The trait `omitted`: PROD's relative loses the context, old servers metadata, or all."""
    for traits, lost in ((LG, set()), (LH, {"context"}), (LG_0_2, {"metadata"}), (AEGRA, set())):
        server = fake(traits)
        made = server.post("/assistants", json={**SPEC, "context": {}, "config": {}}).json()
        patch(server, made["assistant_id"], context={"a": 1}, metadata={"m": 1})
        before = read(server, made["assistant_id"])
        after = patch(server, made["assistant_id"], name="Other")
        wiped = {name for name in ("context", "metadata") if before.get(name) and not after[name]}
        assert wiped == lost
    server = fake(AEGRA_0_10)
    made = server.post("/assistants", json={**SPEC, "config": {}}).json()
    after = patch(server, made["assistant_id"], name="Other")
    assert (after["context"], after["config"], after["metadata"]) == ({}, {}, {})


def test_S2_every_patch_makes_a_version(api: httpx2.Client, create: Create) -> None:
    """Also {} and an identical body; If-Match is ignored, and there is no ETag."""
    made = create()
    assert made["version"] == 1
    for number, body in enumerate(({}, SPEC, SPEC), start=2):
        stale = {"If-Match": '"1"'}
        answer = api.patch(f"/assistants/{made['assistant_id']}", json=body, headers=stale)
        assert answer.json()["version"] == number
        assert "etag" not in answer.headers


def test_S3_context_and_configurable_mirror_each_other(api: httpx2.Client, create: Create) -> None:
    """Each fills the other; both filled is a 400; `context` alone replaces the whole config."""
    made = create(config={"recursion_limit": 5, "configurable": {"a": 1}})
    assert made["context"] == {"a": 1}
    path = f"/assistants/{made['assistant_id']}"
    both = api.patch(path, json={"context": {"a": 1}, "config": {"configurable": {"a": 1}}})
    assert both.status_code == 400
    live = patch(api, made["assistant_id"], context={"b": 2})
    assert live["config"] == {"configurable": {"b": 2}}


def test_S3_config_without_configurable_leaves_the_context(api: httpx2.Client, create: Create) -> None:
    """The mirror has a blind spot: a config without configurable drops it there only."""
    made = create(context={"a": 1})
    live = patch(api, made["assistant_id"], config={"recursion_limit": 5})
    assert live["config"] == {"recursion_limit": 5}
    assert live["context"] == {"a": 1}


def test_S3_other_servers(fake: Fake) -> None:
    """The traits `context` and `context_alone`: JS keeps the two apart; Aegra keeps the config."""
    for traits, config in (
        (JS, {"tags": ["t"]}),
        (AEGRA, {"tags": ["t"], "configurable": {"b": 2}}),
    ):
        server = fake(traits)
        made = server.post("/assistants", json={**SPEC, "config": {"tags": ["t"]}}).json()
        live = patch(server, made["assistant_id"], context={"b": 2})
        assert (live["config"], live["context"]) == (config, {"b": 2})
    server = fake(JS)
    both = {"graph_id": "writer", "context": {"a": 1}, "config": {"configurable": {"b": 1}}}
    assert server.post("/assistants", json=both).status_code == 200


@pytest.mark.parametrize("body", [{"context": {}}, {"context": {}, "config": {}}], ids=str)
def test_S4_emptying_leaves_configurable_stale(
    body: dict[str, Any], api: httpx2.Client, create: Create, fake: Fake
) -> None:
    """Only an empty configurable beside the empty context clears both (Aegra clears anyway)."""
    made = create(context={"a": 1})
    live = patch(api, made["assistant_id"], **body)
    assert (live["context"], live["config"]) == ({}, {"configurable": {"a": 1}})
    live = patch(api, made["assistant_id"], context={}, config={"configurable": {}})
    assert (live["context"], live["config"]) == ({}, {"configurable": {}})
    server = fake(AEGRA)
    made = server.post("/assistants", json={"graph_id": "writer", "context": {"a": 1}}).json()
    assert not patch(server, made["assistant_id"], **body)["config"].get("configurable")


def test_S5_old_servers_know_no_context(fake: Fake) -> None:
    """They drop it unseen: answers have no such key, and values go into configurable."""
    server = fake(LG_0_2)
    made = server.post("/assistants", json={"graph_id": "writer", "context": {"a": 1}}).json()
    assert "context" not in made
    assert made["config"] == {}
    live = patch(server, made["assistant_id"], config={"configurable": {"a": 1}})
    assert live["config"] == {"configurable": {"a": 1}}


def test_S6_metadata_merges_shallowly(api: httpx2.Client, create: Create, fake: Fake) -> None:
    """null is stored, no key goes away, a nested object is replaced whole (Aegra 0.10: all)."""
    made = create(metadata={"a": 1, "own": {"x": 1, "y": 2}})
    live = patch(api, made["assistant_id"], metadata={"a": None, "own": {"x": 3}})
    assert live["metadata"] == {"a": None, "own": {"x": 3}}
    assert patch(api, made["assistant_id"], metadata={})["metadata"] == live["metadata"]
    server = fake(AEGRA_0_10)
    made = server.post("/assistants", json=SPEC).json()
    assert patch(server, made["assistant_id"], metadata={"b": 1})["metadata"] == {"b": 1}


def test_S7_the_empty_text_clears_a_description(api: httpx2.Client, create: Create, fake: Fake) -> None:
    """null is refused in a PATCH, 422 (JS: 400), but fine in a create."""
    made = create(description=None)
    assert made["description"] is None
    path = f"/assistants/{made['assistant_id']}"
    assert api.patch(path, json={"description": None}).status_code == 422
    assert patch(api, made["assistant_id"], description="x")["description"] == "x"
    assert patch(api, made["assistant_id"], description="")["description"] == ""
    server = fake(JS)
    made = server.post("/assistants", json={"graph_id": "writer"}).json()
    path = f"/assistants/{made['assistant_id']}"
    assert server.patch(path, json={"description": None}).status_code == 400


def test_S9_reserved_keys_are_stripped(api: httpx2.Client, create: Create, fake: Fake) -> None:
    """At the first level only, without a word; older servers and JS store them."""
    sent = {"thread_id": "t", "counters_since_delta_snapshot": 1, "own": {"thread_id": "t"}}
    context = {
        "langgraph_auth_user": 1,
        "__otel_traceparent__": 2,
        "in": {"langgraph_auth_user": 3},
    }
    made = create(metadata=sent, context=context)
    assert made["metadata"] == {"own": {"thread_id": "t"}}
    assert made["context"] == {"in": {"langgraph_auth_user": 3}}
    server = fake(JS)
    body = {"graph_id": "writer", "metadata": sent, "context": context}
    made = server.post("/assistants", json=body).json()
    assert (made["metadata"], made["context"]) == (sent, context)


def test_S9_only_two_otel_keys_are_reserved(create: Create) -> None:
    """Not every __otel_trace…: one that the server does not use is kept."""
    assert create(context={"__otel_trace_mine__": 1})["context"] == {"__otel_trace_mine__": 1}
