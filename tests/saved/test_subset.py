"""Applying a file does part of what plan says now, never more; whatever became of both since."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.errors import UsageError
from reconciler.model.change import action, assistant_id_of
from tests.app.world import World
from tests.core.case import derived_id
from tests.fake import JS, LG, LH
from tests.saved.bench import apply_file, saved, written
from tests.saved.test_forged import WRONG, is_refused, places, put
from tests.strategies import repositories

DEEDS = st.sampled_from(["nothing", "edit", "activate", "delete"])


def build(traits: Any, history: list[dict[str, Any]], then: dict[str, Any]) -> tuple[World, dict[str, Any]]:
    """A world after some commits, and the file that was saved at `then`."""
    world = World.of(traits)
    for said in history:
        world.commit(said)
        world.apply()
    world.commit(then)
    return world, saved(world)


def do(world: World, deed: str) -> None:
    """What somebody else does meanwhile."""
    ours = [i for i in map(derived_id, ("w/one", "w/two", "w/three")) if i in world.server.ids()]
    if ours and deed == "edit":
        world.server.patch(ours[0], name="by hand")
    elif ours and deed == "activate":
        world.server.set_latest(ours[0], 1)
    elif ours and deed == "delete":
        world.server.delete(ours[0])


@given(
    st.sampled_from([LG, LH, JS]),
    st.lists(repositories, max_size=2),
    repositories,
    DEEDS,
    st.none() | repositories,
    st.data(),
)
@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_a_file_only_narrows(
    traits: Any, history: list[Any], then: Any, deed: str, now: Any, data: st.DataObject
) -> None:
    """Between saving and applying git and the server move, and the file is forged: all that is sent is what an apply
    without the file would send; and what it reports as done is in the file."""
    worlds = [build(traits, history, then) for _ in range(2)]
    for world, _ in worlds:
        do(world, deed)
        if now is not None:
            world.commit(now)
        world.server.log.clear()
    (narrow, file), (plain, _) = worlds
    for _ in range(data.draw(st.integers(0, 2))):
        file = put(file, data.draw(st.sampled_from(list(places(file))[1:])), data.draw(st.sampled_from(WRONG)))
    plain.apply()
    if is_refused(json.dumps(file).encode()):
        return
    try:
        report = apply_file(narrow, file)
    except UsageError:
        report = None
    assert written(narrow) <= written(plain)
    done = [o.change for o in report.outcomes if o.result == "applied"] if report else []
    decided = {(one["assistant_id"], one["action"]) for one in file["changes"]}
    assert {(assistant_id_of(change), action(change)) for change in done} <= decided
