"""What git has said since the last write, over real git histories; drift is held in all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.model.plan import Plan
from reconciler.model.wanted import OnDrift
from tests.app.team import Team
from tests.app.world import World
from tests.core.case import derived_id, identifier
from tests.fake import LG, LH

ADOPTED = "62e209ca-9154-432a-b9e9-2d75c7a9219b"


@pytest.fixture
def team(tmp_path: Path) -> Team:
    """One assistant, committed and applied."""
    team = Team.start(tmp_path, World.of(LG))
    team.manifest("w/one", "a")
    team.commit("one")
    team.apply()
    return team


def _states(plan: Plan) -> list[str]:
    said = [f"{type(c).__name__.lower()} {c.state}" for c in plan.changes]
    return said + [f"held {h.change.state}{' ahead' if h.ahead else ''}" for h in plan.held]


def _studio(team: Team, prompt: str, name: str = "w/one") -> None:
    team.world.server.patch(identifier(name), context={"prompt": prompt})


def test_an_edit_in_git_is_behind(team: Team) -> None:
    """Several commits later it is still what we wrote last."""
    for prompt in ("b", "c"):
        team.manifest("w/one", prompt)
        team.commit(prompt)
    assert _states(team.plan()) == ["update behind"]


def test_a_merge_commit_is_followed_by_its_first_parent(team: Team) -> None:
    """A pull request with commits of its own, merged."""
    team.git("switch", "-q", "-c", "topic")
    team.manifest("w/one", "b")
    team.commit("b")
    team.git("switch", "-q", "main")
    team.commit("something else")
    team.git("merge", "-q", "--no-ff", "-m", "merge", "topic")
    assert _states(team.plan()) == ["update behind"]


def test_going_back_in_studio_to_what_git_said_since_is_behind(team: Team) -> None:
    """Somebody puts by hand what git said at a commit after the last write: that is no drift."""
    team.manifest("w/one", "b")
    team.commit("b")
    team.manifest("w/one", "c")
    team.commit("c")
    _studio(team, "b")
    assert _states(team.plan()) == ["update behind"]


def test_an_edit_in_studio_is_drift(team: Team) -> None:
    """It is held; while git does not move, nothing waits."""
    _studio(team, "by hand")
    team.commit("something else")
    assert _states(team.plan()) == ["held edited"]
    assert team.apply().exit_code == 0


def test_an_edit_in_studio_and_in_git_waits_for_as_long_as_it_takes(team: Team) -> None:
    """Git has moved on, and however many commits follow, apply goes on saying that git is not true."""
    _studio(team, "by hand")
    team.manifest("w/one", "b")
    team.commit("b")
    for _ in range(3):
        assert _states(team.plan()) == ["held edited ahead"]
        assert team.apply().exit_code == 5
        team.commit("something else")


def test_a_folder_that_moved_with_an_edit_is_behind(team: Team) -> None:
    """The settings' folder moves and a prompt changes in one commit."""
    (team.top / "gitops").mkdir()
    for part in ("assistants", "reconciler.yaml"):
        team.git("mv", part, f"gitops/{part}")
    team.folder = "gitops"
    team.manifest("w/one", "b")
    team.commit("move and edit")
    assert _states(team.plan()) == ["update behind"]


def test_an_adopted_one_that_was_renamed_with_an_edit_is_behind(team: Team) -> None:
    """The manifest of an adopted assistant gets another key and another prompt in one commit."""
    team.world.server.create(assistant_id=ADOPTED, graph_id="writer", name="w/hand", context={"prompt": "a"})
    team.manifest("w/hand", "a", f"assistant_id: {ADOPTED}\n")
    team.commit("adopt")
    team.apply(adopt=True)
    team.git("rm", "-q", "assistants/w/hand.yaml")
    team.manifest("w/other", "b", f"assistant_id: {ADOPTED}\n")
    team.commit("rename and edit")
    assert _states(team.plan()) == ["update behind"]


