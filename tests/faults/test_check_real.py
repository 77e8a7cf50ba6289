"""An apply with a check on the real server, each request of it spoiled: what fails is what it was before, or the report
says what it does not know; never two versions, and no thread is left."""

from __future__ import annotations

import itertools
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from reconciler.model.report import Report, Result
from reconciler.model.trial import Unknown
from reconciler.sandbox import Sandbox
from reconciler.server.transport import Address, Transport
from tests.app.checking import ONE, say
from tests.app.team import Team
from tests.app.world import World
from tests.core.case import derived_id
from tests.fake import LG
from tests.faults.proxy import LATE, Proxy, Seen
from tests.faults.test_check import carried_out
from tests.faults.trial import Wire
from tests.faults.trial import say as say_so

SIDE_BY_SIDE = 8
FAULTS = ("answer_dropped", "reset_before", "503_after", "refused", *LATE)
REQUESTS = 19
"""Of an apply that writes one assistant, checks it and takes it back, asserted below."""

_numbers = itertools.count(1)


@dataclass
class Trial:
    """One team, one assistant and one spoiled run; `problems` is what must not be."""

    faults: dict[int, str]
    report: Report | None
    seen: list[Seen]
    problems: list[str]

    def __str__(self) -> str:
        where = [f"{k}:{f} on {self.seen[k - 1].path if k <= len(self.seen) else '?'}" for k, f in self.faults.items()]
        return f"{' + '.join(where)} -> {self.report.exit_code if self.report else 'error'}: {'; '.join(self.problems)}"


def trial(folder: Path, server: str, direct: Transport, faults: dict[int, str]) -> Trial:
    """`good a` is live, git says `bad b`; applied and checked through the proxy, and judged past it."""
    owner = f"check{os.getpid()}-{next(_numbers)}"
    identifier = derived_id(ONE, owner)
    root = folder / owner
    root.mkdir()
    team = Team.start(root, World.of(LG))
    team.write("reconciler.yaml", f"owner: {owner}\nschemas: {{writer: open}}\n")
    try:
        say(team, "good a")
        carried_out(team, Transport(Address(url=server), allow="writes"))
        say(team, "bad b")
        with Proxy(server, faults) as proxy:
            address = Address(url=proxy.url, timeout=TIMEOUT)
            report = carried_out(team, Transport(address, allow="writes", wire=Wire(proxy)), seconds=8.0)
            proxy.wait_until_quiet()
            seen = list(proxy.seen)
        return Trial(faults, report, seen, _problems(direct, identifier, report))
    finally:
        direct.send("DELETE", f"/assistants/{identifier}")


TIMEOUT = 2.0
"""Seconds that a request may take: the server answers its runs within that, and is shared."""


def _problems(direct: Transport, identifier: str, report: Report | None) -> list[str]:
    found = []
    live = json.loads(direct.send("GET", f"/assistants/{identifier}").body)
    versions = json.loads(direct.send("POST", f"/assistants/{identifier}/versions", {"limit": 100}).body)
    prompt = live["context"]["system_prompt"]
    if len(versions) > 3:
        found.append(f"{len(versions)} versions")
    if report is None:
        return found
    results = [outcome.result for outcome in report.outcomes]
    if Result.ROLLED_BACK in results and (prompt != "good a" or _answer(direct, identifier) != "good a"):
        found.append(f"it is said to be taken back, and {prompt} is live")
    if Result.APPLIED in results and prompt != "bad b":
        found.append(f"it is said to be applied, and {prompt} is live")
    if report.exit_code == 0:
        found.append("exit 0")
    ends = [ran for one in report.checks for ran in (*(trial.after for trial in one.trials), one.proof)]
    if _threads(direct, identifier) and not any(isinstance(ran, Unknown) and ran.left for ran in ends):
        found.append("a thread is left, and nobody says so")
    return found


def _answer(direct: Transport, identifier: str) -> str:
    """What runs are given now: the server knows it, whatever is listed (docs/server.md, S17)."""
    question = {"assistant_id": identifier, "input": {"messages": [{"role": "user", "content": "A tent"}]}}
    text: str = json.loads(direct.send("POST", "/runs/wait", question, seconds=30).body)["answer"]
    return text.rpartition("] ")[2]


def _threads(direct: Transport, identifier: str) -> list[object]:
    """The threads of our runs, once what goes on has had the time to end."""
    end = time.monotonic() + 10
    while True:
        asked = {"metadata": {"reconciler": "try", "assistant_id": identifier}, "limit": 100}
        found: list[object] = json.loads(direct.send("POST", "/threads/search", asked).body)
        if not found or time.monotonic() > end:
            return found
        time.sleep(0.1)


@pytest.mark.needs_all  # for a minute
@pytest.mark.parametrize("fault", FAULTS)
def test_every_request_on_the_real_server(tmp_path: Path, real_server: Sandbox, direct: Transport, fault: str) -> None:
    """One fault at each request, from the list before the writes to the run that proves it."""
    whole = trial(tmp_path, real_server.url, direct, {})
    assert (len(whole.seen), whole.problems) == (REQUESTS, []), [f"{one.method} {one.path}" for one in whole.seen]
    assert whole.report is not None
    assert [outcome.result for outcome in whole.report.outcomes] == [Result.ROLLED_BACK]
    jobs = [partial(trial, tmp_path, real_server.url, direct, {at: fault}) for at in range(1, REQUESTS + 1)]
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        done = list(pool.map(lambda job: job(), jobs))
    codes = [one.report.exit_code if one.report else None for one in done]
    say_so(f"{fault}: {len(done)} trials, exit codes {codes}")
    assert not any(one.problems for one in done), "\n".join(str(one) for one in done if one.problems)
    assert set(codes) <= {5, 6, None}
    assert codes.count(5) > codes.count(6)
