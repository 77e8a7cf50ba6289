"""Every request of a run spoiled in every way: the true answer or an honest unknown, never two runs, nothing left.

| run   | its requests                                                                                    |
|-------|-------------------------------------------------------------------------------------------------|
| plain | info, the run, its status                                                                       |
| lost  | the same, but the connection of the run gives up while it goes on: found by its mark, and joined |
| long  | it has no end within its time: found by its mark, cancelled, its thread deleted                 |
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Event
from typing import Literal

import httpx2
import pytest

from reconciler.errors import ServerError
from reconciler.model.trial import Answered, NotRun, Ran, Unknown
from reconciler.sandbox import Sandbox
from reconciler.server import leftovers
from reconciler.server.reader import Reader
from reconciler.server.runner import Runner, RunOf
from reconciler.server.transport import Address, Transport
from tests.fake import Ends, FakeServer, default_id, listen
from tests.faults.proxy import FAULTS, LATE, Proxy, Seen
from tests.faults.trial import TIMEOUT, Wire, say

Kind = Literal["plain", "lost", "long"]
REQUESTS: dict[Kind, int] = {"plain": 3, "lost": 6, "long": 6}
"""Of each kind without faults, through the proxy: asserted below, so that no request of it is left out."""
ON_REAL = ("refused", "request_dropped", "answer_dropped", "reset", "stalled_after", "429", "503_after", "late_closed")
"""On the real server, where a run takes its time, one fault of each sort is enough; the fake has them all."""
HI = {"messages": [{"role": "user", "content": "hi"}]}
GIVES_UP = 0.4
"""Seconds after which the connection of a `lost` run gives up."""

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Trial:
    """`ran` is how the run ended for us, `acted` how often it did what it does."""

    name: str
    kind: Kind
    faults: Mapping[int, str]
    ran: Ran | ServerError
    acted: int
    seen: list[Seen]

    def __str__(self) -> str:
        where = [f"{k}:{f} on {self._asked(k)}" for k, f in self.faults.items()]
        return f"{self.kind} {' + '.join(where) or 'no fault'} -> acted {self.acted}: {self.ran}"

    def _asked(self, number: int) -> str:
        return f"{self.seen[number - 1].method} {self.seen[number - 1].path}" if number <= len(self.seen) else "nothing"

    @property
    def wrong(self) -> bool:
        """Whether it says what is not so, acted twice, or did not heal what can be healed for certain."""
        at, fault = next(iter(self.faults.items()), (0, ""))
        match self.ran:
            case Answered():
                return self.name not in self.ran.text or self.acted != 1
            case NotRun():
                return self.acted != 0
            case Unknown():
                if self.kind == "long":
                    return bool(self.acted) and not (at == 2 and fault in LATE)
                return self.acted > 1 or at in (0, 1) or (at == 2 and fault in ("refused", "429"))
            case _:
                return True


class Impatient(Wire):
    """Gives up the connection of a run while that goes on, as something in between may do."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/runs/wait":
            request.extensions = {**request.extensions, "timeout": {"connect": 5, "read": GIVES_UP, "write": 5}}
        return super().handle_request(request)


@dataclass
class World:
    """A server, where it is, and how often the run of a name has acted there."""

    url: str
    graph_id: str
    context: Callable[[str, Kind], dict[str, object]]
    acted: Callable[[str], int]
    threads: Callable[[], int]
    seconds: Mapping[Kind, float]

    def trial(self, kind: Kind, faults: Mapping[int, str], seconds: float | None = None) -> Trial:
        """`seconds` is how long the run may take, else as long as its kind has."""
        name = f"trial{next(_numbers)}."
        with Proxy(self.url, faults) as proxy:
            wire = Impatient(proxy) if kind == "lost" else Wire(proxy)
            running = Transport(Address(url=proxy.url, timeout=TIMEOUT), allow="runs", wire=wire)
            ran: Ran | ServerError
            try:
                context = self.context(name, kind)
                what = RunOf(assistant_id=default_id(self.graph_id), input=HI, context=context)  # type: ignore[arg-type]  # JSON
                ran = Runner(running, Reader(running)).run(what, seconds=seconds or self.seconds[kind], stop=Event())
            except ServerError as error:
                ran = error
            running.close()
            proxy.wait_until_quiet()
            seen = list(proxy.seen)
        return Trial(name, kind, faults, ran, self.acted(name), seen)


