"""Ctrl-C while a write hangs: it is waited for a while, not for ever, and the report says that its end is not known."""

from __future__ import annotations

import sys
import threading
import time

import httpx
import pytest

import tests.app.world as module
from reconciler.app.apply import IN_FLIGHT, apply
from reconciler.core.compose import Provenance
from tests.app.world import World
from tests.core.case import derived_id
from tests.fake import LG, FakeServer, transport


class Hangs(httpx.BaseTransport):
    """The first create gets to the server when the gate opens."""

    gate, arrived = threading.Event(), threading.Event()

    def __init__(self, server: FakeServer) -> None:
        self._inner = transport(server)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/assistants":
            self.arrived.set()
            assert self.gate.wait(20)
        return self._inner.handle_request(request)


def test_what_hangs_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five seconds, here less. The other one was never started; the next run makes both, each once."""
    assert IN_FLIGHT == 5.0
    monkeypatch.setattr(sys.modules["reconciler.app.apply"], "IN_FLIGHT", 0.2)
    monkeypatch.setattr(module, "transport", Hangs)
    world, stop = World.of(LG), threading.Event()
    world.commit({key: {"name": key, "context": {"model_name": "a"}} for key in ("w/one", "w/two")})
    session = world.session()
    assert session.writer is not None
    made = world.plan(session)

    def interrupt() -> None:
        assert Hangs.arrived.wait(20)
        stop.set()

    thread = threading.Thread(target=interrupt)
    thread.start()
    began = time.monotonic()
    report = apply(made, Provenance(), session.reader, session.writer, parallelism=2, stop=stop)
    took = time.monotonic() - began
    thread.join()
    found = {o.change.wanted.key: (o.result, o.error) for o in report.outcomes if hasattr(o.change, "wanted")}
    assert took < 5
    assert (report.exit_code, report.interrupted, report.converged) == (6, True, False)
    assert found["w/two"] == ("failed", "not started: the run was interrupted")
    assert found["w/one"][0] == "unknown"
    assert "it had no answer yet when the run was interrupted" in str(found["w/one"][1])
    Hangs.gate.set()
    while derived_id("w/one") not in world.server.ids():
        assert time.monotonic() - began < 20
    assert world.apply().converged
    assert {len(world.server.versions(derived_id(key))) for key in ("w/one", "w/two")} == {1}
