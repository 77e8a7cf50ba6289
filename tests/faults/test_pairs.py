"""Two faults in one run, on the fake: whatever the run says then, it is true, and a second run finds nothing broken."""

from __future__ import annotations

from functools import partial

import pytest

from reconciler.errors import ReconcilerError
from reconciler.model.report import Report
from reconciler.server.transport import Address, Transport
from tests.fake import LG, FakeServer
from tests.faults.proxy import Seen
from tests.faults.scenario import FIRST, SECOND, WANTED, Said, Scenario
from tests.faults.trial import Run, Spoil, Trial, say, side_by_side, trial
from tests.faults.wire import SpoiledWire, kinds

ONE_OF_EACH = ("new/one", "edit/one", "back/b-prompt", "gone/one")
REQUESTS = 17
"""Of a run with one create, one update, one activation that has to be repaired, one deletion."""
PAIRS = 3024
ALWAYS = (9,)
"""The requests whose pairs `make test` tries; `make test-all` tries those of all others."""
ADDRESS = Address(url="http://127.0.0.1:2024")


def in_process(faults: Spoil) -> Trial:
    """A trial without a network, of one change of each kind."""
    server = FakeServer(LG)

    def clean() -> Transport:
        return Transport(ADDRESS, allow="writes", wire=SpoiledWire(server, {}))

    def spoiled(faults: Spoil, run: Run) -> tuple[Report | ReconcilerError, list[Seen]]:
        wire = SpoiledWire(server, faults)
        report = run(Transport(ADDRESS, allow="writes", wire=wire))
        wire.finish()
        return report, wire.seen

    first, second, now = (_some(said) for said in (FIRST, SECOND, WANTED))
    scenario = Scenario("acme", clean(), first=first, second=second, now=now, settle=0.02)
    return trial(scenario, faults, spoiled, clean)


def _some(said: Said) -> Said:
    return {key: one for key, one in said.items() if key in ONE_OF_EACH}


def test_the_small_run_without_faults() -> None:
    """One of each; the activation is repaired."""
    done = in_process({})
    assert (done.code, done.problems) == (0, [])
    assert len(done.seen) == REQUESTS, [f"{s.method} {s.path}" for s in done.seen]


def planned(seen: list[Seen], number: int) -> int:
    """The pairs of this request with those after it in a run without faults; those of healing come on top."""
    return len(kinds(seen[number - 1])) * sum(len(kinds(later)) for later in seen[number:])


def test_how_many_pairs_there_are() -> None:
    """Every two requests of the run, times every fault of each."""
    seen = in_process({}).seen
    pairs = sum(planned(seen, number) for number in range(1, REQUESTS + 1))
    say(f"{REQUESTS} requests: {pairs} pairs, and those of healing")
    assert pairs == PAIRS


@pytest.mark.parametrize(
    "number",
    [
        number if number in ALWAYS else pytest.param(number, marks=pytest.mark.needs_all)
        for number in range(1, REQUESTS + 1)
    ],
)
def test_every_pair(number: int) -> None:
    """Each fault of this request, with each fault of each request that comes after it, those of healing too."""
    seen = in_process({}).seen
    plain = seen[number - 1]
    alone = {kind: in_process({number: kind}) for kind in kinds(plain)}
    pairs = [
        {number: kind, later.number: other}
        for kind, first in alone.items()
        for later in first.seen[number:]
        for other in kinds(later)
    ]
    done = [*alone.values(), *side_by_side([partial(in_process, faults) for faults in pairs])]
    assert all(d.reached for d in done)
    assert len(pairs) >= planned(seen, number)
    bad = [str(d) for d in done if d.problems]
    say(f"request {number}, {plain.method} {plain.path}: {len(pairs)} pairs, {len(bad)} bad")
    assert not bad, "\n".join(bad)
