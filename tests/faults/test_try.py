"""Every request of a whole `try` spoiled in every way: a true answer or an honest unknown on each side, never a failed
expectation, never a run sent twice, and neither assistants nor threads are other than before."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from reconciler.app.session import Session
from reconciler.app.source import Source, open_repository, read_source
from reconciler.app.trying import Asked, carry_out, propose
from reconciler.cli.main import run
from reconciler.errors import ServerError
from reconciler.model.plan import Deployment
from reconciler.model.trial import Answered, NotRun, Ran, Tried, Unknown, Verdict
from reconciler.model.tries import Expect, Try, as_input
from reconciler.repo.settings import ResolvedDeployment
from reconciler.server import leftovers
from reconciler.server.reader import Reader
from reconciler.server.runner import Runner
from reconciler.server.transport import Address, Transport
from tests.cli.places import Repo
from tests.fake import FakeServer, listen
from tests.faults.proxy import FAULTS, Proxy, Seen
from tests.faults.trial import TIMEOUT, Wire, say

REQUESTS = 7
"""Of a try without faults, asserted below: info, the list, the graph's nodes, and of each run it and its thread."""

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Trial:
    """`acted` is how often the graph ran for each side, before and after."""

    faults: Mapping[int, str]
    came: Tried | ServerError
    acted: tuple[int, int]
    seen: list[Seen]

    def __str__(self) -> str:
        where = [f"{k}:{f} on {self.seen[k - 1].path if k <= len(self.seen) else '?'}" for k, f in self.faults.items()]
        return f"{' + '.join(where) or 'no fault'} -> acted {self.acted}: {self.came}"

    @property
    def wrong(self) -> bool:
        if isinstance(self.came, ServerError):
            return self.acted != (0, 0)
        (trial,) = self.came.trials
        assert trial.before is not None
        if trial.verdict not in (Verdict.PASSED, Verdict.UNKNOWN):
            return True
        sides = zip((trial.before, trial.after), self.acted, ("Old", "New"), strict=True)
        return any(_lies(ran, acted, said) for ran, acted, said in sides)


def _lies(ran: Ran, acted: int, said: str) -> bool:
    match ran:
        case Answered():
            return acted != 1 or said not in ran.text
        case Unknown():
            return acted > 1
        case NotRun():
            return acted != 0
        case _:
            return True


@dataclass
class World:
    server: FakeServer
    url: str
    source: Source

    def trial(self, faults: Mapping[int, str]) -> Trial:
        name = f"trial{next(_numbers)}."
        tried = Try(name=name, input=as_input(name), expect=Expect(contains=("New",)), path="a.yaml")
        with Proxy(self.url, faults) as proxy:
            running = Transport(Address(url=proxy.url, timeout=TIMEOUT), allow="runs", wire=Wire(proxy))
            came: Tried | ServerError
            try:
                reader = Reader(running)
                runner = Runner(running, reader)
                session = Session(
                    deployment=Deployment(name="staging", url=self.url),
                    target=ResolvedDeployment(name="staging", url=self.url),
                    reader=reader,
                    runner=runner,
                )
                came = carry_out(
                    propose(self.source, session, Asked(tries=(tried,))), runner, parallelism=1, seconds=2.0
                )
            except ServerError as error:
                came = error
            running.close()
            proxy.wait_until_quiet()
            seen = list(proxy.seen)
        ran = [given for given in list(self.server.runs.carried_out) if name in json.dumps(given.input)]
        acted = [sum(said in str(given.context) for given in ran) for said in ("Old", "New")]
        return Trial(faults, came, (acted[0], acted[1]), seen)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """One assistant is live, and its prompt has changed in the files."""
    monkeypatch.setattr(leftovers, "SECONDS", 2.0)
    monkeypatch.setattr(leftovers, "CANCEL_SECONDS", 1.0)
    server, repo = FakeServer(), Repo(tmp_path / "repo")
    with listen(server) as url:
        repo.deployment(url)
        repo.manifest("tweet", "Old.")
        assert run(["apply", "-y", "-C", str(repo.root)]) == 0
        repo.manifest("tweet", "New.", "tries: [{name: x, input: x}]")
        yield World(server, url, read_source(open_repository(repo.root), "staging"))


@pytest.mark.needs_all  # for six seconds; test_runs spoils each request of a single run
def test_every_request_spoiled(world: World) -> None:
    """One fault at a time, at each request, in each way."""
    before = world.server.state()
    plain = world.trial({})
    assert isinstance(plain.came, Tried)
    assert not plain.wrong, str(plain)
    assert plain.came.exit_code == 0
    assert len(plain.seen) == REQUESTS, [(s.method, s.path) for s in plain.seen]
    jobs = [{number: fault} for number in range(1, REQUESTS + 1) for fault in FAULTS]
    with ThreadPoolExecutor(12) as pool:
        done = list(pool.map(world.trial, jobs))
    bad = [str(trial) for trial in done if trial.wrong]
    healed = sum(isinstance(trial.came, Tried) and trial.came.exit_code == 0 for trial in done)
    say(f"try: {len(done)} trials, {healed} as without a fault, {len(bad)} wrong")
    assert not bad, "\n".join(bad)
    end = time.monotonic() + 20
    while world.server.runs.threads and time.monotonic() < end:
        time.sleep(0.05)
    assert world.server.runs.threads == []
    assert world.server.state() == before
