"""A restart of the server makes some default assistants anew (docs/server.md, S22)."""

from __future__ import annotations

from tests.app.world import World
from tests.core.case import derived_id
from tests.fake import LG, default_id

KEY = "research/default"


def test_a_default_that_was_made_anew_gets_its_context_back() -> None:
    """Its number starts again at 1 below older rows; set-latest alone does not help, so all of it is sent once."""
    world = World.of(LG)
    identifier = default_id("researcher")
    manifest = {"graph_id": "researcher", "default": True, "context": {"model_name": "d"}, "assistant_id": identifier}
    for _ in range(4):
        world.server.restart()
        world.commit({KEY: manifest})
        report = world.apply()
        assert report.converged, [o.error for o in report.outcomes]
        assert not report.plan.refused
        assert world.server.get(identifier)["context"] == {"model_name": "d"}
        assert world.writes(world.apply) == 0
    world.commit({KEY: manifest | {"context": {"model_name": "e"}}})
    assert world.apply().converged


def test_others_are_not_touched_by_a_restart() -> None:
    """What is not a default is in step before and after."""
    world = World.of(LG)
    world.commit({"w/one": {"name": "One"}})
    world.apply()
    world.server.restart()
    assert world.writes(world.apply) == 0
    assert world.live("w/one")["assistant_id"] == derived_id("w/one")
