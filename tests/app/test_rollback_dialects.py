"""A rollback and what comes after it, on every kind of server and over a real git history."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.app.apply import apply
from reconciler.app.rollback import asked, plan_rollback
from reconciler.app.source import open_repository, provenance, read_source
from reconciler.errors import UsageError
from reconciler.model.plan import Plan
from reconciler.model.report import Report, Result
from reconciler.model.wanted import OnDrift
from reconciler.render import text
from tests.app.team import Team
from tests.app.world import World
from tests.core.case import derived_id
from tests.fake import AEGRA, JS, LG, LG_0_2, LH, Traits
from tests.render.one_text import one_text

ONE = "w/one"
SERVERS = {"LG": LG, "LG_0_2": LG_0_2, "LH": LH, "JS": JS, "AEGRA": AEGRA}
ALWAYS = ("LG", "LH")
"""The server of today and the one that restores everything; the others are for `make test-all`."""
EVERY_SERVER = pytest.mark.parametrize(
    "traits",
    [
        pytest.param(traits, id=name, marks=() if name in ALWAYS else pytest.mark.needs_all)
        for name, traits in SERVERS.items()
    ],
)
POLICIES = list(OnDrift)


def roll(
    team: Team, target: str = ONE, meanwhile: Callable[[], object] = lambda: None, settle: float = 0.3
) -> tuple[Plan, Report]:
    """The command without its question; `meanwhile` happens while the question stands."""
    repository, session = open_repository(team.root), team.world.session()
    origin, source = provenance(repository, {}, None), read_source(repository, None)
    made, said = plan_rollback(source, session, asked(target), origin)
    meanwhile()
    return made, apply(made, said, session.reader, session.writer, settle=settle)  # type: ignore[arg-type]  # this session has a writer


def prompt(team: Team, key: str = ONE) -> object:
    """What runs of the assistant are given."""
    row = team.world.live(key)
    return (row.get("context") or row["config"]["configurable"])["prompt"]


def say(team: Team, prompt: str, key: str = ONE) -> None:
    """Commit another prompt."""
    team.manifest(key, prompt)
    team.commit(f"{key} {prompt}")


def states(plan: Plan) -> list[str]:
    """The changes and what is held, each with its state."""
    said = [f"{type(c).__name__.lower()} {c.state} {'+'.join(c.reasons)}" for c in plan.changes]
    return said + [f"held {h.change.state}{' ahead' if h.ahead else ''}" for h in plan.held]


def begin(tmp_path: Path, traits: Traits, *prompts: str) -> Team:
    """An assistant whose prompts were committed and applied one after the other."""
    team = Team.start(tmp_path, World.of(traits))
    for prompt in prompts:
        say(team, prompt)
        assert team.apply().converged
    return team


@EVERY_SERVER
def test_the_version_before_is_live(tmp_path: Path, traits: Traits) -> None:
    """Proved by reading; a server that restores whole versions is sent nothing else, any other one full update."""
    team = begin(tmp_path, traits, "a", "b")
    before = team.world.versions()
    made, report = roll(team)
    assert (report.exit_code, report.converged) == (0, True)
    assert prompt(team) == "a"
    whole = traits.restores_context_and_graph == "yes"
    made_versions = team.world.versions()[derived_id(ONE)] - before[derived_id(ONE)]
    assert made_versions == (0 if whole or traits.context == "unknown" else 1)
    assert "rolls back to version 1" in one_text(text.plan(made))
    assert "as that version says" in one_text(text.report(report))


@EVERY_SERVER
@pytest.mark.parametrize("policy", POLICIES)
def test_it_outlives_whatever_git_does_not_say_of_it(tmp_path: Path, traits: Traits, policy: OnDrift) -> None:
    """The next merge of something else, a push of two commits and a re-run leave it, and nothing waits for it."""
    team = begin(tmp_path, traits, "a", "b")
    roll(team)
    assert states(team.plan(default_on_drift=policy)) == ["held rolled-back"]
    say(team, "x", "w/two")
    for commits in (1, 2, 0):
        for number in range(commits):
            team.commit(f"something else {number}")
        report = team.apply(default_on_drift=policy)
        assert (report.exit_code, prompt(team)) == (0, "a")
    assert prompt(team, "w/two") == "x"
    assert states(team.plan(default_on_drift=policy)) == ["held rolled-back"]


@EVERY_SERVER
@pytest.mark.parametrize("policy", POLICIES)
def test_git_agrees(tmp_path: Path, traits: Traits, policy: OnDrift) -> None:
    """A revert in git is in step without a version, and what git says after that is an ordinary change."""
    team = begin(tmp_path, traits, "a", "b")
    roll(team)
    team.git("revert", "--no-edit", "HEAD")
    before = team.world.versions()
    assert team.plan(default_on_drift=policy).is_empty
    assert team.apply(default_on_drift=policy).converged
    assert team.world.versions() == before
    say(team, "c")
    (said,) = states(team.plan(default_on_drift=policy))
    assert said.endswith("behind manifest")
    assert team.apply(default_on_drift=policy).exit_code == 0
    assert prompt(team) == "c"
    assert "rollback" not in team.world.live(ONE)["metadata"]["reconciler"]


@EVERY_SERVER
@pytest.mark.parametrize("policy", [OnDrift.HOLD])
def test_git_goes_back_to_what_was_rolled_back_from(tmp_path: Path, traits: Traits, policy: OnDrift) -> None:
    """Agreed, then said again: that is an ordinary change too, not what the rollback was made from."""
    team = begin(tmp_path, traits, "a", "b")
    roll(team)
    say(team, "a")
    team.apply(default_on_drift=policy)
    say(team, "b")
    (said,) = states(team.plan(default_on_drift=policy))
    assert said.endswith("behind manifest")
    team.apply(default_on_drift=policy)
    assert prompt(team) == "b"
    assert team.plan(default_on_drift=policy).is_empty


@EVERY_SERVER
def test_git_says_something_new(tmp_path: Path, traits: Traits) -> None:
    """Then the policy decides, and the plan says that applying ends the rollback."""
    team = begin(tmp_path, traits, "a", "b")
    roll(team)
    say(team, "c")
    assert team.apply(default_on_drift=OnDrift.HOLD).exit_code == 5
    assert team.plan(default_on_drift=OnDrift.BLOCK).blocked
    assert prompt(team) == "a"
    made = team.plan(default_on_drift=OnDrift.OVERWRITE)
    assert "applying this ends the rollback" in " ".join(one_text(text.plan(made)).split())
    assert team.apply(default_on_drift=OnDrift.OVERWRITE).exit_code == 0
    assert prompt(team) == "c"


@EVERY_SERVER
@pytest.mark.parametrize("policy", [OnDrift.HOLD])
def test_ended_by_name(tmp_path: Path, traits: Traits, policy: OnDrift) -> None:
    """`apply --on-drift overwrite KEY` makes git true again, for good."""
    team = begin(tmp_path, traits, "a", "b")
    roll(team)
    asked = {"named": frozenset({ONE}), "selected": frozenset({ONE}), "on_drift": OnDrift.OVERWRITE}
    assert team.apply(default_on_drift=policy, **asked).converged
    assert prompt(team) == "b"
    assert team.plan(default_on_drift=policy).is_empty
    say(team, "c")
    (said,) = states(team.plan(default_on_drift=policy))
    assert said.endswith("behind manifest")


@EVERY_SERVER
def test_a_revert_of_ours_is_no_rollback(tmp_path: Path, traits: Traits) -> None:
    """Git went back and was applied: what git says next is an ordinary change, also under hold."""
    team = begin(tmp_path, traits, "a", "b", "a")
    say(team, "c")
    (said,) = states(team.plan(default_on_drift=OnDrift.HOLD))
    assert said.endswith("behind manifest")


@EVERY_SERVER
def test_twice_goes_further_back(tmp_path: Path, traits: Traits) -> None:
    """Not to what the first one rolled back from; and it is held against that."""
    team = begin(tmp_path, traits, "a", "b", "c")
    for expected in ("b", "a"):
        _, report = roll(team)
        assert (report.exit_code, prompt(team)) == (0, expected)
        assert states(team.plan(default_on_drift=OnDrift.OVERWRITE)) == ["held rolled-back"]
    with pytest.raises(UsageError, match="no version before"):
        roll(team)
    say(team, "d")
    team.apply(default_on_drift=OnDrift.OVERWRITE)
    assert prompt(team) == "d"


@EVERY_SERVER
def test_taken_back_by_number(tmp_path: Path, traits: Traits) -> None:
    """To the version that git says: in step, and nothing is held."""
    team = begin(tmp_path, traits, "a", "b")
    roll(team)
    made, report = roll(team, f"{ONE}@2")
    assert report.converged
    assert prompt(team) == "b"
    assert [d.code for d in made.diagnostics] == ["rollback-agreed"]
    assert team.plan(default_on_drift=OnDrift.HOLD).is_empty


@EVERY_SERVER
def test_from_an_edit_in_studio_past_what_git_says(tmp_path: Path, traits: Traits) -> None:
    """Held although git never said what was rolled back from: git goes on saying what it said."""
    team = begin(tmp_path, traits, "a", "b")
    _studio(team, "by hand")
    _, report = roll(team, f"{ONE}@1")
    assert (report.converged, prompt(team)) == (True, "a")
    team.commit("something else")
    assert team.apply(default_on_drift=OnDrift.OVERWRITE).exit_code == 0
    assert prompt(team) == "a"


@EVERY_SERVER
@pytest.mark.parametrize("policy", POLICIES)
def test_from_what_was_pulled(tmp_path: Path, traits: Traits, policy: OnDrift) -> None:
    """An edit in Studio that git came to say is what git says, though this tool never wrote it: a rollback from it is
    held, and the commit that brought it is what to revert."""
    team = begin(tmp_path, traits, "a")
    _studio(team, "by hand")
    say(team, "by hand")
    assert team.plan(default_on_drift=policy).is_empty
    made, report = roll(team)
    assert (report.converged, prompt(team)) == (True, "a")
    assert f"git revert {team.git('rev-parse', '--short=12', 'HEAD')}" in one_text(text.plan(made))
    for name in ("something else", "one more"):
        team.commit(name)
        assert team.apply(default_on_drift=policy).exit_code == 0
    assert prompt(team) == "a"
    assert states(team.plan(default_on_drift=policy)) == ["held rolled-back"]
    team.git("revert", "--no-edit", "HEAD~2")
    assert team.plan(default_on_drift=policy).is_empty


@EVERY_SERVER
def test_from_what_was_pulled_before_git_moved_on(tmp_path: Path, traits: Traits) -> None:
    """Then the policy decides, as after any rollback."""
    team = begin(tmp_path, traits, "a")
    _studio(team, "by hand")
    say(team, "by hand")
    say(team, "c")
    _, report = roll(team)
    assert (report.converged, prompt(team)) == (True, "a")
    team.commit("something else")
    assert states(team.plan(default_on_drift=OnDrift.HOLD)) == ["held rolled-back ahead"]
    assert team.apply(default_on_drift=OnDrift.OVERWRITE).exit_code == 0
    assert prompt(team) == "c"


@EVERY_SERVER
@pytest.mark.parametrize("policy", [OnDrift.OVERWRITE])
def test_from_a_version_that_git_brought_back(tmp_path: Path, traits: Traits, policy: OnDrift) -> None:
    """Studio's version, pulled after git had overwritten it and made active by an apply: that is what git says."""
    team = begin(tmp_path, traits, "a")
    _studio(team, "by hand")
    say(team, "b")
    team.apply(default_on_drift=OnDrift.OVERWRITE)
    say(team, "by hand")
    assert team.apply(default_on_drift=OnDrift.OVERWRITE).converged
    _, report = roll(team, f"{ONE}@1")
    assert (report.converged, prompt(team)) == (True, "a")
    team.commit("something else")
    assert team.apply(default_on_drift=policy).exit_code == 0
    assert prompt(team) == "a"


