"""Every request of an apply with a check spoiled in every way: what is taken back failed, what works stays, and
nothing is done twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Event
from typing import TypeVar

import pytest

from reconciler.app.apply import apply
from reconciler.app.check import How, check
from reconciler.app.observe import inputs, make_plan
from reconciler.app.session import Session
from reconciler.app.source import open_repository, provenance, read_source
from reconciler.core.plan import Options
from reconciler.errors import ServerError
from reconciler.model.plan import Deployment
from reconciler.model.report import Report, Result
from reconciler.model.trial import Ran, Unknown, Verdict
from reconciler.repo.settings import ResolvedDeployment
from reconciler.server.reader import Reader
from reconciler.server.runner import Runner
from reconciler.server.transport import Address, Transport
from reconciler.server.writer import Writer
from tests.app.checking import ends, number, prompt, say
from tests.app.team import Team
from tests.app.world import ALLOW, World
from tests.fake import LG, LH, Ends, Given, Traits
from tests.faults.proxy import Seen
from tests.faults.trial import say as say_so
from tests.faults.wire import SpoiledWire, kinds

URL = "http://127.0.0.1:2024"
SERVERS = pytest.mark.parametrize("traits", [LG, pytest.param(LH, marks=pytest.mark.needs_all)], ids=["LG", "LH"])
SECONDS = 2.0
SIDE_BY_SIDE = 12
T = TypeVar("T")


class Story:
    """A team whose git says `prompt`, which was not applied; with `error` its runs end with one. One repository for
    all trials, and a server for each."""

    def __init__(self, folder: Path, traits: Traits, prompt: str, error: bool) -> None:
        self.traits, self.prompt, self.error = traits, prompt, error
        self._now, self._then = folder / "now", folder / "then"
        self._now.mkdir()
        team = Team.start(self._now, World.of(traits))
        say(team, "good a")
        team.git("worktree", "add", "--quiet", "--detach", str(self._then))
        say(team, prompt)

    def team(self) -> Team:
        """Before the apply."""
        world = World.of(self.traits)
        assert Team(self._then, world).apply().converged
        if self.error:
            ends(
                Team(self._now, world),
                lambda given: Ends(error=("KeyError", "'tone'")) if self._is_new(given) else Ends(),
            )
        return Team(self._now, world)

    def _is_new(self, given: Given) -> bool:
        return given.context.get("system_prompt") == self.prompt


def spoiled(team: Team, faults: dict[int, str]) -> tuple[Report | None, list[Seen]]:
    """One apply with a check of a connection to the fake, which is spoiled; and what was seen of it."""
    wire = SpoiledWire(team.world.server, faults)
    report = carried_out(team, Transport(Address(url=URL), allow="writes", wire=wire))
    wire.finish()
    return report, wire.seen


def carried_out(team: Team, transport: Transport, seconds: float = SECONDS) -> Report | None:
    """One apply with a check; None where it ended before its first write. Closes `transport`."""
    try:
        reader = Reader(transport)
        session = Session(
            deployment=Deployment(name=None, url=URL),
            target=ResolvedDeployment(name=None, url=URL),
            reader=reader,
            writer=Writer(transport, reader),
            runner=Runner(transport, reader),
        )
        repository = open_repository(team.root)
        origin, source = provenance(repository, {}, None), read_source(repository, None)
        made = make_plan(inputs(source, session, origin.commit), session, Options(allow=ALLOW))
        assert session.writer is not None
        report = apply(made, origin, reader, session.writer, settle=0.02, parallelism=1)
        how = How(seconds=seconds, parallelism=1, writes=1)
        return check(report, source, session, origin, how, stop=Event())
    except ServerError:
        return None
    finally:
        transport.close()


def side_by_side(jobs: Sequence[Callable[[], T]]) -> list[T]:
    """What each comes to, in their order. Most of their time is waiting."""
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        return list(pool.map(lambda job: job(), jobs))


def problems(team: Team, story: Story, report: Report | None) -> list[str]:
    """What must not be, whatever was spoiled."""
    found = []
    live, runs = prompt(team), team.world.server.runs
    ran = Counter(str(given.context.get("system_prompt")) for given in runs.carried_out)
    if ran[story.prompt] > (2 if story.error else 1):  # an error is seen twice
        found.append(f"the try was run {ran[story.prompt]} times")
    if ran["good a"] > (2 if story.error else 1):
        found.append(f"what was live before was run {ran['good a']} times")
    if number(team) > (3 if team.world.server.traits is LG else 2):
        found.append(f"{number(team)} versions")
    if report is None:
        return found
    results = [outcome.result for outcome in report.outcomes]
    if Result.ROLLED_BACK in results and live != "good a":
        found.append("it is said to be taken back, and is not")
    if Result.APPLIED in results and live != story.prompt:
        found.append("it is said to be applied, and is not")
    if live == "good a" and story.prompt.startswith("good") and not story.error and number(team) > 1:
        found.append("something that works was taken back")
    if report.exit_code == 0 and (not story.prompt.startswith("good") or story.error):
        found.append("exit 0")
    left = [ran for one in report.checks for trial in one.trials for ran in (trial.after, one.proof)]
    if runs.threads and not any(_says_so(ran) for ran in left):
        found.append(f"{len(runs.threads)} threads are left, and nobody says so")
    return found


def _says_so(ran: Ran | None) -> bool:
    return isinstance(ran, Unknown) and ran.left is not None


STORIES = pytest.mark.parametrize(
    ("said", "error"),
    [
        pytest.param("bad b", False, marks=pytest.mark.needs_all),
        ("good b", False),
        pytest.param("good c", True, marks=pytest.mark.needs_all),
    ],
    ids=["it fails", "it works", "it ends with an error"],
)


@SERVERS
@STORIES
def test_every_request_spoiled(tmp_path: Path, traits: Traits, said: str, error: bool) -> None:
    """A single fault: the end is the one without it, or the run says what it does not know."""
    story = Story(tmp_path, traits, said, error)
    whole, seen = spoiled(story.team(), {})
    assert whole is not None
    works = not said.startswith("bad") and not error
    assert [o.result for o in whole.outcomes] == [Result.APPLIED if works else Result.ROLLED_BACK]

    def one(number: int, fault: str) -> tuple[int, list[str]]:
        team = story.team()
        report, _ = spoiled(team, {number: fault})
        found = problems(team, story, report)
        code = report.exit_code if report is not None else -1
        if code not in (whole.exit_code, 5, 6) or (code == 5 and works):
            found.append(f"exit {code}")
        again, _ = spoiled(team, {})
        if again is None or again.exit_code != 0:
            found.append(f"the next run ends with {again.exit_code if again else 'an error'}")
        where = seen[number - 1]
        return code, [f"{number} {where.method} {where.path} {fault}: {problem}" for problem in found]

    done = side_by_side([partial(one, asked.number, fault) for asked in seen for fault in kinds(asked)])
    bad = [problem for _, found in done for problem in found]
    codes = Counter(code for code, _ in done)
    say_so(f"{len(done)} trials, exit codes {dict(codes)}")
    assert not bad, "\n".join(bad)
    assert codes[whole.exit_code] > codes[6], codes


@STORIES
@pytest.mark.needs_all  # for a minute
@pytest.mark.parametrize("fault", ["answer_dropped", "request_dropped", "503_after"])
def test_from_a_request_on_nothing_works(tmp_path: Path, said: str, error: bool, fault: str) -> None:
    """What it says then is true; nothing that works is taken back, and nothing twice."""
    story = Story(tmp_path, LG, said, error)
    _, seen = spoiled(story.team(), {})

    def one(first: int) -> list[str]:
        team = story.team()
        report, _ = spoiled(team, dict.fromkeys(range(first, first + 400), fault))
        found = problems(team, story, report)
        checks = report.checks if report is not None else ()
        failed = any(check.verdict is Verdict.FAILED for check in checks)
        if prompt(team) == "good a" and number(team) > 1 and not failed:
            found.append("taken back, and no check failed")
        return [f"{first}: {problem}" for problem in found]

    done = side_by_side([partial(one, asked.number) for asked in seen])
    assert not any(done), "\n".join(problem for found in done for problem in found)