@contextmanager
def _fake() -> Iterator[World]:
    """A fake whose runs take a while."""
    server = FakeServer()

    def ends(prompt: str) -> Ends:
        return {"plain": Ends(), "lost": Ends(seconds=2.0), "long": Ends(seconds=4.0)}[prompt.rpartition(" ")[2]]

    server.runs.ends = lambda given: ends(given.context["system_prompt"])
    with listen(server) as url:
        yield World(
            url=url,
            graph_id="writer",
            context=lambda name, kind: {"system_prompt": f"{name} {kind}"},
            acted=lambda name: sum(name in str(given.context) for given in list(server.runs.carried_out)),
            threads=lambda: len(server.runs.threads),
            seconds={"plain": 1.5, "lost": 5.0, "long": 0.5},
        )


@pytest.fixture
def real(acting_server: Sandbox, tmp_path: Path) -> Iterator[World]:
    """The real server, whose graph leaves a line for each time that it acts."""
    direct = Transport(Address(url=acting_server.url), allow="reads")

    def acted(name: str) -> int:
        path = tmp_path / name
        return path.read_text("utf-8").count("refund") if path.exists() else 0

    def threads() -> int:
        found = direct.send("POST", "/threads/search", {"metadata": {"reconciler": "try"}, "limit": 1000}).json()
        assert isinstance(found, list)
        return len(found)

    seconds = {"plain": 0.0, "lost": 1.0, "long": 6.0}
    yield World(
        url=acting_server.url,
        graph_id="acting",
        context=lambda name, kind: {"journal": str(tmp_path / name), "prompt": name, "seconds": seconds[kind]},
        acted=acted,
        threads=threads,
        seconds={"plain": 8.0, "lost": 12.0, "long": 2.0},
    )
    direct.close()


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be cleared away is given up soon."""
    monkeypatch.setattr(leftovers, "SECONDS", 2.0)
    monkeypatch.setattr(leftovers, "CANCEL_SECONDS", 1.0)


SWEPT = pytest.mark.parametrize(
    "kind", ["plain", *(pytest.param(kind, marks=pytest.mark.needs_all) for kind in ("lost", "long"))]
)


@pytest.mark.parametrize("kind", REQUESTS)
def test_the_runs_without_faults(real: World, kind: Kind) -> None:
    """The same requests on the fake as on the real server; each has the end that it should have."""
    with _fake() as fake:
        done = [world.trial(kind, {}) for world in (fake, real)]
    for trial in done:
        assert not trial.wrong, str(trial)
        assert isinstance(trial.ran, Unknown if kind == "long" else Answered), str(trial)
        assert len(trial.seen) == REQUESTS[kind], [(s.method, s.path) for s in trial.seen]


@SWEPT
def test_every_request_spoiled_on_the_fake(kind: Kind) -> None:
    """In every way that there is."""
    with _fake() as fake:
        _sweep(fake, kind, FAULTS, side_by_side=12)


@pytest.mark.needs_all  # for a minute
@pytest.mark.parametrize("kind", REQUESTS)
def test_every_request_spoiled_on_the_real_server(real: World, kind: Kind) -> None:
    """The judge is what the graph did."""
    _sweep(real, kind, ON_REAL, side_by_side=6)


def _sweep(world: World, kind: Kind, faults: tuple[str, ...], *, side_by_side: int) -> None:
    jobs = [partial(world.trial, kind, {k: fault}) for k in range(1, REQUESTS[kind] + 1) for fault in faults]
    with ThreadPoolExecutor(side_by_side) as pool:
        done = list(pool.map(lambda job: job(), jobs))
    if kind == "long":  # as long as it takes for what was not cancelled to act
        assert isinstance(world.trial("long", {}, seconds=30).ran, Answered)
        done = [replace(trial, acted=world.acted(trial.name)) for trial in done]
    bad = [str(trial) for trial in done if trial.wrong]
    ends = [type(trial.ran).__name__ for trial in done]
    said = ", ".join(f"{ends.count(end)} {end}" for end in sorted(set(ends)))
    say(f"{kind}: {len(done)} trials ({said}), {len(bad)} wrong")
    assert not bad, "\n".join(bad)
    missed = [str(trial) for trial in done if len(trial.seen) < max(trial.faults)]
    assert not missed, "\n".join(missed)
    until = time.monotonic() + 20
    while world.threads() and time.monotonic() < until:
        time.sleep(0.05)
    assert world.threads() == 0
