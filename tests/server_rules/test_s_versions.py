"""S16 to S18: the version list, set-latest, and what comes after it."""

# ruff: noqa: N802 - the rules' numbers are part of the names

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from tests.fake import AEGRA, JS, LG_0_2, LH, Traits
from tests.server_rules.conftest import Create, Faked

Fake = Callable[..., Faked]
FIELDS = ("graph_id", "name", "description", "config", "context", "metadata")
FIRST: dict[str, Any] = {
    "graph_id": "writer",
    "name": "First",
    "description": "first",
    "metadata": {"n": 1},
    "config": {"recursion_limit": 1, "configurable": {}},
    "context": {"n": 1},
}
SECOND: dict[str, Any] = {
    "graph_id": "research",
    "name": "Second",
    "description": "second",
    "metadata": {"n": 2},
    "config": {"recursion_limit": 2, "configurable": {}},
    "context": {"n": 2},
}


def test_S16_versions_come_newest_first(api: httpx2.Client, create: Create) -> None:
    """Ten by default, full snapshots without updated_at; past the end is a 404; 1000 at most."""
    path = f"/assistants/{create()['assistant_id']}"
    for number in range(2, 13):
        api.patch(path, json={"name": str(number)})
    page = api.post(f"{path}/versions", json={})
    assert [row["version"] for row in page.json()] == list(range(12, 2, -1))
    assert set(page.json()[0]) == {*FIELDS, "assistant_id", "version", "created_at"}
    assert not [name for name in page.headers if name.startswith("x-pagination")]
    rest = api.post(f"{path}/versions", json={"limit": 1000, "offset": 10}).json()
    assert [row["version"] for row in rest] == [2, 1]
    assert api.post(f"{path}/versions", json={"offset": 12}).status_code == 404
    assert api.post(f"{path}/versions", json={"limit": 1001}).status_code == 422


def test_S16_paging_elsewhere(fake: Fake) -> None:
    """Aegra ignores limit and offset; the trait `versions_past_end` answers [] past the end."""
    for traits, expected in ((AEGRA, [2, 1]), (Traits(versions_past_end="empty"), [])):
        server = fake(traits)
        made = server.post("/assistants", json={"graph_id": "writer"}).json()
        path = f"/assistants/{made['assistant_id']}"
        server.patch(path, json={"name": "x"})
        page = server.post(f"{path}/versions", json={"limit": 1, "offset": 5})
        assert (page.status_code, [row["version"] for row in page.json()]) == (200, expected)


def test_S17_set_latest_restores_a_part(api: httpx2.Client, create: Create) -> None:
    """In memory all but context and graph_id, so runs go on with the new context."""
    path = f"/assistants/{create(**FIRST)['assistant_id']}"
    api.patch(path, json=SECOND)
    answer = api.post(f"{path}/latest", json={"version": 1})
    live = api.get(path).json()
    assert answer.json() == live
    assert live["version"] == 1
    assert live["config"] == {"recursion_limit": 1, "configurable": {"n": 1}}
    assert (live["name"], live["description"]) == ("First", "first")
    assert live["metadata"] == {"n": 1}
    assert (live["context"], live["graph_id"]) == ({"n": 2}, "research")


@pytest.mark.parametrize(
    ("traits", "restored"),
    [
        (LG_0_2, {"config", "metadata"}),
        (JS, {"config", "metadata", "name"}),
        (LH, {*FIELDS}),
        (AEGRA, {*FIELDS}),
        (Traits(restores_name="name"), {"config", "metadata", "name"}),
    ],
    ids=["LG_0_2", "JS", "LH", "AEGRA", "name only"],
)
def test_S17_what_others_restore(traits: Traits, restored: set[str], fake: Fake) -> None:
    """The traits `restores_context_and_graph` and `restores_name`."""
    server = fake(traits)
    path = f"/assistants/{server.post('/assistants', json=FIRST).json()['assistant_id']}"
    server.patch(path, json={**SECOND, "graph_id": "researcher"})
    server.post(f"{path}/latest", json={"version": 1})
    live, first = server.get(path).json(), server.post(f"{path}/versions", json={}).json()[-1]
    fields = [name for name in FIELDS if name in live]
    assert {name for name in fields if live[name] == first[name]} == restored & set(fields)


def test_S17_set_latest_makes_no_version(api: httpx2.Client, create: Create) -> None:
    """It may be repeated; an unknown version is a 404, and so is none."""
    path = f"/assistants/{create()['assistant_id']}"
    for _ in range(2):
        assert api.post(f"{path}/latest", json={"version": 1}).status_code == 200
    assert len(api.post(f"{path}/versions", json={}).json()) == 1
    assert api.post(f"{path}/latest", json={"version": 2}).status_code == 404
    assert api.post(f"{path}/latest", json={}).status_code == 404


def test_S17_what_is_not_restored_is_the_newest_rows(api: httpx2.Client, create: Create) -> None:
    """In a random history of writes and set-latests, context and graph_id are the newest row's."""
    rng = random.Random(17)
    path = f"/assistants/{create(**FIRST)['assistant_id']}"
    for _ in range(40):
        rows = api.post(f"{path}/versions", json={"limit": 1000}).json()
        if rng.random() < 0.5:
            body = rng.choice((FIRST, SECOND))
            api.patch(path, json={**body, "context": {"n": rng.random()}})
        else:
            api.post(f"{path}/latest", json={"version": rng.choice(rows)["version"]})
        live = api.get(path).json()
        newest = api.post(f"{path}/versions", json={"limit": 1}).json()[0]
        assert (live["context"], live["graph_id"]) == (newest["context"], newest["graph_id"])


def test_S18_the_next_patch(api: httpx2.Client, create: Create) -> None:
    """It takes the highest number plus one, and starts from the live row, not the newest."""
    path = f"/assistants/{create(**FIRST)['assistant_id']}"
    api.patch(path, json=SECOND)
    assert api.post(f"{path}/latest", json={"version": 1}).json()["version"] == 1
    live = api.patch(path, json={}).json()
    assert live["version"] == 3
    assert (live["name"], live["metadata"], live["context"]) == ("First", {"n": 1}, {"n": 2})