@EVERY_SERVER
def test_a_dirty_tree_says_nothing_of_git(tmp_path: Path, traits: Traits) -> None:
    """Pulled and not committed, an edit is not yet what git says; beside other files that are not committed, it is."""
    team = begin(tmp_path, traits, "a", "b")
    _studio(team, "by hand")
    team.manifest(ONE, "by hand")
    roll(team, f"{ONE}@1")
    team.git("checkout", "-q", ".")
    assert states(team.plan(default_on_drift=OnDrift.OVERWRITE)) == ["held rolled-back"]
    roll(team, f"{ONE}@3")
    say(team, "by hand")
    team.manifest("w/two", "x")
    roll(team, f"{ONE}@1")
    team.git("clean", "-qfd")
    assert states(team.plan(default_on_drift=OnDrift.OVERWRITE)) == ["held rolled-back"]


@EVERY_SERVER
def test_an_old_checkout_does_not_end_it(tmp_path: Path, traits: Traits) -> None:
    """Rolled back from a work tree that still says the old content, main goes on holding it."""
    team = begin(tmp_path, traits, "a", "b")
    team.git("checkout", "-q", "HEAD~1")
    _, report = roll(team)
    assert (report.converged, prompt(team)) == (True, "a")
    team.git("checkout", "-q", "main")
    assert states(team.plan(default_on_drift=OnDrift.OVERWRITE)) == ["held rolled-back"]


