"""`protected` set alone, on an adopted one, or rolled back over: still there when the file is gone."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model.plan import Plan
from tests.app.world import World
from tests.core.case import derived_id
from tests.fake import AEGRA, JS, LG, LG_0_2, LH, Traits

ADOPTED = "62e209ca-9154-432a-b9e9-2d75c7a9219b"
TWEET: dict[str, Any] = {"name": "Tweet", "context": {"model_name": "a"}}
OTHERS: dict[str, dict[str, Any]] = {f"w/{n}": {"name": n, "context": {"model_name": n}} for n in ("b", "c", "d")}
SERVERS = pytest.mark.parametrize("traits", [LG, LH, JS, LG_0_2, AEGRA], ids=["lg", "lh", "js", "lg02", "aegra"])


def _gone(world: World, **options: Any) -> Plan:
    """The plan once the file is gone, without any override but those given."""
    world.commit(OTHERS)
    return world.plan(**({"allow": frozenset()} | options))


def _stops(made: Plan) -> bool:
    return any(guard.guard == "protected" and guard.verdict == "blocked" for guard in made.guards)


def _start(traits: Traits, **more: Any) -> World:
    world = World.of(traits)
    world.commit(OTHERS | {"w/tweet": TWEET | more})
    assert world.apply().converged
    return world


@SERVERS
def test_set_alone(traits: Traits) -> None:
    """A commit that only adds `protected: true` writes the marker, and that outlives the file."""
    world = _start(traits)
    assert not _stops(_gone(world))
    world.commit(OTHERS | {"w/tweet": TWEET | {"protected": True}})
    assert world.writes(lambda: world.apply(allow=frozenset())) == 1
    assert _stops(_gone(world))


@SERVERS
def test_set_with_the_content_of_an_older_version(traits: Traits) -> None:
    """Going back to what an older, unprotected version holds does not take the protection back."""
    world = _start(traits)
    world.commit(OTHERS | {"w/tweet": TWEET | {"context": {"model_name": "x"}, "protected": True}})
    assert world.apply().converged
    world.commit(OTHERS | {"w/tweet": TWEET | {"protected": True}})
    assert world.apply().converged
    assert _stops(_gone(world))


@SERVERS
def test_rolled_back_over_in_studio(traits: Traits) -> None:
    """Somebody makes the version from before the protection live, then the file goes: still protected."""
    world = _start(traits)
    world.commit(OTHERS | {"w/tweet": TWEET | {"context": {"model_name": "x"}, "protected": True}})
    assert world.apply().converged
    world.server.set_latest(derived_id("w/tweet"), 1)
    assert _stops(_gone(world))


@SERVERS
def test_edited_in_studio(traits: Traits) -> None:
    """An edit outside git leaves the marker as it is, or the version of ours before it still says so."""
    world = _start(traits, protected=True)
    row = world.live("w/tweet")
    world.server.patch(derived_id("w/tweet"), graph_id=row["graph_id"], name="by hand", metadata=row["metadata"])
    assert _stops(_gone(world))


@SERVERS
def test_adopted(traits: Traits) -> None:
    """Before it is marked it is not ours and nothing deletes it; marked, it is protected."""
    world = World.of(traits)
    values = {"model_name": "hand"}
    config = {"configurable": values} if traits.context == "unknown" else {}
    more = {} if traits.context == "unknown" else {"context": values}
    world.server.create(assistant_id=ADOPTED, graph_id="writer", name="By hand", config=config, **more)
    manifest = {"name": "By hand", "context": values, "assistant_id": ADOPTED, "protected": True}
    world.commit(OTHERS | {"w/hand": manifest})
    assert world.apply().converged
    assert not any(hasattr(change, "live") for change in _gone(world).changes)
    world.commit(OTHERS | {"w/hand": manifest})
    assert world.apply(adopt=True).converged
    made = _gone(world)
    assert _stops(made)
    assert [guard.guard for guard in made.guards] == ["protected", "drifted_delete"]


@SERVERS
def test_only_its_own_word_deletes_it(traits: Traits) -> None:
    """`--allow-delete` of another key does not; of its own does, and the plan names it."""
    world = _start(traits, protected=True)
    assert _stops(_gone(world, allow_delete=frozenset({"w/b"})))
    made = _gone(world, allow_delete=frozenset({"w/tweet"}))
    assert not made.blocked
    assert [(guard.guard, guard.by) for guard in made.guards] == [("protected", "--allow-delete")]
    assert world.apply(allow=frozenset(), allow_delete=frozenset({"w/tweet"})).converged
    assert derived_id("w/tweet") not in world.server.ids()


@SERVERS
def test_given_up_first(traits: Traits) -> None:
    """The way without an override: one commit takes `protected` out, the next one the file."""
    world = _start(traits, protected=True)
    world.commit(OTHERS | {"w/tweet": TWEET})
    assert world.apply(allow=frozenset()).converged
    assert not _gone(world).blocked
