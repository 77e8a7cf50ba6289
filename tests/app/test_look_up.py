"""How much of the histories a run holds in its memory."""

from __future__ import annotations

from reconciler.app.observe import Inputs, look_up
from reconciler.core.compare import compare
from reconciler.model.live import History
from tests.app.world import World
from tests.core.case import OWNER, derived_id
from tests.fake import LG

KEY = "w/one"


def looked_up(world: World) -> History:
    """What is held of the only one."""
    reader = world.session().reader
    pairs = compare(OWNER, world.git, reader.assistants()).differs
    histories, _ = look_up(Inputs(owner=OWNER, wanted=world.git), reader, pairs)
    return histories[derived_id(KEY)]


def test_of_what_we_wrote_ourselves_one_version_is_held() -> None:
    """However many it has: ten thousand assistants with fifty versions each would be gigabytes."""
    world = World.of(LG)
    for number in range(25):
        world.commit({KEY: {"context": {"model_name": str(number)}}})
        world.apply()
    world.commit({KEY: {"context": {"model_name": "new"}}})
    found = looked_up(world)
    assert ([row.number for row in found.rows], found.read) == ([25], 25)
    world.server.patch(derived_id(KEY), name="by hand")
    assert len(looked_up(world).rows) == 26
