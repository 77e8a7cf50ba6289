"""On every server that the traits can describe: apply converges, and a second apply writes nothing."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from reconciler.errors import ReconcilerError
from reconciler.model.report import Report
from tests.app.pairs import covering
from tests.app.story import OURS, steps
from tests.app.world import World
from tests.fake import MATRIX, NAMED, Traits, default_id, varied

BLOCKING = {"auth_handler": "none", "one_per_config": "no", "defaults": "patchable", "equal_changes": "taken"}
"""Traits with values that make a step impossible: swept with the others, and once more held apart so that what
they stop does not hide the rest."""

SERVED = dict(MATRIX) | {"info": tuple(v for v in MATRIX["info"] if v != "aegra_0_10")}
"""An Aegra that old is refused by name (below), whatever else it does."""

ALL = covering(SERVED)
OPEN = covering({name: values for name, values in SERVED.items() if name not in BLOCKING})


def _id(row: dict[str, str]) -> str:
    return ",".join(f"{name}={value}" for name, value in sorted(row.items()) if value != MATRIX[name][0])


@pytest.mark.parametrize("rows", [ALL, OPEN], ids=["all", "open"])
def test_every_pair_of_trait_values_is_swept(rows: list[dict[str, str]]) -> None:
    """The sweep holds each pair of values of any two traits at least once."""
    seen = {frozenset(pair) for row in rows for pair in itertools.combinations(sorted(row.items()), 2)}
    names = sorted(rows[0])
    for first, second in itertools.combinations(names, 2):
        for one, other in itertools.product(SERVED[first], SERVED[second]):
            assert frozenset({(first, one), (second, other)}) in seen


@pytest.mark.parametrize("row", OPEN, ids=_id)
def test_converges_on_every_pair_of_traits(row: dict[str, str]) -> None:
    """Where nothing stands in the way every step converges and the next run has nothing to write."""
    world = World.of(varied(Traits(), **row))
    for step, report in _told(world):
        assert report.converged, f"{step}: {_errors(report)}"
        assert report.exit_code == 0, f"{step}: {_errors(report)}"


@pytest.mark.parametrize("row", ALL, ids=_id)
def test_never_loops_on_any_pair_of_traits(row: dict[str, str]) -> None:
    """Where a trait makes a step impossible there is an error with a name, and no loop of new versions."""
    world = World.of(varied(Traits(), **row))
    for step, report in _told(world):
        assert report.converged or _errors(report), f"{step}: {report}"


@pytest.mark.parametrize("name", NAMED)
def test_converges_on_each_named_server(name: str) -> None:
    """Every server we know of by name, or it is refused by name before the first write."""
    world = World.of(NAMED[name])
    if name == "AEGRA_0_10":
        with pytest.raises(ReconcilerError, match="Aegra"):
            world.session()
        return
    for step, report in _told(world):
        assert report.converged or _errors(report), f"{step}: {report}"


def _told(world: World) -> list[tuple[str, Report]]:
    """Tell the story; after each step a second and a third run write nothing new, and others' metadata stays."""
    told: list[tuple[str, Report]] = []
    for step in steps(default_id("researcher")):
        _try(step.before, world)
        world.commit(step.manifests)
        before = world.foreign(OURS)
        report = world.apply()
        after = world.foreign(OURS)
        for identifier in before.keys() & after.keys():
            kept = {k: v for k, v in after[identifier].items() if k != "owner"}
            assert kept == {k: v for k, v in before[identifier].items() if k != "owner"}, step.name
        if report.converged and not report.plan.refused:
            assert world.writes(world.apply) == 0, f"{step.name}: the second run wrote"
        else:
            world.apply()
            versions = world.versions()
            again = world.apply()
            assert world.versions() == versions, f"{step.name}: a third run made a version: {_errors(again)}"
        told.append((step.name, report))
    return told


def _try(before: Any, world: World) -> None:
    """What somebody else does, where this server lets them."""
    try:
        before(world)
    except AssertionError as refused:
        if not (": 4" in str(refused) or ": 5" in str(refused)):
            raise


def _errors(report: Report) -> list[str]:
    refused = [f"{d.key}: {d.code}" for d in report.plan.refused]
    return refused + [f"{o.change!r:.60}: {o.error}" for o in report.outcomes if o.error]
