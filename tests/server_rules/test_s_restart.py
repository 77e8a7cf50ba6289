"""S16, S21, S22, S29 on a real server that was started twice, and the fake's restart beside it."""

# ruff: noqa: N802 - the rules' numbers are part of the names

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx2
import pytest

from tests.fake import FakeServer, Traits, transport
from tests.server_rules.conftest import Faked
from tests.server_rules.restarted import (
    GOING,
    GRAPHS,
    Restarted,
    between,
    defaults,
    restarting,
)

Fake = Callable[..., Faked]


@pytest.fixture(scope="module")
def restarted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Restarted]:
    with restarting(tmp_path_factory.mktemp("restarted")) as result:
        yield result


def test_S22_a_restart_renames_some_and_makes_others_anew(restarted: Restarted) -> None:
    """Every second one starts again at version 1 beside its old rows; a description stays."""
    server = FakeServer(graphs=dict.fromkeys((*GRAPHS, GOING)))
    with httpx2.Client(transport=transport(server), base_url="http://fake") as api:
        between(api)
        server.remove_graph(GOING)
        server.restart()
        expected = {
            "strict": ("strict", None, 1, [2, 1, 1]),
            "silent": ("silent", "Mine", 3, [3, 2, 1]),
            "choosy": ("choosy", None, 1, [2, 1, 1]),
            GOING: ("Renamed", "Mine", 2, [2, 1]),
        }
        assert defaults(api) == defaults(restarted.api) == expected


def test_S21_a_graph_that_went(restarted: Restarted, fake: Fake) -> None:
    """GET 404, while search still lists; its id is taken; PATCH and DELETE work."""
    server = fake(Traits())
    orphan = server.post("/assistants", json={"graph_id": "writer"}).json()["assistant_id"]
    server.fake.remove_graph("writer")
    for api, orphan_id, graph_id in (
        (restarted.api, restarted.orphan, "silent"),
        (server, orphan, "plain"),
    ):
        path = f"/assistants/{orphan_id}"
        assert api.get(path).status_code == 404
        assert api.get(f"{path}/schemas").status_code == 404
        listed = api.post("/assistants/search", json={"limit": 1000}).json()
        assert orphan_id in [item["assistant_id"] for item in listed]
        assert api.post(f"{path}/versions", json={}).status_code == 200
        again = {"graph_id": graph_id, "assistant_id": orphan_id}
        assert api.post("/assistants", json=again).status_code == 409
        assert api.patch(path, json={"name": "x"}).status_code == 200
        assert api.delete(path).status_code == 204


def test_S29_a_busy_port_is_silently_another(restarted: Restarted) -> None:
    """The log says which; /ok at the port that was asked for would be somebody else's."""
    assert restarted.api.base_url.port != restarted.asked_port
    assert restarted.api.get("/ok").json()["ok"] is True


def test_S29_it_starts_within_seconds_and_keeps_its_state(restarted: Restarted) -> None:
    """Its folder is .langgraph_api below the working directory."""
    assert all(seconds < 30 for seconds in restarted.start_seconds)
    assert (restarted.folder / ".langgraph_api").is_dir()
