"""Whose the versions are that a run finds above its own, in the words of its report."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

import tests.app.world as module
from reconciler.model.report import Outcome
from reconciler.sandbox import Sandbox
from reconciler.server.transport import Address, Transport
from tests.app.world import World
from tests.fake import LG, FakeServer, transport
from tests.races.foreign import Between
from tests.races.test_two_runs import ADDRESS, PLANNED, scenario
from tests.races.two_runs import Both, side_by_side

BOTH_LOOK = [PLANNED, PLANNED, 2, 3]
"""Then each has looked at `edit/one` right before its PATCH, the second one after a create that came too late."""
BOTH_THERE = [*BOTH_LOOK, *[1] * 40]
ONE_IS_OVER = [*BOTH_LOOK, 40]
ADOPTED = "62e209ca-9154-432a-b9e9-2d75c7a9219b"


@pytest.fixture(params=["fake", "real"])
def meet(request: pytest.FixtureRequest) -> Callable[[list[int]], Both]:
    """Two runs with this schedule, on the fake and on the real server."""

    def on_fake(schedule: list[int]) -> Both:
        server = FakeServer(LG)
        one = scenario("acme", Transport(ADDRESS, allow="writes", wire=transport(server)))
        return side_by_side(one, lambda: transport(server), ADDRESS, schedule)

    def on_real(schedule: list[int]) -> Both:
        server: Sandbox = request.getfixturevalue("real_server")
        one = scenario(f"b{os.getpid()}", request.getfixturevalue("direct"))
        try:
            return side_by_side(one, lambda: httpx2.HTTPTransport(trust_env=False), Address(url=server.url), schedule)
        finally:
            one.clean_up()

    return on_fake if request.param == "fake" else on_real


def test_both_tell_while_both_are_there(meet: Callable[[list[int]], Both]) -> None:
    """Each looks, each writes, each reads back: one version too many, in the words of both reports."""
    done = meet(BOTH_THERE)
    assert done.problems == []
    assert "edit/one" in done.doubled
    assert done.by_both == done.doubled


def test_who_is_over_before_cannot_know(meet: Callable[[list[int]], Both]) -> None:
    """The second write comes after the first run's last request: only the second report can tell, and does."""
    done = meet(ONE_IS_OVER)
    assert done.problems == []
    assert (done.doubled, done.by_both) == (["edit/one"], [])


class Late(httpx2.BaseTransport):
    """Drops the first PATCH, which gets there all the same: right before the second one."""

    def __init__(self, inner: httpx2.BaseTransport) -> None:
        self._inner = inner
        self._late: list[httpx2.Request] = []
        self._dropped = False

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.method == "PATCH":
            if not self._dropped:
                self._dropped = True
                self._late.append(request)
                raise httpx2.RemoteProtocolError("the connection broke", request=request)
            while self._late:
                self._inner.handle_request(self._late.pop())
        return self._inner.handle_request(request)


def test_a_lost_write_that_comes_late_is_nobody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where this run has sent it twice, the second version may be its own: no other run is blamed."""
    world, real = World.of(LG), module.transport
    one(world)
    monkeypatch.setattr(module, "transport", lambda server: Late(real(server)))
    (outcome,) = world.apply().outcomes
    assert outcome.note == "it was written more than once, late by this run or by another one: versions 2 and 3 say it"


def between(monkeypatch: pytest.MonkeyPatch, world: World, deed: Callable[[], Any], **options: Any) -> Outcome:
    """The outcome of the only change of a run, where somebody does `deed` right before its PATCH."""
    real, seen = module.transport, list[str]()

    class BeforePatch(Between):
        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            if request.method == "PATCH" and not seen:
                seen.append(request.url.path)
                deed()
            return super().handle_request(request)

    monkeypatch.setattr(module, "transport", lambda server: BeforePatch(real(server), 0, deed))
    (outcome,) = world.apply(**options).outcomes
    assert seen
    return outcome


def one(world: World) -> str:
    """An assistant whose manifest says something new; its id."""
    world.commit({"w/one": {"name": "One", "context": {"model_name": "a"}}})
    world.apply()
    world.commit({"w/one": {"name": "One", "context": {"model_name": "b"}}})
    identifier: str = world.live("w/one")["assistant_id"]
    return identifier


def test_an_overwritten_edit_is_named_by_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever made it finds it in the history by that number."""
    world = World.of(LG)
    identifier = one(world)
    outcome = between(monkeypatch, world, lambda: world.server.patch(identifier, name="by hand"))
    assert (outcome.result, outcome.version) == ("applied", 3)
    assert outcome.note == "somebody else wrote to it at the same time: version 2 is theirs, in the history"


def test_an_edit_and_another_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what says something else is somebody's."""
    world = World.of(LG)
    identifier = one(world)

    def deed() -> None:
        world.server.patch(identifier, name="by hand")
        World(world.server, world.git, world.past).apply()
        world.server.patch(identifier, name="once more")

    outcome = between(monkeypatch, world, deed)
    assert outcome.note == "somebody else wrote to it at the same time: versions 2 and 4 are theirs, in the history"


def test_also_where_no_history_was_read_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Adopting looks at no history to plan: what came in between is named all the same."""
    world = World.of(LG)
    world.server.create(assistant_id=ADOPTED, graph_id="writer", name="One", context={"model_name": "a"})
    world.commit({"w/one": {"name": "One", "context": {"model_name": "a"}, "assistant_id": ADOPTED}})
    edit = {"context": {"model_name": "theirs"}, "config": {"configurable": {}}}
    outcome = between(monkeypatch, world, lambda: world.server.patch(ADOPTED, **edit), adopt=True)
    assert outcome.note == "somebody else wrote to it at the same time: version 2 is theirs, in the history"


class Committed(httpx2.BaseTransport):
    """Carries out every PATCH, and answers as a server does that fails after it."""

    def __init__(self, inner: httpx2.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = self._inner.handle_request(request)
        return httpx2.Response(500, text="Internal Server Error") if request.method == "PATCH" else answer


def test_an_error_after_the_write_is_nobody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was written although the answer was a 500 (docs/server.md, S10): that is said, and no other run is blamed."""
    world = World.of(LG)
    identifier, real = one(world), module.transport
    monkeypatch.setattr(module, "transport", lambda server: Committed(real(server)))
    (outcome,) = world.apply().outcomes
    assert (outcome.result, outcome.version, len(world.server.versions(identifier))) == ("applied", 2, 2)
    said = "the server answered with an error, and yet version 2 says it: by this run or by another one"
    assert outcome.note == said


def test_a_rollback_that_takes_all_metadata_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Right before our write nothing tells it from a server that replaces metadata: that is put back, by a second
    version, and the report says what it may have been."""
    world = World.of(LG)
    identifier = one(world)
    world.server.patch(identifier, metadata=world.live("w/one")["metadata"] | {"seen_by": "bob"})
    outcome = between(monkeypatch, world, lambda: world.server.set_latest(identifier, 1))
    assert (outcome.result, outcome.by, outcome.version) == ("applied", "PATCH, then PATCH", 4)
    assert str(outcome.note).startswith(
        "other people's metadata was put back: this server replaces it, or somebody else"
    )
    assert world.live("w/one")["metadata"]["seen_by"] == "bob"
