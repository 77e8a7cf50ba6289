"""Every request of a rollback spoiled in every way: it ends as it was asked for, or says that it did not."""

from __future__ import annotations

import pytest

from reconciler.app.apply import apply
from reconciler.app.rollback import asked, plan_rollback
from reconciler.app.session import Session
from reconciler.app.source import Source, open_repository, read_source
from reconciler.core.compose import Provenance
from reconciler.errors import ServerError
from reconciler.model.plan import Deployment
from reconciler.model.report import Report
from reconciler.model.wanted import OnDrift
from reconciler.repo.settings import ResolvedDeployment
from reconciler.server.reader import Reader
from reconciler.server.transport import Address, Transport
from reconciler.server.writer import Writer
from tests.app.team import Team
from tests.app.world import World
from tests.core.case import derived_id
from tests.fake import LG, LH, Traits
from tests.faults.proxy import Seen
from tests.faults.wire import TO_WRITES, SpoiledWire, kinds

ONE = "w/one"
URL = "http://127.0.0.1:2024"
SERVERS = pytest.mark.parametrize("traits", [LG, pytest.param(LH, marks=pytest.mark.needs_all)], ids=["LG", "LH"])


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> tuple[Source, Provenance]:
    """A repository that says `b`."""
    team = Team.start(tmp_path_factory.mktemp("repo"), World.of(LG))
    team.manifest(ONE, "b")
    team.commit("b")
    repository = open_repository(team.root)
    return read_source(repository, None), Provenance(commit="2")


def _world(traits: Traits) -> World:
    """A server that was told `a`, then `b`."""
    world = World.of(traits)
    for prompt in ("a", "b"):
        world.commit({ONE: {"name": ONE, "context": {"prompt": prompt}}})
        assert world.apply().converged
    return world


def _roll(world: World, source: tuple[Source, Provenance], faults: dict[int, str]) -> tuple[Report | None, list[Seen]]:
    """One run on a spoiled connection; None where it ended before its first write."""
    wire = SpoiledWire(world.server, faults)
    transport = Transport(Address(url=URL), allow="writes", wire=wire)
    try:
        reader = Reader(transport)
        session = Session(
            deployment=Deployment(name=None, url=URL), target=ResolvedDeployment(name=None, url=URL), reader=reader
        )
        made, said = plan_rollback(source[0], session, asked(f"{ONE}@1"), source[1])
        report = apply(made, said, reader, Writer(transport, reader), settle=0.02) if made.changes else None
    except ServerError:
        report = None
    wire.finish()
    return report, wire.seen


def _prompt(world: World) -> object:
    return world.live(ONE)["context"]["prompt"]


@SERVERS
def test_every_request_spoiled(traits: Traits, source: tuple[Source, Provenance]) -> None:
    """Each fault is healed within the run, and no version is made twice."""
    _, seen = _roll(_world(traits), source, {})
    assert len(seen) > 7
    for one in seen:
        for fault in kinds(one):
            world = _world(traits)
            report, _ = _roll(world, source, {one.number: fault})
            where = f"{one.number} {one.method} {one.path} {fault}"
            assert report is not None, where
            assert (report.exit_code, _prompt(world)) == (0, "a"), where
            assert world.versions()[derived_id(ONE)] <= 2 + (traits is LG), where
            assert [h.change.state for h in world.plan(default_on_drift=OnDrift.OVERWRITE).held] == ["rolled-back"]


@pytest.mark.needs_all  # for a quarter of a minute
@SERVERS
@pytest.mark.parametrize("fault", [f for f in TO_WRITES if f not in ("429", "refused")])
def test_from_a_request_on_nothing_works(traits: Traits, source: tuple[Source, Provenance], fault: str) -> None:
    """What it says then is true, and the same command once more ends as it was asked for."""
    _, seen = _roll(_world(traits), source, {})
    for number in range(1, len(seen) + 1):
        world = _world(traits)
        report, _ = _roll(world, source, dict.fromkeys(range(number, number + 200), fault))
        if report is None:
            assert world.versions()[derived_id(ONE)] == 2, number
        elif report.exit_code == 0:
            assert _prompt(world) == "a", number
        _roll(world, source, {})
        assert _prompt(world) == "a", number
        assert [h.change.state for h in world.plan(default_on_drift=OnDrift.OVERWRITE).held] == ["rolled-back"], number
