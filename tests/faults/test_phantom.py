"""A 500 that leaves a version behind which was never live (docs/server.md, S13): the live row is looked at as well."""

from __future__ import annotations

import httpx2
import pytest

import tests.app.world as module
from reconciler.app.apply import apply
from reconciler.core.compose import Provenance
from reconciler.model.plan import Plan
from reconciler.model.report import Outcome, Report
from reconciler.model.wanted import OnDrift
from tests.app.world import World
from tests.core.case import derived_id
from tests.fake import AEGRA, FakeServer, transport

ONE = derived_id("w/one")


class Dropped(httpx2.BaseTransport):
    """Carries out every PATCH and drops its answer."""

    def __init__(self, server: FakeServer) -> None:
        self._inner = transport(server)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = self._inner.handle_request(request)
        if request.method == "PATCH":
            raise httpx2.RemoteProtocolError("the connection broke", request=request)
        return answer


@pytest.fixture
def planned() -> tuple[World, Plan, str]:
    """An update whose content somebody gives to another assistant after the plan; with that one's id."""
    world = World.of(AEGRA)
    for model in ("a", "b"):
        world.commit({"w/one": {"name": "One", "context": {"model_name": model}}})
        if model == "a":
            world.apply()
    made = world.plan()
    twin = world.server.create(graph_id="writer", name="Theirs", context={"model_name": "b"}, who="alice")
    return world, made, twin["assistant_id"]


def carried_out(world: World, made: Plan) -> tuple[Report, Outcome]:
    """One run, and its only outcome."""
    session = world.session()
    assert session.writer is not None
    report = apply(made, Provenance(commit="2"), session.reader, session.writer, pin=False, settle=0.0)
    (outcome,) = report.outcomes
    return report, outcome


@pytest.mark.parametrize("dropped", [False, True], ids=["answered", "dropped"])
def test_a_phantom_is_not_taken_for_a_write(
    planned: tuple[World, Plan, str], monkeypatch: pytest.MonkeyPatch, dropped: bool
) -> None:
    """The version list has what was sent, and the live row has not: failed, whether or not its answer was lost. No run
    after that makes another one. Once the reason is gone it looks like a rollback, and ends as one: by its name."""
    world, made, twin = planned
    with monkeypatch.context() as patch:
        if dropped:
            patch.setattr(module, "transport", Dropped)
        report, outcome = carried_out(world, made)
    assert (report.exit_code, report.converged, outcome.result, outcome.version) == (5, False, "failed", 1)
    assert len(world.server.versions(ONE)) == 2
    for _ in range(2):
        assert world.apply().exit_code == 1
    assert len(world.server.versions(ONE)) == 2
    world.server.delete(twin)
    assert [o.result.value for o in world.apply().outcomes] == ["held"]
    assert world.apply(on_drift=OnDrift.OVERWRITE, named=frozenset({"w/one"})).converged
    assert (len(world.server.versions(ONE)), world.live("w/one")["version"]) == (2, 2)
