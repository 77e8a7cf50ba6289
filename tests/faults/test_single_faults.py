"""Every request of a run spoiled in every way, on the real server: each is healed within the run."""

from __future__ import annotations

from functools import partial

import pytest

from reconciler.sandbox import Sandbox
from reconciler.server.transport import Transport
from tests.faults.proxy import FAULTS
from tests.faults.scenario import ACTIONS, Scenario
from tests.faults.trial import healed, on_real, say, side_by_side

REQUESTS = 31
"""Of the run without faults: asserted below, so that no request of it is left out."""
TRIALS = 465
ALWAYS = ("answer_dropped", "502_after", "429", "late_closed")
"""Faults that `make test` tries; `make test-all` tries all others."""


def test_the_run_without_faults(real_server: Sandbox, direct: Transport) -> None:
    """It creates, updates, activates and deletes; exit 0, and a second run finds nothing to do."""
    scenario = Scenario("f-plain", direct)
    scenario.prepare()
    made, _ = scenario.plan(direct)
    scenario.clean_up()
    assert set(ACTIONS.values()) == {type(c).__name__.lower() for c in made.changes}
    done = on_real(real_server.url, direct, {})
    assert (done.code, done.problems) == (0, [])
    assert len(done.seen) == REQUESTS >= 20, [f"{s.number} {s.method} {s.path}" for s in done.seen]


def test_how_many_trials_there_are() -> None:
    """Every request times every fault."""
    say(f"{REQUESTS} requests x {len(FAULTS)} faults = {REQUESTS * len(FAULTS)} trials")
    assert REQUESTS * len(FAULTS) == TRIALS


@pytest.mark.parametrize(
    "fault", [fault if fault in ALWAYS else pytest.param(fault, marks=pytest.mark.needs_all) for fault in FAULTS]
)
def test_every_request_spoiled(real_server: Sandbox, direct: Transport, fault: str) -> None:
    """The judge is the server's own version list, after a second, clean run."""
    done = side_by_side([partial(on_real, real_server.url, direct, {k: fault}) for k in range(1, REQUESTS + 1)])
    assert [str(d) for d in done if not d.reached] == []
    assert [d.seen[k].fault for k, d in enumerate(done)] == [fault] * REQUESTS
    bad = [str(d) for d in done if not healed(d)]
    say(f"{fault}: {len(done)} trials, {len(bad)} not healed")
    assert not bad, "\n".join(bad)
