"""A marker that came back with an older version is no sign that git says so again; neither is what git once said."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.model.wanted import OnDrift
from tests.app.test_rollback_dialects import EVERY_SERVER, ONE, POLICIES, _studio, begin, prompt, roll, say, states
from tests.core.case import derived_id
from tests.fake import Traits


@EVERY_SERVER
@pytest.mark.parametrize("policy", POLICIES)
def test_an_old_prompt_put_back_by_hand_after_a_set_latest(tmp_path: Path, traits: Traits, policy: OnDrift) -> None:
    """In Studio: an older version is made active, and its prompt typed in where the server did not bring it back. The
    old marker stays, and fits: it is rolled back, and no apply undoes it unseen."""
    team = begin(tmp_path, traits, "a", "b")
    team.world.server.set_latest(derived_id(ONE), 1)
    _studio(team, "a", reviewed="ana")
    assert states(team.plan(default_on_drift=policy)) == ["held rolled-back"]
    assert (team.apply(default_on_drift=policy).exit_code, prompt(team)) == (0, "a")
    say(team, "c")
    found = team.plan(default_on_drift=policy)
    assert found.drifted == (ONE,)
    assert bool(found.changes) is (policy is OnDrift.OVERWRITE)


@EVERY_SERVER
@pytest.mark.parametrize("policy", POLICIES)
def test_a_rollback_outlives_metadata_of_others(tmp_path: Path, traits: Traits, policy: OnDrift) -> None:
    """Somebody notes on the assistant why it was rolled back: the new version has the old marker."""
    team = begin(tmp_path, traits, "a", "b")
    roll(team)
    _studio(team, "a", why="complaints")
    team.commit("something else")
    assert (team.apply(default_on_drift=policy).exit_code, prompt(team)) == (0, "a")
    assert states(team.plan(default_on_drift=policy)) == ["held rolled-back"]


@EVERY_SERVER
@pytest.mark.parametrize("policy", POLICIES)
def test_a_rollback_to_an_edit_outlives_metadata_of_others(tmp_path: Path, traits: Traits, policy: OnDrift) -> None:
    """The same where git never said what is live again."""
    team = begin(tmp_path, traits, "a", "b")
    _studio(team, "by hand")
    say(team, "c")
    team.apply(default_on_drift=OnDrift.OVERWRITE)
    roll(team, f"{ONE}@3")
    _studio(team, "by hand", why="complaints")
    assert (team.apply(default_on_drift=policy).exit_code, prompt(team)) == (0, "by hand")
    assert states(team.plan(default_on_drift=policy)) == ["held rolled-back"]


@EVERY_SERVER
@pytest.mark.parametrize("policy", POLICIES)
def test_rolled_back_to_what_git_said_in_between(tmp_path: Path, traits: Traits, policy: OnDrift) -> None:
    """Reverted and merged again, and still bad: the second rollback outlives the next merge too."""
    team = begin(tmp_path, traits, "a", "b", "a", "b")
    roll(team)
    assert prompt(team) == "a"
    team.commit("something else")
    assert team.apply(default_on_drift=policy).exit_code == 0
    assert prompt(team) == "a"
    assert states(team.plan(default_on_drift=policy)) == ["held rolled-back"]


@EVERY_SERVER
def test_rolled_back_to_what_was_never_applied_in_between(tmp_path: Path, traits: Traits) -> None:
    """A push of two commits: a revert, and the revert of it."""
    team = begin(tmp_path, traits, "a", "b")
    say(team, "a")
    say(team, "b")
    roll(team)
    team.commit("something else")
    assert states(team.plan(default_on_drift=OnDrift.OVERWRITE)) == ["held rolled-back"]
