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
    """In Studio: an older version is made active, its prompt typed in where the server did not bring it back, or
    metadata of others set. That keeps the old marker, which fits; it is an edit all the same, and hold keeps it."""
    team = begin(tmp_path, traits, "a", "b")
    team.world.server.set_latest(derived_id(ONE), 1)
    _studio(team, "a", reviewed="ana")
    for _ in range(2):
        found = team.plan(default_on_drift=policy)
        assert found.drifted == (ONE,)
        assert (not found.changes) is (policy is not OnDrift.OVERWRITE)
        say(team, "c")


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
