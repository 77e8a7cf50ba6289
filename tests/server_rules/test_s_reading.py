"""S19 to S23: search, schemas, default assistants, deletion. More: test_s_deployment, _restart."""

# ruff: noqa: N802 - the rules' numbers are part of the names

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from tests.fake import AEGRA, JS, LG_0_2, LH, Traits, default_id
from tests.server_rules.conftest import Create, Faked

Fake = Callable[..., Faked]


def ids(answer: httpx2.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["assistant_id"] for item in answer.json()]


def test_S19_search_pages(api: httpx2.Client, create: Create) -> None:
    """Ten by default, 1000 at most; X-Pagination-Total is not a total, -Next is the offset."""
    tag = {"s19": str(uuid.uuid4())}
    made = sorted(create(metadata=tag)["assistant_id"] for _ in range(12))
    first = api.post("/assistants/search", json={"metadata": tag})
    assert (len(ids(first)), first.headers["x-pagination-next"]) == (10, "10")
    assert first.headers["x-pagination-total"] == "11"
    assert api.post("/assistants/search", json={"limit": 1001}).status_code == 422
    order = {"metadata": tag, "sort_by": "assistant_id", "sort_order": "asc", "limit": 5}
    found: list[str] = []
    while page := ids(api.post("/assistants/search", json={**order, "offset": len(found)})):
        found += page
    assert found == made
    assert api.post("/assistants/count", json={"metadata": tag}).json() == 12


def test_S19_filters(api: httpx2.Client, create: Create) -> None:
    """Unknown fields find everything; nested objects match in part; 1 matches true."""
    tag = str(uuid.uuid4())
    made = create(metadata={"own": {"tag": tag, "more": 1}, "flag": True})["assistant_id"]
    everything = api.post("/assistants/search", json={"assistant_id": made, "limit": 1000})
    assert len(ids(everything)) >= 4
    nested = {"metadata": {"own": {"tag": tag}, "flag": 1}}
    assert ids(api.post("/assistants/search", json=nested)) == [made]
    chosen = api.post("/assistants/search", json={**nested, "select": ["name", "version"]})
    assert chosen.json() == [{"name": "Rule", "version": 1}]


def test_S19_other_servers(fake: Fake) -> None:
    """Smaller pages, no sorting, no select, no headers, no count: each server in its own way."""
    server = fake(AEGRA)
    for number in range(25):
        body = {"graph_id": "writer", "name": str(number), "context": {"n": number}}
        assert server.post("/assistants", json=body).status_code == 200
    assert server.post("/assistants/search", json={"limit": 101}).status_code == 422
    newest = server.post("/assistants/search", json={"sort_by": "assistant_id"})
    assert [item["name"] for item in newest.json()][:2] == ["24", "23"]
    assert len(newest.json()) == 20
    assert "x-pagination-next" not in newest.headers
    old = fake(LG_0_2)
    assert old.post("/assistants/count", json={}).status_code == 405
    assert len(old.post("/assistants/search", json={"select": ["name"]}).json()[0]) > 1
    strict = fake(LH)
    strict.post("/assistants", json={"graph_id": "writer", "metadata": {"flag": True}})
    assert strict.post("/assistants/search", json={"metadata": {"flag": 1}}).json() == []


def test_S20_schemas_of_an_assistant(api: httpx2.Client, repository_schemas: dict[str, Any]) -> None:
    """By UUID, not by graph name; extras come verbatim, and no $schema is added."""
    for graph_id, schema in repository_schemas.items():
        answer = api.get(f"/assistants/{default_id(graph_id)}/schemas")
        assert answer.json()["context_schema"] == schema
        assert api.get(f"/assistants/{graph_id}/schemas").status_code == 422


def test_S20_other_servers(fake: Fake) -> None:
    """JS: no key without a schema, and a GET with a content type is a 400. A broken graph: 500."""
    server = fake(JS)
    path = f"/assistants/{default_id('plain')}/schemas"
    assert "context_schema" not in server.get(path).json()
    assert server.get(path, headers={"Content-Type": "application/json"}).status_code == 400
    server.fake.fail_schemas("plain")
    assert server.get(path).status_code == 500


@pytest.mark.parametrize("seen", ["hidden_from_get", "hidden", "shown"])
def test_S21_who_sees_it(seen: Any, fake: Fake) -> None:
    """The trait `gone_graph`: PROD's search hides it too, LG before 0.13 shows it everywhere."""
    server = fake(Traits(gone_graph=seen))
    made = server.post("/assistants", json={"graph_id": "writer"}).json()["assistant_id"]
    server.fake.remove_graph("writer")
    assert (server.get(f"/assistants/{made}").status_code == 200) == (seen == "shown")
    listed = made in ids(server.post("/assistants/search", json={}))
    assert listed == (seen != "hidden")


def test_S22_default_assistants(api: httpx2.Client, repository_schemas: dict[str, Any]) -> None:
    """One for each graph, with an id known beforehand; version 1 at a first start."""
    for graph_id in repository_schemas:
        live = api.get(f"/assistants/{default_id(graph_id)}").json()
        assert (live["graph_id"], live["metadata"]["created_by"]) == (graph_id, "system")


def test_S22_other_servers(fake: Fake) -> None:
    """Aegra refuses a PATCH of a default; LH restores names only; the others keep everything."""
    path = f"/assistants/{default_id('writer')}"
    assert fake(AEGRA).patch(path, json={"name": "x"}).status_code == 404
    for traits, name, version in ((LH, "writer", 3), (JS, "x", 2)):
        server = fake(traits)
        server.patch(path, json={"name": "x"})
        server.fake.restart()
        live = server.get(path).json()
        assert (live["name"], live["version"]) == (name, version)


def test_S23_deletion(api: httpx2.Client, create: Create) -> None:
    """204, then 404; the same id starts again at version 1; counts say what would go."""
    made = create()["assistant_id"]
    path = f"/assistants/{made}"
    api.patch(path, json={})
    assert api.post("/threads/count", json={"metadata": {"assistant_id": made}}).json() == 0
    assert api.post("/runs/crons/count", json={"assistant_id": made}).json() == 0
    assert api.delete(path).status_code == 204
    assert api.delete(path).status_code == 404
    assert api.post(f"{path}/versions", json={}).status_code == 404
    assert create(assistant_id=made)["version"] == 1
    assert len(api.post(f"{path}/versions", json={}).json()) == 1


def test_S23_a_cron_goes_with_its_assistant(api: httpx2.Client, create: Create) -> None:
    """Counted before, gone after."""
    made = create()["assistant_id"]
    cron = {"assistant_id": made, "schedule": "0 0 1 1 *", "input": {}}
    assert api.post("/runs/crons", json=cron).status_code == 200
    assert api.post("/runs/crons/count", json={"assistant_id": made}).json() == 1
    api.delete(f"/assistants/{made}")
    assert api.post("/runs/crons/count", json={"assistant_id": made}).json() == 0


def test_S23_other_servers(fake: Fake) -> None:
    """JS takes a graph's name for its default, and answers 200; counts are 404 or 405."""
    js, aegra = fake(JS), fake(AEGRA)
    assert js.delete("/assistants/writer").status_code == 200
    assert js.get(f"/assistants/{default_id('writer')}").status_code == 404
    assert js.post("/threads/count", json={}).status_code == 404
    assert aegra.post("/threads/count", json={}).status_code == 405