@EVERY_SERVER
def test_an_old_checkout_does_not_end_the_second_one(tmp_path: Path, traits: Traits) -> None:
    """Also where it says what the first one went back to: that is not git agreeing."""
    team = begin(tmp_path, traits, "a", "b", "c")
    roll(team)
    team.git("checkout", "-q", "HEAD~1")
    _, report = roll(team)
    assert (report.converged, prompt(team)) == (True, "a")
    team.git("checkout", "-q", "main")
    assert states(team.plan(default_on_drift=OnDrift.OVERWRITE)) == ["held rolled-back"]


@EVERY_SERVER
def test_a_revert_does_not_bring_a_rollback_back(tmp_path: Path, traits: Traits) -> None:
    """What git goes back to is activated of a version that git wrote, not of one that says it was a rollback."""
    team = begin(tmp_path, traits, "a", "b")
    _studio(team, "b", reviewed="ana")
    roll(team, f"{ONE}@1")
    say(team, "d")
    team.apply(default_on_drift=OnDrift.OVERWRITE)
    say(team, "a")
    assert team.apply(default_on_drift=OnDrift.OVERWRITE).converged
    assert prompt(team) == "a"
    assert "rollback" not in team.world.live(ONE)["metadata"]["reconciler"]


@EVERY_SERVER
def test_metadata_of_others_stays(tmp_path: Path, traits: Traits) -> None:
    """set-latest would take it back in time (docs/server.md, S17): so all is sent, and it is held all the same."""
    team = begin(tmp_path, traits, "a", "b")
    _studio(team, "b", reviewed="ana")
    _, report = roll(team, f"{ONE}@1")
    assert (report.converged, prompt(team)) == (True, "a")
    assert team.world.live(ONE)["metadata"]["reviewed"] == "ana"
    assert states(team.plan(default_on_drift=OnDrift.OVERWRITE)) == ["held rolled-back"]
    assert team.apply(default_on_drift=OnDrift.OVERWRITE).exit_code == 0
    assert prompt(team) == "a"


@EVERY_SERVER
def test_what_moved_while_the_question_stood(tmp_path: Path, traits: Traits) -> None:
    """It is left alone, and the exit code says so."""
    team = begin(tmp_path, traits, "a", "b")
    _, report = roll(team, meanwhile=lambda: _studio(team, "by hand"))
    assert ([o.result for o in report.outcomes], report.exit_code) == ([Result.STALE], 4)
    assert prompt(team) == "by hand"


def _studio(team: Team, prompt: str, **metadata: str) -> None:
    """An edit as Studio makes it: everything is sent."""
    row = team.world.live(ONE)
    config = {"configurable": {"prompt": prompt}} if team.world.server.traits.context == "unknown" else {}
    values = {} if config else {"context": {"prompt": prompt}}
    team.world.server.patch(
        derived_id(ONE),
        graph_id="writer",
        name=row["name"],
        config=config or {"configurable": {}},
        metadata=row["metadata"] | metadata,
        **values,
    )
