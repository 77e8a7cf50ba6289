"""What happens to a few assistants over time: each step is what git says next, and what somebody else does before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.app.world import World
from tests.core.case import derived_id

ADOPTED = "62e209ca-9154-432a-b9e9-2d75c7a9219b"
TWEET, BLOG, ADS, DEFAULT = "writer/tweet", "writer/blog", "writer/ads", "research/default"
OURS = ("team", "tier")


@dataclass(frozen=True)
class Step:
    """`before` is what others do; then git says `manifests`."""

    name: str
    manifests: dict[str, dict[str, Any]]
    before: Callable[[World], None] = lambda world: None


def steps(default_id: str) -> Iterator[Step]:
    """Create, edit, revert, give up metadata, types that Python confuses, a default, an adoption, deletions."""
    tweet = {"name": "Tweet", "context": {"model_name": "a", "temperature": 0.5}, "config": {"recursion_limit": 25}}
    blog = {"name": "Blog", "description": "long", "context": {"model_name": "b"}, "metadata": {"team": "social"}}
    ads = {"graph_id": "researcher", "name": "Ads", "context": {"tools": [1, {"deep": [True]}]}, "protected": True}
    default = {"graph_id": "researcher", "default": True, "context": {"model_name": "d"}, "assistant_id": default_id}
    adopted = {"name": "By hand", "context": {"model_name": "hand"}, "assistant_id": ADOPTED}
    yield Step("create", {TWEET: tweet, BLOG: blog, ADS: ads})
    edited = tweet | {"context": {"model_name": "a2", "temperature": 1}, "config": {"recursion_limit": 50}}
    yield Step("edit", {TWEET: edited, BLOG: blog, ADS: ads})
    yield Step("revert", {TWEET: tweet, BLOG: blog, ADS: ads})
    moved = ads | {"context": {"tools": [True, {"deep": [1]}]}, "protected": False}
    yield Step("confuse", {TWEET: edited, BLOG: blog | {"description": "", "metadata": {}}, ADS: moved}, _others)
    yield Step("revert again", {TWEET: tweet | {"context": {}}, BLOG: blog, ADS: moved}, _studio)
    yield Step("default", {TWEET: tweet, BLOG: blog, DEFAULT: default})
    yield Step("restart", {TWEET: tweet, BLOG: blog, DEFAULT: default}, _restarts)
    yield Step("adopt", {TWEET: tweet, "writer/hand": adopted, DEFAULT: default}, _by_hand)
    yield Step("edit adopted", {TWEET: tweet, "writer/hand": adopted | {"metadata": {"tier": "1"}}, DEFAULT: default})
    yield Step("back", {TWEET: edited, BLOG: blog | {"name": "Blog again"}})


def _restarts(world: World) -> None:
    """The server is started anew, twice: some default assistants are made from scratch."""
    world.server.restart()
    world.server.restart()


def _others(world: World) -> None:
    """Somebody keeps metadata of their own on our assistants, and has one of their own."""
    for key in (TWEET, BLOG):
        if derived_id(key) in world.server.ids():
            _patch(world, derived_id(key), metadata={"reviewed_by": "ana", "score": 1})
    world.server.create(graph_id="writer", name="Theirs", metadata={"reconciler": "no marker"}, if_exists="do_nothing")


def _studio(world: World) -> None:
    """Somebody edits in Studio, and makes an older version active."""
    if derived_id(BLOG) in world.server.ids():
        _patch(world, derived_id(BLOG), name="Blog, by hand")
    if len(world.server.versions(derived_id(TWEET))) > 1:
        world.server.set_latest(derived_id(TWEET), 1)


def _by_hand(world: World) -> None:
    """An assistant made by hand, and a copy of one of ours with its metadata."""
    config = {"configurable": {"model_name": "hand"}} if world.server.traits.context == "unknown" else {}
    world.server.create(
        assistant_id=ADOPTED, graph_id="writer", name="By hand", context={"model_name": "hand"}, config=config
    )
    if derived_id(TWEET) in world.server.ids():
        world.server.create(
            assistant_id="11111111-1111-4111-8111-111111111111",
            graph_id="plain",
            name="A copy",
            metadata=world.live(TWEET)["metadata"],
        )


def _patch(world: World, identifier: str, **fields: Any) -> None:
    """A patch that leaves everything else as it is on every server: as Studio sends it."""
    row = world.server.get(identifier)
    kept = {name: row.get(name) or "" for name in ("name", "description")}
    kept |= {"graph_id": row["graph_id"], "metadata": row["metadata"] | fields.pop("metadata", {})}
    config = {k: v for k, v in row["config"].items() if k != "configurable"}
    values = row.get("context", row["config"].get("configurable", {}))
    if world.server.traits.context == "unknown":
        kept |= {"config": config | {"configurable": row["config"].get("configurable", {})}}
    else:
        kept |= {"config": config | {"configurable": {}}, "context": values}
    world.server.patch(identifier, **(kept | fields))
