"""A check after an apply, on every kind of server: what fails goes back, and stays so until git says something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.model.report import Result
from reconciler.model.trial import Answered, Verdict
from reconciler.model.wanted import OnDrift
from tests.app.checking import ONE, TWO, answered, begin, found, number, prompt, results, run, say, states
from tests.app.team import Team
from tests.app.test_rollback_dialects import EVERY_SERVER
from tests.core.case import derived_id
from tests.fake import Traits


@EVERY_SERVER
def test_what_answers_as_expected_stays(tmp_path: Path, traits: Traits) -> None:
    """One run of the assistant itself, and nothing else: no version more than the apply made."""
    team = begin(tmp_path, traits, "good a")
    say(team, "good b")
    report = run(team)
    assert (report.exit_code, report.converged, results(report)) == (0, True, {ONE: "applied"})
    assert (found(report).verdict, found(report).kept, found(report).proof) == (Verdict.PASSED, None, None)
    assert answered(team) == ["good b"]
    assert {given.assistant_id for given in team.world.server.runs.asked} == {derived_id(ONE)}


@EVERY_SERVER
def test_what_does_not_is_taken_back(tmp_path: Path, traits: Traits) -> None:
    """What was live before is live again, which a run shows; one more version at most, and the others stand."""
    team = begin(tmp_path, traits, "good a")
    say(team, "bad b")
    say(team, "good x", TWO)
    before = number(team)
    report = run(team)
    assert (report.exit_code, report.converged) == (5, False)
    assert results(report) == {ONE: "rolled_back", TWO: "applied"}
    assert prompt(team) == "good a"
    assert prompt(team, TWO) == "good x"
    (outcome,) = [o for o in report.outcomes if o.result is Result.ROLLED_BACK]
    assert outcome.error == "try `tent`: does not contain `good`"
    assert outcome.version == team.world.live(ONE)["version"]
    one = found(report)
    assert (one.verdict, one.before, one.kept) == (Verdict.FAILED, 1, None)
    assert isinstance(one.proof, Answered)
    assert one.proof.text.endswith("good a")
    assert sorted(map(str, answered(team))) == ["bad b", "good a", "good x"]
    whole = traits.restores_context_and_graph == "yes" or traits.context == "unknown"
    assert number(team) == before + (1 if whole else 2)


@EVERY_SERVER
@pytest.mark.parametrize("policy", list(OnDrift))
def test_it_is_held(tmp_path: Path, traits: Traits, policy: OnDrift) -> None:
    """The next merge does not try it again, nor write it, whatever the policy; what git says next ends that."""
    team = begin(tmp_path, traits, "good a")
    say(team, "bad b")
    run(team)
    say(team, "good x", TWO)
    runs = len(answered(team))
    for commits in (1, 0):
        for at in range(commits):
            team.commit(f"something else {at}")
        report = run(team, default_on_drift=policy)
        assert (report.exit_code, prompt(team)) == (0, "good a")
    assert states(team, policy) == [f"held {ONE}"]
    assert answered(team)[runs:] == ["good x"], "of the assistant that was held nothing is run"
    say(team, "good c")
    report = run(team, default_on_drift=OnDrift.OVERWRITE)
    assert (report.exit_code, prompt(team)) == (0, "good c")
    assert states(team, policy) == []


@EVERY_SERVER
def test_where_an_older_version_was_made_active(tmp_path: Path, traits: Traits) -> None:
    """Git went back to it, and it fails: what was live before is the newest version, and is held all the same."""
    team = begin(tmp_path, traits, "bad a", "good b")
    say(team, "bad a")
    report = run(team)
    assert results(report) == {ONE: "rolled_back"}
    assert prompt(team) == "good b"
    for policy in OnDrift:
        assert states(team, policy) == [f"held {ONE}"]
        run(team, default_on_drift=policy)
    assert prompt(team) == "good b"
    say(team, "good c")
    assert run(team).exit_code == 0
    assert prompt(team) == "good c"


@EVERY_SERVER
def test_reverted_in_git(tmp_path: Path, traits: Traits) -> None:
    """Git agrees: nothing to write, and no version is made."""
    team = begin(tmp_path, traits, "good a")
    say(team, "bad b")
    run(team)
    team.git("revert", "--no-edit", "HEAD")
    before = number(team)
    assert run(team).exit_code == 0
    assert (number(team), states(team)) == (before, [])


@EVERY_SERVER
def test_an_edit_that_was_overwritten_is_live_again(tmp_path: Path, traits: Traits) -> None:
    """What was live before is what somebody made in Studio, with what they keep in its metadata."""
    team = begin(tmp_path, traits, "good a")
    _studio(team, "good by hand", reviewed="ana")
    say(team, "bad b")
    report = run(team)
    assert results(report) == {ONE: "rolled_back"}
    assert prompt(team) == "good by hand"
    assert team.world.live(ONE)["metadata"]["reviewed"] == "ana"
    assert states(team) == [f"held {ONE}"]


@EVERY_SERVER
def test_a_rollback_that_was_ended_is_live_again(tmp_path: Path, traits: Traits) -> None:
    """It had been checked and taken back before; what git says next fails too."""
    team = begin(tmp_path, traits, "good a")
    for bad in ("bad b", "bad c"):
        say(team, bad)
        report = run(team)
        assert (results(report), prompt(team)) == ({ONE: "rolled_back"}, "good a")
        for policy in OnDrift:
            assert states(team, policy) == [f"held {ONE}"]
    say(team, "good d")
    assert run(team).exit_code == 0


@EVERY_SERVER
def test_half_of_an_older_version(tmp_path: Path, traits: Traits) -> None:
    """Somebody made a version active and the server brought part of it back: that is what was live, and is again."""
    team = begin(tmp_path, traits, "good a", "good b")
    team.world.server.set_latest(derived_id(ONE), 1)
    was = prompt(team)
    say(team, "bad c")
    report = run(team)
    assert results(report) == {ONE: "rolled_back"}
    assert prompt(team) == was
    assert states(team) == [f"held {ONE}"]


@EVERY_SERVER
def test_what_was_not_committed_yet(tmp_path: Path, traits: Traits) -> None:
    """Taken back from a dirty tree: it is held then, and once it is committed; what git says next ends that."""
    team = begin(tmp_path, traits, "good a")
    manifest = team.root / f"assistants/{ONE}.yaml"
    manifest.write_text(manifest.read_text("utf-8").replace("good a", "bad b"), "utf-8")
    assert results(run(team)) == {ONE: "rolled_back"}
    for commits in (0, 1):
        if commits:
            team.commit("bad b")
        for policy in OnDrift:
            assert states(team, policy) == [f"held {ONE}"]
    say(team, "good c")
    assert (run(team).exit_code, prompt(team)) == (0, "good c")


@EVERY_SERVER
def test_a_created_one_stays(tmp_path: Path, traits: Traits) -> None:
    """There is nothing to go back to: it is named, and the exit code says that a check failed."""
    team = begin(tmp_path, traits)
    say(team, "bad a")
    report = run(team)
    assert (report.exit_code, results(report), prompt(team)) == (5, {ONE: "applied"}, "bad a")
    assert found(report).kept == "it was created by this apply, so there is nothing to go back to"
    assert states(team) == []


def _studio(team: Team, prompt: str, **metadata: str) -> None:
    """An edit as Studio makes it: everything is sent."""
    row = team.world.live(ONE)
    config = {"configurable": {"system_prompt": prompt}} if team.world.server.traits.context == "unknown" else {}
    values = {} if config else {"context": {"system_prompt": prompt}}
    team.world.server.patch(
        derived_id(ONE),
        graph_id="writer",
        name=row["name"],
        config=config or {"configurable": {}},
        metadata=row["metadata"] | metadata,
        **values,
    )
