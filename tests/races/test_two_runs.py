"""Two applies of one commit side by side: converged, at most one version too many, and that is told."""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from reconciler.sandbox import Sandbox
from reconciler.server.transport import Address, Transport
from tests.fake import LG, LH, FakeServer, Traits, transport
from tests.faults.scenario import FIRST, SECOND, WANTED, Scenario
from tests.faults.trial import say
from tests.races.two_runs import Both, side_by_side

ADDRESS = Address(url="http://127.0.0.1:2024")
KEYS = ("new/one", "edit/one", "back/b-prompt", "gone/one")
PLANNED = 7
"""Requests of a run before its first write."""
REQUESTS = 18
"""Of a run alone; more than that is none."""
MANY, SAMPLE = 60, 16


def scenario(owner: str, direct: Transport) -> Scenario:
    """One of each kind of change."""
    first, second, now = ({k: said for k, said in s.items() if k in KEYS} for s in (FIRST, SECOND, WANTED))
    return Scenario(owner, direct, first=first, second=second, now=now, settle=0.02)


def on_fake(traits: Traits, schedule: Sequence[int]) -> Both:
    """On a fake of its own."""
    server = FakeServer(traits)
    one = scenario("acme", Transport(ADDRESS, allow="writes", wire=transport(server)))
    return side_by_side(one, lambda: transport(server), ADDRESS, schedule)


def judge(done: Sequence[Both], what: str) -> None:
    """Print what there was; nothing of it may be wrong."""
    doubled, both = sum(len(d.doubled) for d in done), sum(len(d.by_both) for d in done)
    bad = [str(d) for d in done if d.problems]
    stale = sum(d.stale for d in done)
    say(f"{what}: {len(done)} schedules, {stale} runs stale, {doubled} doubled ({both} told by both), {len(bad)} bad")
    assert not bad, "\n".join(bad)


@pytest.mark.parametrize(
    ("traits", "step"),
    [pytest.param(LG, 2, marks=pytest.mark.needs_all), (LH, 6)],
    ids=["restores part", "restores all"],
)
def test_every_schedule_of_three_turns(traits: Traits, step: int) -> None:
    """The first run gets so far, the second so far, then the first goes on to its end."""
    halts = range(PLANNED, REQUESTS + 1)
    schedules = [(i, j) for i in halts for j in range(1, REQUESTS + 1, step)] + [(i,) for i in halts]
    done = [on_fake(traits, schedule) for schedule in schedules]
    assert len(done) == 12 * (18 // step + 1)
    judge(done, "three turns")
    assert any(d.doubled for d in done), "no schedule in which they meet"


def test_many_turns() -> None:
    """Schedules by lot."""
    lot = random.Random(5)
    done = [on_fake(LG, [lot.choice((1, 1, 2, 3, 5)) for _ in range(30)]) for _ in range(MANY)]
    judge(done, "many turns")


def test_a_sample_on_the_real_server(real_server: Sandbox, direct: Transport) -> None:
    """By lot, where the server is not ours; and without any schedule."""
    numbers, address = itertools.count(1), Address(url=real_server.url)

    def on_real(schedule: Sequence[int]) -> Both:
        one = scenario(f"t{os.getpid()}-{next(numbers)}", direct)
        try:
            return side_by_side(one, lambda: httpx2.HTTPTransport(trust_env=False), address, schedule)
        finally:
            one.clean_up()

    lot = random.Random(6)
    schedules = [[PLANNED, PLANNED, *(lot.choice((1, 2, 3)) for _ in range(20))] for _ in range(SAMPLE)]
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(on_real, schedules))
    judge(done, "real server")