def test_a_shallow_clone_still_knows_what_we_wrote(team: Team, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Git's history is not needed where what is live is what we wrote last."""
    team.manifest("w/one", "b")
    team.commit("b")
    clone = tmp_path_factory.mktemp("clone")
    team.git("clone", "-q", "--depth", "1", f"file://{team.top}", str(clone))
    assert _states(Team(clone, team.world).plan()) == ["update behind"]


def test_a_shallow_clone_says_what_it_cannot_know(team: Team, tmp_path_factory: pytest.TempPathFactory) -> None:
    """An edit in Studio is called an edit, and the plan says what that rests on."""
    team.manifest("w/one", "b")
    team.commit("b")
    _studio(team, "by hand")
    clone = tmp_path_factory.mktemp("clone")
    team.git("clone", "-q", "--depth", "1", f"file://{team.top}", str(clone))
    plan = Team(clone, team.world).plan()
    assert _states(plan) == ["held edited ahead"]
    assert [d.code for d in plan.diagnostics] == ["base-unknown"]


def test_a_dirty_tree_is_marked_and_no_drift(team: Team) -> None:
    """What was applied from uncommitted files is what we wrote last."""
    team.manifest("w/one", "b")
    team.apply()
    assert team.world.live("w/one")["metadata"]["reconciler"]["commit"].endswith("-dirty")
    team.manifest("w/one", "c")
    assert _states(team.plan()) == ["update behind"]


def test_a_revert_activates(tmp_path: Path) -> None:
    """`git revert` of a prompt edit, and an edit after that."""
    team = Team.start(tmp_path, World.of(LH))
    for prompt in ("a", "b"):
        team.manifest("w/one", prompt)
        team.commit(prompt)
        team.apply()
    team.git("revert", "--no-edit", "HEAD")
    assert _states(team.plan()) == ["activate behind"]
    team.apply()
    team.commit("something else")
    team.manifest("w/one", "c")
    team.commit("c")
    assert _states(team.plan()) == ["update behind"]


def test_deleted_outside_git_is_said(team: Team) -> None:
    """Git had it when another one was written, so it is not called new."""
    team.manifest("w/two", "b")
    team.commit("two")
    team.apply()
    team.world.server.delete(derived_id("w/one"))
    plan = team.plan()
    assert _states(plan) == ["create missing"]
    assert "deleted outside git, or never created" in str(plan.changes[0].note)


def test_a_new_one_is_new(team: Team) -> None:
    """No word of a deletion where git did not have it before."""
    team.manifest("w/two", "b")
    team.commit("two")
    assert [c.note for c in team.plan().changes] == [None]


def test_a_broken_manifest_in_the_past_said_nothing(team: Team) -> None:
    """A commit that could not be applied does not stop the plan."""
    team.write("assistants/w/one.yaml", "graph_id: [\n")
    team.commit("broken")
    team.manifest("w/one", "c")
    team.commit("mended")
    _studio(team, "by hand")
    assert _states(team.plan()) == ["held edited ahead"]


def test_what_git_said_where_the_file_was_before(team: Team) -> None:
    """The manifest has moved since it was written, and keeps its key: what it said at its old place counts too."""
    team.manifest("w/one", "b")
    team.commit("b")
    (team.root / "assistants/w/one.yaml").unlink()
    team.write("assistants/x/first.yaml", "graph_id: writer\nname: w/one\ncontext: {prompt: c}\nkey: w/one\n")
    team.commit("moved, and c")
    _studio(team, "b")
    assert _states(team.plan()) == ["update behind"]


def test_what_git_said_through_other_files(team: Team) -> None:
    """A prompt in a base, rows and a prompt file: what they came to at a commit in between is no drift."""
    for prompt in ("b", "c"):
        (team.root / "assistants/w/one.yaml").unlink(missing_ok=True)
        team.write("assistants/_base.yaml", "graph_id: writer\ncontext: {prompt: !template {file: p.md}}\n")
        team.write("assistants/p.md", f"{prompt}${{more}}")
        team.write(
            "assistants/w.yaml",
            "extends: _base.yaml\nname: !each name\nfor_each: [{id: one, name: w/one, more: '!'}]\n",
        )
        team.commit(prompt)
    _studio(team, "b!")
    assert _states(team.plan()) == ["update behind"]
    _studio(team, "b")
    assert _states(team.plan()) == ["held edited ahead"]


def test_an_older_job_run_again_after_a_rollback(tmp_path: Path) -> None:
    """The live marker is an old one again; the newest version of ours says that this commit is behind: blocked."""
    team = Team.start(tmp_path, World.of(LH))
    for prompt in ("a", "m", "b"):
        team.manifest("w/one", prompt)
        team.commit(prompt)
        if prompt != "m":
            team.apply()
    team.world.server.set_latest(identifier("w/one"), 1)
    team.git("checkout", "-q", "HEAD~1")
    made = team.plan(default_on_drift=OnDrift.OVERWRITE)
    assert [guard.guard for guard in made.guards if guard.verdict == "blocked"] == ["older_commit"]
