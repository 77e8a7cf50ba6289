"""Any sequence of things that git may say, with others at work in between, on any kind of server."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.app.world import World
from tests.core.case import OWNER, derived_id
from tests.fake import AEGRA, JS, LG, LG_0_2, LH, Traits
from tests.strategies import repositories

COPY = "11111111-1111-4111-8111-111111111111"
SERVERS = st.sampled_from([LG, LH, JS, LG_0_2, AEGRA])
DEEDS = st.sampled_from(["nothing", "edit", "note", "activate", "copy", "delete", "by hand"])


HISTORIES = st.lists(st.tuples(DEEDS, repositories), min_size=1, max_size=5)
SLOW = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


@given(SERVERS, HISTORIES)
@settings(SLOW, max_examples=40)
def test_any_history_converges_and_touches_only_what_is_ours(
    traits: Traits, history: list[tuple[str, dict[str, dict[str, Any]]]]
) -> None:
    """Apply converges or says by name why not; the next one writes nothing; nothing of others' ever changes."""
    live_through(traits, history)


@pytest.mark.needs_all  # for a minute
@given(SERVERS, HISTORIES)
@settings(SLOW, max_examples=300)
def test_many_histories(traits: Traits, history: list[tuple[str, dict[str, dict[str, Any]]]]) -> None:
    """The same of many."""
    live_through(traits, history)


def live_through(traits: Traits, history: list[tuple[str, dict[str, dict[str, Any]]]]) -> None:
    world = World.of(traits)
    for deed, said in history:
        _do(world, deed)
        world.commit(said)
        not_ours = _not_ours(world)
        before = _metadata_of_others(world)
        world.server.log.clear()
        report = world.apply()
        _only_ours(world)
        assert _not_ours(world) == not_ours
        after = _metadata_of_others(world)
        assert {i: after[i] for i in before if i in after} == {i: m for i, m in before.items() if i in after}
        settled = report.converged and not report.plan.refused and not report.plan.held
        if settled:
            assert world.writes(world.apply) == 0
            assert world.plan().is_empty
        else:
            assert [o.error for o in report.outcomes if o.error] or report.plan.refused or report.plan.held
            world.apply()
            versions = world.versions()
            world.apply()
            assert world.versions() == versions


def _do(world: World, deed: str) -> None:
    """What somebody else does to the first assistant of ours, where there is one and the server lets them."""
    ours = [i for i in map(derived_id, ("w/one", "w/two", "w/three")) if i in world.server.ids()]
    try:
        if deed == "by hand":
            world.server.create(graph_id="writer", name="by hand", metadata={"note": 1})
        if not ours:
            return
        row = world.server.get(ours[0])
        if deed == "edit":
            world.server.patch(ours[0], **_whole(world, row) | {"name": "by hand"})
        elif deed == "note":
            world.server.patch(ours[0], **_whole(world, row, note=[1.5, {"x": True}]))
        elif deed == "activate":
            world.server.set_latest(ours[0], 1)
        elif deed == "copy" and COPY not in world.server.ids():
            world.server.create(assistant_id=COPY, graph_id="plain", name="copy", metadata=row["metadata"])
        elif deed == "delete":
            world.server.delete(ours[0])
    except AssertionError as refused:
        if not (": 4" in str(refused) or ": 5" in str(refused)):
            raise


def _whole(world: World, row: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    """A full body, so that the deed changes nothing that it does not name."""
    config = {k: v for k, v in row["config"].items() if k != "configurable"}
    body = {"name": row["name"], "description": row["description"] or "", "metadata": row["metadata"] | metadata}
    body |= {"graph_id": row["graph_id"]}
    if world.server.traits.context == "unknown":
        return body | {"config": row["config"]}
    return body | {"config": config | {"configurable": {}}, "context": row["context"]}


def _is_ours(row: dict[str, Any]) -> bool:
    mark = (row.get("metadata") or {}).get("reconciler") or {}
    return mark.get("owner") == OWNER and mark.get("id") == row["assistant_id"]


def _not_ours(world: World) -> dict[str, Any]:
    """Everything that is stored of assistants that are not ours."""
    rows = [world.server.get(identifier) for identifier in world.server.ids()]
    known = {derived_id(key) for key in ("w/one", "w/two", "w/three")}
    return {
        r["assistant_id"]: world.server.versions(r["assistant_id"])
        for r in rows
        if not _is_ours(r) and r["assistant_id"] not in known
    }


def _metadata_of_others(world: World) -> dict[str, dict[str, Any]]:
    """The keys that neither git nor the marker names, on every assistant."""
    found = {}
    for identifier in world.server.ids():
        metadata = world.server.get(identifier).get("metadata") or {}
        found[identifier] = {k: v for k, v in metadata.items() if k in ("note", "created_by")}
    return found


def _only_ours(world: World) -> None:
    """No write addressed an assistant that is not one of ours."""
    ours = {derived_id(key) for key in ("w/one", "w/two", "w/three")}
    for request in world.server.log.writes:
        parts = request.path.strip("/").split("/")
        target = parts[1] if len(parts) > 1 else request.body["assistant_id"]
        assert target in ours, request
