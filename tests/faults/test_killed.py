"""A run that is killed at any of its requests, on the real server: the next run makes everything right."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from functools import partial

import pytest

from reconciler.sandbox import Sandbox
from reconciler.server.transport import Address, Transport
from tests.faults.messages import Message
from tests.faults.proxy import Proxy, Seen, _Server
from tests.faults.scenario import Scenario
from tests.faults.test_single_faults import REQUESTS
from tests.faults.trial import Trial, say, second_run, side_by_side
from tests.faults.victim import Victims


class Killing(Proxy):
    """Kills the client at its k-th request: before the server gets it, or `after` it was carried out."""

    def __init__(self, upstream: str, number: int, *, after: bool) -> None:
        super().__init__(upstream)
        self._at, self._after = number, after
        self._pid: int | None = None
        self._known = threading.Event()

    def whom(self, pid: int) -> None:
        """The process that the requests come from."""
        self._pid = pid
        self._known.set()

    def _one(self, connection: object, request: Message, seen: Seen, server: _Server) -> bool:
        if seen.number != self._at:
            return super()._one(connection, request, seen, server)  # type: ignore[arg-type]  # the base class has a narrower server
        if self._after:
            self._forward(request, seen, server)
        assert self._known.wait(10)
        assert self._pid is not None
        os.kill(self._pid, signal.SIGKILL)
        return False


@pytest.fixture(scope="module")
def victims() -> Iterator[Victims]:
    """Forks the runs."""
    found = Victims()
    yield found
    found.close()


def killed(url: str, direct: Transport, victims: Victims, number: int, after: bool) -> Trial:
    """One run that is killed, the next one that is not, and what the server has then."""
    scenario = Scenario(f"k{os.getpid()}-{number}-{after}", direct)
    try:
        scenario.prepare()
        killing = Killing(url, number, after=after)
        with killing:
            pid = victims.start(scenario.owner, killing.url)
            killing.whom(pid)
            victims.wait(pid)
            killing.wait_until_quiet()
            seen = list(killing.seen)
        problems = second_run(scenario, lambda: Transport(Address(url=url), allow="writes"))
        return Trial({number: "killed"}, -signal.SIGKILL, problems, seen)
    finally:
        scenario.clean_up()


@pytest.mark.parametrize("after", [pytest.param(False, marks=pytest.mark.needs_all), True], ids=["before", "after"])
def test_killed_at_every_request(real_server: Sandbox, direct: Transport, victims: Victims, after: bool) -> None:
    """Run again: every assistant holds what git wants, no version twice, none lost."""
    jobs = [partial(killed, real_server.url, direct, victims, k, after) for k in range(1, REQUESTS + 1)]
    done = side_by_side(jobs)
    bad = [str(d) for d in done if d.problems]
    say(f"killed {'after' if after else 'before'} it was carried out: {len(done)} trials, {len(bad)} bad")
    assert not bad, "\n".join(bad)
    assert [len(d.seen) for d in done] == list(range(1, REQUESTS + 1))
    assert [d.seen[-1].committed is not None for d in done] == [after] * REQUESTS
