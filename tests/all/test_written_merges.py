"""The workflows that `reconciler init` writes, on the branch that is applied: merges, drift, rollbacks, run by act."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.all.runner import git
from tests.all.written import Written, bare
from tests.all.written import written as make

pytestmark = pytest.mark.needs_all


@pytest.fixture
def written(tool: Callable[..., str], tmp_path: Path) -> Iterator[Written]:
    with make(tmp_path, tool("act")) as made:
        yield made


def test_merged(written: Written) -> None:
    """What the pull request showed is live after the merge, and the pull request says so. The next run has nothing to
    do: it has no second job, and the server is not written to."""
    assert written.apply()[0] == 0
    before = len(written.asked)
    written.runner.branch()
    written.manifest("tweet", context={"tone": "warm"})
    written.runner.commit()
    code, said = written.plan()
    assert code == 0, said
    code, said = written.merge()
    assert code == 0, said
    assert "/Apply live" in said
    assert written.asked[before:] == [written.asked[-1]]
    assert written.asked[-1].startswith("PATCH /assistants/")
    (answer,) = [
        one for one in written.comments() if one.startswith("<!-- reconciler:answer owner=acme deployment=live -->")
    ]
    assert "not live yet" not in answer.lower()
    assert "live" in answer
    count = len(written.asked)
    code, said = written.apply()
    assert code == 0, said
    assert "/Apply live" not in said
    assert len(written.asked) == count


def test_an_apply_that_fails(tool: Callable[..., str], tmp_path: Path) -> None:
    """The run is red, and the pull request is told that it is not live, with what the server said."""
    with make(tmp_path, tool("act"), auth_handler="read_only") as written:
        written.runner.branch()
        written.manifest("second")
        written.runner.commit()
        assert written.plan()[0] == 0
        code, said = written.merge()
        assert code != 0
        assert "Failure - Main Apply" in said
        (answer,) = [one for one in written.comments() if one.startswith("<!-- reconciler:answer")]
        assert "not live yet" in answer
        assert "403" in answer or "Forbidden" in answer, answer


def test_what_was_edited_outside_git_is_held(written: Written) -> None:
    """The settings do not say what becomes of an edit, so a merge of something else leaves it as it is."""
    assert written.apply()[0] == 0
    written.edit("tweet", tone="mine")
    written.runner.branch()
    written.manifest("second")
    written.runner.commit()
    assert written.plan()[0] == 0
    code, said = written.merge()
    assert code == 0, said
    assert written.live("tweet")["context"] == {"tone": "mine"}


def test_drift(written: Written) -> None:
    """One issue, updated in place, closed once there is no drift; with `accept`, a pull request that takes it."""
    assert written.apply()[0] == 0
    code, said = written.runner.run("schedule", "assistants-drift", written.runner.push())
    assert code == 0, said
    assert written.github.issues == {}
    written.edit("tweet", tone="mine")
    for _ in range(2):
        code, said = written.runner.run("schedule", "assistants-drift", written.runner.push())
        assert code == 0, said
        (issue,) = written.github.issues.values()
        assert issue["state"] == "open"
        assert "tone" in issue["body"]
    written.server.set_latest(written.live("tweet")["assistant_id"], 1)
    code, said = written.runner.run("schedule", "assistants-drift", written.runner.push())
    assert code == 0, said
    (issue,) = written.github.issues.values()
    assert issue["state"] == "closed"


def test_accept(written: Written, tmp_path: Path) -> None:
    """A pull request with what was changed outside git and its plan; the branch is pushed with the token alone, and the
    job that reads the server has none that writes."""
    assert written.apply()[0] == 0
    written.edit("tweet", tone="mine")
    remote = bare(written, tmp_path / "remote.git")
    count = len(written.asked)
    code, said = written.by_hand("drift", accept="true")
    assert code == 0, said
    assert written.github.pulls, said
    (pull,) = written.github.pulls.values()
    assert pull["head"]["ref"] == "reconciler/accept-live"
    assert pull["base"]["ref"] == "main"
    assert "live" in pull["title"]
    assert pull["body"].startswith("This takes into git what was changed outside git in **live**")
    assert "## Deployment `live`: no changes" in pull["body"]
    content = git(remote, "show", "reconciler/accept-live:assistants/tweet.yaml")
    assert "mine" in content
    assert len(written.asked) == count
    assert written.github.issues == {}
    assert "/Drift of live" not in said


def test_rollback(written: Written) -> None:
    """By hand: the versions are shown first, then the one that was asked for is live."""
    assert written.apply()[0] == 0
    written.manifest("tweet", context={"tone": "warm"})
    written.runner.commit()
    assert written.apply()[0] == 0
    code, said = written.by_hand("rollback", deployment="live", assistant="tweet", version="")
    assert code == 0, said
    assert said.index("/Versions in live") < said.index("/Roll back in live")
    assert written.live("tweet")["context"] == {}
    count = len(written.asked)
    code, said = written.by_hand("rollback", deployment="live", assistant="-y", version="1")
    assert code != 0
    assert len(written.asked) == count


def test_in_order(tool: Callable[..., str], tmp_path: Path) -> None:
    """A comment for each deployment. After the merge the first that cannot be applied stops those after it; what comes
    before it is applied."""
    with make(tmp_path, tool("act"), "one", "two", "three") as written:
        written.settings(", prune: true")
        written.runner.commit()
        written.runner.branch()
        written.manifest("second")
        written.runner.commit()
        code, said = written.plan()
        assert code == 0, said
        assert [one.partition("deployment=")[2].split()[0] for one in written.comments()] == ["one", "two", "three"]
        code, said = written.merge()
        assert code == 0, said
        assert said.index("/Apply one") < said.index("/Apply two") < said.index("/Apply three")
        made = {name: len(server.log.writes) for name, server in written.servers.items()}
        assert set(made.values()) == {2}
        written.remove("second")
        written.manifest("third")
        written.runner.write(
            "assistants/tweet.yaml",
            json.dumps({"graph_id": "writer", "name": "tweet", "overrides": {"two": {"context": {"tone": "warm"}}}}),
        )
        written.edit("second", "two", tone="edited, so its deletion is blocked")
        written.runner.commit()
        code, said = written.apply()
        assert code != 0
        assert len(written.servers["one"].log.writes) > made["one"]
        assert len(written.servers["two"].log.writes) == made["two"]
        assert len(written.servers["three"].log.writes) == made["three"]
