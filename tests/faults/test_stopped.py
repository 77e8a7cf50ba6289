"""Ctrl-C while a write hangs: it is waited for a while, not for ever, and the report says that its end is not known."""

from __future__ import annotations

import sys
import threading
import time

import httpx2
import pytest

import tests.app.world as module
from reconciler.app.apply import IN_FLIGHT, apply
from reconciler.core.compose import Provenance
from reconciler.model.change import key_of
from reconciler.model.report import Report
from reconciler.render import text
from tests.app.world import World
from tests.core.case import derived_id
from tests.fake import LG, FakeServer, transport
from tests.render.one_text import one_text


class Hangs(httpx2.BaseTransport):
    """The first create gets to the server when the gate opens."""

    gate, arrived = threading.Event(), threading.Event()

    def __init__(self, server: FakeServer) -> None:
        self._inner = transport(server)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
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


class Stuck:
    """A wire on which the first create is answered, and no other one, nor with `reads` anything after it, until the
    test is over. `many` of them are waited for."""

    def __init__(self, many: int, *, reads: bool = False) -> None:
        self._many, self._reads = many, reads
        self.sent = 0
        self.gate, self.arrived = threading.Event(), threading.Event()

    def on(self, server: FakeServer) -> httpx2.BaseTransport:
        """That wire to this server."""
        inner, lock = transport(server), threading.Lock()

        def handle(request: httpx2.Request) -> httpx2.Response:
            creates = request.url.path == "/assistants"
            with lock:
                self.sent += creates
                stuck = self.sent > 1 and (creates or self._reads)
                if self.sent > self._many:
                    self.arrived.set()
            if stuck:
                assert self.gate.wait(20)
            return inner.handle_request(request)

        return httpx2.MockTransport(handle)


def interrupted(world: World, wire: Stuck, stop: threading.Event, parallelism: int) -> Report:
    """A run that is stopped when so many hang as can; nothing that hangs goes on before its report is there."""
    session = world.session()
    assert session.writer is not None
    made = world.plan(session)

    def interrupt() -> None:
        assert wire.arrived.wait(20)
        stop.set()

    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        return apply(made, Provenance(), session.reader, session.writer, parallelism=parallelism, stop=stop)
    finally:
        wire.gate.set()
        thread.join()


def keys_of(found: Report) -> dict[str, tuple[str, str | None]]:
    """key -> what became of it, and why."""
    return {key_of(o.change): (o.result.value, o.error) for o in found.outcomes}


@pytest.mark.parametrize("parallelism", [1, 2])
def test_only_what_was_sent_is_unknown(monkeypatch: pytest.MonkeyPatch, parallelism: int) -> None:
    """The first is answered; so many of the others are in flight as go side by side, and the rest was never sent."""
    monkeypatch.setattr(sys.modules["reconciler.app.apply"], "IN_FLIGHT", 0.2)
    wire = Stuck(parallelism)
    monkeypatch.setattr(module, "transport", wire.on)
    world, stop = World.of(LG), threading.Event()
    world.commit({f"w/{n}": {"name": f"{n}", "context": {"model_name": "a"}} for n in range(5)})
    report = interrupted(world, wire, stop, parallelism)
    found = keys_of(report)
    assert found["w/0"] == ("applied", None)
    assert [result for result, _ in found.values()].count("unknown") == parallelism
    not_started = [key for key, (_, why) in found.items() if why == "not started: the run was interrupted"]
    assert len(not_started) == 4 - parallelism
    assert wire.sent == 1 + parallelism


def test_the_proof_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that answers nothing any more: after a stop the report comes all the same, and claims nothing."""
    monkeypatch.setattr(sys.modules["reconciler.app.apply"], "IN_FLIGHT", 0.2)
    wire = Stuck(1, reads=True)
    monkeypatch.setattr(module, "transport", wire.on)
    world, stop = World.of(LG), threading.Event()
    world.commit({f"w/{n}": {"name": f"{n}", "context": {"model_name": "a"}} for n in range(3)})
    report = interrupted(world, wire, stop, 1)
    found = keys_of(report)
    assert [result for result, _ in found.values()] == ["unknown", "unknown", "failed"]
    assert "cannot be read back: the run was interrupted" in str(found["w/0"][1])
    assert (report.exit_code, report.converged, report.unread) == (6, False, True)
    assert "Read again from the server" not in one_text(text.report(report))
    assert "could not be read again" in one_text(text.report(report))
