"""A write that has to be sent again is not sent over what somebody else has done since."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import httpx2
import pytest

import tests.app.world as module
from reconciler.model.report import Report
from tests.app.world import World
from tests.fake import LG
from tests.races.test_told import one


class Waits(httpx2.BaseTransport):
    """The first request of a kind has to be sent again, as it seems, and somebody writes before that.

    `busy`: it was not let in. `lost`: it never got there, and nobody knows. `landed`: only its answer was lost.
    """

    def __init__(self, inner: httpx2.BaseTransport, method: str, how: str, deed: Callable[[], Any]) -> None:
        self._inner, self._method, self._how, self._deed = inner, method, how, deed
        self.sent = 0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.sent += request.method == self._method
        if request.method != self._method or self.sent > 1:
            return self._inner.handle_request(request)
        if self._how == "landed":
            self._inner.handle_request(request)
        self._deed()
        if self._how == "busy":
            return httpx2.Response(429, headers={"Retry-After": "0"}, text="later")
        raise httpx2.ReadError("the connection broke", request=request)


def waiting(
    monkeypatch: pytest.MonkeyPatch, world: World, method: str, how: str, deed: Callable[[], Any]
) -> tuple[Report, int]:
    """The report of a run on that wire, and how often it has sent what had to wait."""
    real, wires = module.transport, list[Waits]()

    def wire(server: Any) -> httpx2.BaseTransport:
        wires.append(Waits(real(server), method, how, deed))
        return wires[-1]

    with monkeypatch.context() as patch:
        patch.setattr(module, "transport", wire)
        report = world.apply()
    return report, wires[-1].sent


MEANWHILE = "somebody else wrote to it in the meantime; plan again"


@pytest.mark.parametrize("how", ["busy", "lost"])
@pytest.mark.parametrize("deed", ["edit", "rollback"])
def test_an_update_that_waits_is_not_sent_over_what_somebody_does(
    monkeypatch: pytest.MonkeyPatch, how: str, deed: str
) -> None:
    """Seconds may pass until it is sent again: what is live by then is looked at once more."""
    world = World.of(LG)
    identifier = one(world)
    world.apply()
    world.commit({"w/one": {"name": "One", "context": {"model_name": "c"}}})
    server = world.server

    def somebody() -> Any:
        return server.patch(identifier, name="by hand") if deed == "edit" else server.set_latest(identifier, 1)

    report, sent = waiting(monkeypatch, world, "PATCH", how, somebody)
    (outcome,) = report.outcomes
    assert (report.exit_code, outcome.result, outcome.error, sent) == (4, "stale", MEANWHILE, 1)
    assert world.live("w/one")["version"] == (3 if deed == "edit" else 1)


@pytest.mark.parametrize("how", ["busy", "lost"])
@pytest.mark.parametrize("deed", ["edit", "made anew"])
def test_a_deletion_that_waits_is_not_sent_over_what_somebody_does(
    monkeypatch: pytest.MonkeyPatch, how: str, deed: str
) -> None:
    """An edit would go with the assistant, and be in no history."""
    world = World.of(LG)
    one(world)
    world.apply()
    identifier = world.live("w/one")["assistant_id"]
    world.commit({"w/two": {"name": "Two"}})
    world.apply(prune=False)

    def somebody() -> None:
        if deed == "made anew":
            world.server.delete(identifier)
            world.server.create(assistant_id=identifier, graph_id="writer", name="by hand")
        else:
            world.server.patch(identifier, name="by hand")

    report, sent = waiting(monkeypatch, world, "DELETE", how, somebody)
    (outcome,) = report.outcomes
    assert (report.exit_code, outcome.result, outcome.error, sent) == (4, "stale", MEANWHILE, 1)
    assert world.live("w/one")["name"] == "by hand"


@pytest.mark.parametrize(
    ("method", "how"), [("PATCH", "busy"), ("PATCH", "lost"), ("DELETE", "busy"), ("DELETE", "lost")]
)
def test_what_nobody_touched_is_sent_again(monkeypatch: pytest.MonkeyPatch, method: str, how: str) -> None:
    """Healed within the run."""
    world = World.of(LG)
    one(world)
    if method == "DELETE":
        world.commit({"w/two": {"name": "Two"}})
        world.apply(prune=False)
    report, sent = waiting(monkeypatch, world, method, how, lambda: None)
    assert (report.exit_code, report.converged, sent) == (0, True, 2)


def test_an_edit_after_a_write_whose_answer_was_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """It landed, so it is not sent again; whose version is live now is said."""
    world = World.of(LG)
    identifier = one(world)
    deed = partial(world.server.patch, identifier, name="by hand")
    report, sent = waiting(monkeypatch, world, "PATCH", "landed", deed)
    (outcome,) = report.outcomes
    assert (report.exit_code, outcome.result, sent) == (5, "failed", 1)
    assert outcome.error == "somebody else wrote version 3 at the same time; plan again"
    assert (world.live("w/one")["name"], len(world.server.versions(identifier))) == ("by hand", 3)
