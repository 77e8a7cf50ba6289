"""One trial: a fresh scenario, one run through the proxy, the report held against the server, a second clean run."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx2

from reconciler.errors import ReconcilerError
from reconciler.model.report import Report
from reconciler.server.transport import Address, Transport
from tests.faults.proxy import LATE, Proxy, Seen
from tests.faults.scenario import Scenario

TIMEOUT = 0.5
SIDE_BY_SIDE = 12
"""Trials at a time: most of their time is waiting."""

_numbers = itertools.count(1)

Spoil = Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Trial:
    """`code` is the exit code of the spoiled run, `problems` what must not be; `seen` the requests of that run."""

    faults: Spoil
    code: int
    problems: list[str]
    seen: list[Seen] = field(repr=False)
    said: str = ""

    def __str__(self) -> str:
        where = [f"{k}:{f} on {self._asked(k)}" for k, f in sorted(self.faults.items())]
        return f"{' + '.join(where) or 'no fault'} -> exit {self.code}: {'; '.join((*self.problems, self.said))}"

    @property
    def reached(self) -> bool:
        """Whether every fault came to its turn."""
        return len(self.seen) >= max(self.faults, default=0)

    def _asked(self, number: int) -> str:
        if number > len(self.seen):
            return "nothing"
        seen = self.seen[number - 1]
        end = seen.path.rpartition("/")[2]
        return f"{seen.method} …/{end if len(end) < 20 else 'ID'}"


class Wire(httpx2.HTTPTransport):
    """Tells the proxy of a refused connection, which only the client can know of."""

    def __init__(self, proxy: Proxy) -> None:
        super().__init__(trust_env=False)
        self._proxy = proxy

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        try:
            return super().handle_request(request)
        except httpx2.ConnectError:
            self._proxy.was_refused()
            raise


Run = Callable[[Transport], Report | ReconcilerError]
Spoiled = Callable[[Spoil, Run], tuple[Report | ReconcilerError, list[Seen]]]
"""Carries out a run on a connection that is spoiled; with what was seen of it."""


def through_proxy(url: str) -> Spoiled:
    """By a proxy in front of the server at `url`."""

    def spoiled(faults: Spoil, run: Run) -> tuple[Report | ReconcilerError, list[Seen]]:
        with Proxy(url, faults) as proxy:
            address = Address(url=proxy.url, timeout=TIMEOUT)
            report = run(Transport(address, allow="writes", wire=Wire(proxy)))
            proxy.wait_until_quiet()
            return report, list(proxy.seen)

    return spoiled


def trial(scenario: Scenario, faults: Spoil, spoiled: Spoiled, clean: Callable[[], Transport]) -> Trial:
    """Spoil one run and judge. `clean` is a connection for the second run."""
    scenario.prepare()
    report, seen = spoiled(faults, scenario.run)
    problems = scenario.untrue(report) + second_run(scenario, clean)
    return Trial(faults, report.exit_code, problems, seen, _said(report))


def second_run(scenario: Scenario, clean: Callable[[], Transport]) -> list[str]:
    """What is wrong after a further run that nothing spoils."""
    problems: list[str] = []
    again = scenario.run(clean())
    if again.exit_code != 0:
        problems.append(f"the second run: exit {again.exit_code} {_said(again)}")
    problems += [f"{key}: after the second run {wrong}" for key, wrong in scenario.wrong().items()]
    return problems + scenario.damage()


def on_real(url: str, direct: Transport, faults: Spoil) -> Trial:
    """A trial on the real server at `url`, which others use too: an owner of its own, nothing left behind. `direct` is
    a connection past the proxy."""
    scenario = Scenario(f"f{os.getpid()}-{next(_numbers)}", direct)
    try:
        return trial(scenario, faults, through_proxy(url), lambda: Transport(Address(url=url), allow="writes"))
    finally:
        scenario.clean_up()


def healed(done: Trial) -> bool:
    """Whether a single fault was healed within the run. Of what comes late the run may say that it does not know."""
    allowed = (0, 6) if set(done.faults.values()) & set(LATE) else (0,)
    return not done.problems and done.code in allowed


def side_by_side(jobs: Sequence[Callable[[], Trial]]) -> list[Trial]:
    """All of them, several at a time, in their order."""
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        return list(pool.map(lambda job: job(), jobs))


def say(line: str) -> None:
    """The number of trials is part of the proof."""
    print(line)  # noqa: T201 - the number of trials is to be seen


def _said(report: object) -> str:
    if isinstance(report, ReconcilerError):
        return f"({type(report).__name__}: {report.message})"
    outcomes = getattr(report, "outcomes", ())
    return " ".join(f"({o.result}: {o.error})" for o in outcomes if o.error)
