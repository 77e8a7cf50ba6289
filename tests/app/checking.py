"""A team that applies with a check: one assistant whose tries look for words in the answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

from reconciler.app.apply import apply
from reconciler.app.check import How, check
from reconciler.app.observe import inputs, make_plan
from reconciler.app.running import Progress, no_progress
from reconciler.app.source import open_repository, provenance, read_source
from reconciler.core.plan import Options
from reconciler.model.change import key_of
from reconciler.model.report import Check, Report
from reconciler.model.wanted import OnDrift
from tests.app.team import Team
from tests.app.world import ALLOW, World
from tests.core.case import derived_id
from tests.fake import LG, Ends, Given, Traits

ONE, TWO = "w/one", "w/two"
QUESTION = {"messages": [{"role": "user", "content": "A tent"}]}
EXPECTS = {"contains": "good"}


def begin(tmp_path: Path, traits: Traits = LG, *prompts: str) -> Team:
    """Prompts of one assistant, committed and applied one after the other, not checked."""
    team = Team.start(tmp_path, World.of(traits))
    for prompt in prompts:
        say(team, prompt)
        assert team.apply(default_on_drift=OnDrift.OVERWRITE).converged
    return team


def say(team: Team, prompt: str, key: str = ONE, expects: Any = EXPECTS, **more: Any) -> None:
    """Commit a prompt, with one try of it; `more` are fields of the manifest."""
    fields = {"graph_id": "writer", "name": key, "context": {"system_prompt": prompt}}
    tries = [{"name": "tent", "input": QUESTION, **({"expect": expects} if expects else {})}]
    team.write(f"assistants/{key}.yaml", json.dumps({**fields, "tries": tries, **more}))
    team.commit(f"{key} {prompt}")


def run(
    team: Team,
    how: How | None = None,
    stop: Event | None = None,
    meanwhile: Callable[[], object] = lambda: None,
    progress: Progress = no_progress,
    **options: Any,
) -> Report:
    """Apply with a check; `meanwhile` happens between the two, `progress` hears of each run."""
    given = {"allow": ALLOW, "default_on_drift": OnDrift.OVERWRITE} | options
    repository, session = open_repository(team.root), team.world.session()
    assert session.writer is not None
    origin, source = provenance(repository, {}, None), read_source(repository, None)
    assert not source.failed, source.diagnostics
    made = make_plan(inputs(source, session, origin.commit), session, Options(**given))
    report = apply(made, origin, session.reader, session.writer, settle=0.3, parallelism=2)
    meanwhile()
    how = how or How(seconds=20.0)
    return check(report, source, session, origin, how, stop=stop or Event(), progress=progress)


def prompt(team: Team, key: str = ONE) -> object:
    """What runs of the assistant are given."""
    row = team.world.live(key)
    return (row.get("context") or row["config"]["configurable"])["system_prompt"]


def answered(team: Team) -> list[object]:
    """The prompt of each run so far."""
    return [given.context.get("system_prompt") for given in team.world.server.runs.asked]


def number(team: Team, key: str = ONE) -> int:
    """How many versions there are."""
    return len(team.world.server.versions(derived_id(key)))


def results(report: Report) -> dict[str, str]:
    """key -> what became of it."""
    return {key_of(outcome.change): outcome.result.value for outcome in report.outcomes}


def found(report: Report, key: str = ONE) -> Check:
    """The check of one assistant."""
    (one,) = [check for check in report.checks if check.key == key]
    return one


def states(team: Team, policy: OnDrift = OnDrift.OVERWRITE) -> list[str]:
    """What the next plan has to do, and what it holds."""
    made = team.plan(default_on_drift=policy)
    return [f"{key_of(c)} {c.state}" for c in made.changes] + [f"held {key_of(h.change)}" for h in made.held]


def ends(team: Team, how: Callable[[Given], Ends]) -> None:
    """How runs end from now on."""
    team.world.server.runs.ends = how
