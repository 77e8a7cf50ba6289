"""Writes side by side while the server is still being learned: nothing of others' is lost, nothing is half written."""

from __future__ import annotations

import contextlib
import threading
from typing import Any

import httpx2
import pytest

import tests.app.world as module
from tests.app.world import World
from tests.core.case import derived_id
from tests.fake import LG, LG_0_2, Traits, varied

KEYS = [f"w/{n}" for n in range(6)]


class Together(httpx2.BaseTransport):
    """Holds every PATCH until as many as can be in flight are, so that they meet in the worst moment."""

    def __init__(self, inner: httpx2.BaseTransport, parties: int) -> None:
        self.inner, self.barrier, self.skip = inner, threading.Barrier(parties), 1

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = self.inner.handle_request(request)
        if request.method in ("PATCH", "POST") and request.url.path.startswith("/assistants") and self.skip == 0:
            with contextlib.suppress(threading.BrokenBarrierError):
                self.barrier.wait(0.3)
        elif request.method == "PATCH":
            self.skip = 0
        return answer


@pytest.mark.parametrize("traits", [varied(LG, metadata="replaces"), varied(LG, metadata="replaces", info="absent")])
def test_metadata_of_others_survives_a_server_that_replaces(traits: Traits, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first answer teaches; writes that were sent before that are put right too."""
    world = World.of(traits)
    world.commit({key: {"name": key, "context": {"n": key}} for key in KEYS})
    world.apply()
    for key in KEYS:
        world.server.patch(derived_id(key), metadata=world.live(key)["metadata"] | {"reviewed_by": "ana"})
    world.commit({key: {"name": key, "context": {"n": f"{key} again"}} for key in KEYS})
    real = module.transport
    monkeypatch.setattr(module, "transport", lambda server: Together(real(server), 4))
    report = world.apply()
    assert report.converged
    assert {world.live(key)["metadata"].get("reviewed_by") for key in KEYS} == {"ana"}


def test_creates_on_an_empty_server_that_knows_no_context() -> None:
    """S5: nothing could be learned before; every assistant has its values all the same."""
    world = World.of(LG_0_2)
    for identifier in world.server.ids():
        world.server.delete(identifier)
    world.commit({key: {"name": key, "context": {"n": key}} for key in KEYS})
    assert world.apply().converged
    assert [world.live(key)["config"]["configurable"] for key in KEYS] == [{"n": key} for key in KEYS]


def test_a_create_that_was_cut_between_its_two_calls_is_healed() -> None:
    """S5: the first call was stored without a context; the next run sends it, and does not call it refused."""
    world = World.of(LG_0_2)
    manifest: dict[str, Any] = {"name": "One", "context": {"n": 1}}
    world.commit({"w/one": manifest})
    session = world.session()
    assert session.writer is not None
    from reconciler.core.compose import Provenance, compose

    write = compose(world.git[0], None, "acme", Provenance(commit="0"))
    body = session.reader.dialect.body(write, create=True)
    world.server.create(**body)
    report = world.apply()
    assert report.converged, report.plan.refused
    assert world.writes(world.apply) == 0
