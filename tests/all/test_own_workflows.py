"""This repository's own workflows under act: they are not red for its examples, and run nothing of a pull request."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.all.runner import ROOT
from tests.all.written import KEY, Written
from tests.all.written import written as make

pytestmark = pytest.mark.needs_all

WORKFLOWS = Path(".github", "workflows")
CANARY = '#!/usr/bin/env bash\necho here >>"$HOME/canary"\nenv >>"$HOME/canary"\n'


@pytest.fixture
def written(tool: Callable[..., str], tmp_path: Path) -> Iterator[Written]:
    """A repository that has the action, and the workflows as they stand here."""
    with make(tmp_path, tool("act"), "staging") as made:
        shutil.copytree(ROOT / ".github" / "actions", made.runner.work / ".github" / "actions")
        for name in ("plan", "apply", "drift", "rollback"):
            shutil.copy(ROOT / WORKFLOWS / f"{name}.yml", made.runner.work / WORKFLOWS / f"assistants-{name}.yml")
        made.settings(", api_key_env: STAGING_LANGSMITH_API_KEY")
        made.runner.secrets |= {"STAGING_LANGSMITH_API_KEY": KEY}
        made.runner.commit()
        yield made


def test_a_pull_request_that_changes_the_action(written: Written) -> None:
    """The action of the commit before runs, with the key and with the token that writes; nothing of the pull request's
    own does, wherever it puts it."""
    written.runner.variables = {"RECONCILER": "on"}
    written.runner.branch()
    for folder in ("", "trusted/", "source/", "source/trusted/"):
        for name in ("run.sh", "tool.sh", "inputs.sh"):
            written.runner.write(f"{folder}.github/actions/reconcile/{name}", CANARY)
    written.runner.write("reconciler/__main__.py", "import os\nopen(os.environ['HOME'] + '/canary', 'w')\n")
    written.manifest("second")
    written.runner.commit()
    event = written.runner.pull_request()
    event["pull_request"]["base"]["sha"] = event["before"] = written.runner.main()
    written.github.pull(7, event["pull_request"]["head"]["sha"])
    code, said = written.runner.run("pull_request", "assistants-plan", event)
    assert code == 0, said
    (comment,) = written.comments()
    assert "second" in comment
    assert not (written.runner.home / "canary").exists()


def test_nobody_is_asked(written: Written) -> None:
    """While the variable is not set a pull request is validated, planned without a server, and green; a merge and a
    schedule do nothing."""
    written.runner.secrets = {"GITHUB_TOKEN": "bot-token"}
    written.runner.branch()
    written.manifest("second")
    written.runner.commit()
    event = written.runner.pull_request()
    event["pull_request"]["base"]["sha"] = written.runner.main()
    code, said = written.runner.run("pull_request", "assistants-plan", event)
    assert code == 0, said
    assert "create second" in said
    pushed = written.runner.merge()
    for event_name, name in (("push", "apply"), ("schedule", "drift")):
        code, said = written.runner.run(event_name, f"assistants-{name}", pushed)
        assert code == 0, said
    assert written.servers["staging"].log == []
    assert written.github.requests == []


def test_merged(written: Written) -> None:
    """With the variable a merge reaches the server."""
    written.runner.variables = {"RECONCILER": "on"}
    code, said = written.apply()
    assert code == 0, said
    assert [one.path for one in written.servers["staging"].log.writes] == ["/assistants"]
