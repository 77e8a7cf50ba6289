"""The workflows that `reconciler init` writes, where tries run: before the merge, on the pull request, and after it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.all.runner import git
from tests.all.written import Written
from tests.all.written import written as make

pytestmark = pytest.mark.needs_all

TRIES = [{"name": "greets", "input": "Hello", "expect": {"contains": "politely"}}]


@pytest.fixture
def written(tool: Callable[..., str], tmp_path: Path) -> Iterator[Written]:
    """One assistant, live, with a prompt and a try; tries run on that deployment."""
    with make(tmp_path, tool("act")) as made:
        made.runner.write("schemas/writer.json", json.dumps({"type": "object", "additionalProperties": True}))
        settings(made, "try_on: live\n")
        says(made, "Write politely.")
        made.runner.commit()
        code, said = made.apply()
        assert code == 0, said
        yield made


def settings(made: Written, more: str) -> None:
    made.settings()
    content = (made.runner.work / "reconciler.yaml").read_text("utf-8")
    made.runner.write("reconciler.yaml", content + more)


def says(made: Written, prompt: str) -> None:
    made.manifest("tweet", context={"system_prompt": prompt}, tries=TRIES)


def runs(made: Written) -> int:
    return sum(request.path == "/runs/wait" for request in made.server.log)


def test_the_answers_are_in_the_comment(written: Written) -> None:
    """Before and after, under the difference; green; no assistant is written, and each is run once. In a merge queue
    nothing is run again."""
    writes = written.asked
    written.runner.branch()
    says(written, "Write politely, and briefly.")
    head = written.runner.commit()
    code, said = written.plan()
    assert code == 0, said
    (comment,) = written.comments()
    before, after = comment.partition("**The answer before**")[2], comment.partition("**The answer after**")[2]
    assert "Write politely.\n" in before
    assert "Write politely, and briefly." in after
    assert "- Try `greets`: passed in" in comment
    assert "A try is a real run" in comment
    assert runs(written) == 2
    assert [one for one in written.asked if not one.startswith("POST /runs/wait")] == writes
    queue = {"merge_group": {"base_sha": git(written.runner.work, "rev-parse", "main"), "head_sha": head}}
    code, said = written.runner.run("merge_group", "assistants-plan", queue)
    assert code == 0, said
    assert runs(written) == 2


def test_a_failed_expectation_is_red(written: Written) -> None:
    """The plan succeeds, the comment says which try fails and why, and then the verdict is red."""
    written.runner.branch()
    says(written, "Write briefly.")
    written.runner.commit()
    code, said = written.plan()
    assert code != 0
    assert "Success - Main Plan" in said
    assert "Failure - Main Comment" in said
    (comment,) = written.comments()
    assert "changes 1 assistant, and the try fails" in comment
    assert "does not contain `politely`" in comment
    assert "live: tweet, try greets: failed: does not contain" in said


def test_a_pull_request_does_not_say_where_tries_run(written: Written) -> None:
    """The settings of the commit before count: one that names a deployment for tries runs nothing, and says nothing of
    tries; nor does a fork's."""
    settings(written, "")
    written.runner.commit()
    written.runner.branch()
    settings(written, "try_on: live\n")
    says(written, "Write briefly.")
    written.runner.commit()
    code, said = written.plan()
    assert code == 0, said
    assert runs(written) == 0
    (comment,) = written.comments()
    assert "tried" not in comment
    event = written.runner.pull_request(head="stranger/agents")
    code, said = written.runner.run("pull_request", "assistants-plan", event)
    assert code == 0, said
    assert runs(written) == 0


def test_only_a_try_changes(written: Written) -> None:
    """What is live already is tried by the new expectation, and the comment says that nothing else changes."""
    written.runner.branch()
    tries = [{"name": "greets", "input": "Hello", "expect": {"contains": "Write"}}]
    written.manifest("tweet", context={"system_prompt": "Write politely."}, tries=tries)
    written.runner.commit()
    code, said = written.plan()
    assert code == 0, said
    (comment,) = written.comments()
    assert "no changes" in comment
    assert "### Tried, and not changed (1)" in comment
    assert runs(written) == 1


def test_what_fails_after_the_merge_is_taken_back(written: Written) -> None:
    """With `check: true` the apply runs the tries by itself: red, what was live before is live again, and the answer on
    the pull request says so."""
    settings(written, "")
    content = (written.runner.work / "reconciler.yaml").read_text("utf-8")
    written.runner.write("reconciler.yaml", content.replace("'}", "', check: true}"))
    written.runner.commit()
    written.runner.branch()
    says(written, "Write briefly.")
    written.runner.commit()
    code, said = written.plan()
    assert code == 0, said
    code, said = written.merge()
    assert code != 0
    assert written.live("tweet")["context"]["system_prompt"] == "Write politely."
    (answer,) = [one for one in written.comments() if one.startswith("<!-- reconciler:answer")]
    assert "not live yet in `live`" in answer
    assert "was taken back, since its check failed" in answer
    assert "does not contain `politely`" in answer
    code, said = written.apply()
    assert code == 0, said
    assert written.live("tweet")["context"]["system_prompt"] == "Write politely.", said
    (answer,) = [one for one in written.comments() if one.startswith("<!-- reconciler:answer")]
    assert "not live yet in `live`" in answer
    assert "is left as it is" in answer
