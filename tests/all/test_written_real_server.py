"""The workflows that `init` writes, under act, against the real Agent Server: a merge is live, an edit is an issue."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from reconciler.sandbox import Sandbox
from tests.all.runner import ROOT, TOOL, Runner
from tests.core.case import derived_id
from tests.github import stand_in

pytestmark = pytest.mark.needs_all


@pytest.fixture
def owner(real_server: Sandbox) -> Iterator[str]:
    """A name of its own on the server that others use too; what it made is gone afterwards."""
    name = f"act-{uuid.uuid4().hex[:8]}"
    yield name
    httpx2.delete(f"{real_server.url}/assistants/{derived_id('tweet', name)}")


def test_from_a_pull_request_to_drift(
    tool: Callable[..., str], tmp_path: Path, real_server: Sandbox, owner: str
) -> None:
    """Planned and tried, merged, live and answered; edited in Studio, one issue; put back, and the issue is closed; an
    edit whose answer is not as expected is red, with both answers."""
    runner, github = Runner(tmp_path, tool("act")), stand_in.StandIn(page=2)
    public, url = "https://live.example.com", real_server.url
    runner.write("reconciler.yaml", f"owner: {owner}\ndeployments: {{live: {{url: '{public}', api_key_env: null}}}}\n")
    runner.write("schemas/writer.json", (ROOT / "schemas" / "writer.json").read_text("utf-8"))
    (runner.work / "assistants").mkdir()
    command = [sys.executable, "-m", "reconciler", "init", "--ci", "github", "--tool", TOOL]
    subprocess.run(
        command, cwd=runner.work, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True, capture_output=True
    )
    settings = (runner.work / "reconciler.yaml").read_text("utf-8")
    runner.write("reconciler.yaml", f"{settings.replace(public, url)}\ntry_on: live\n")
    runner.commit("one")

    def live() -> dict[str, Any]:
        found: dict[str, Any] = httpx2.get(f"{url}/assistants/{derived_id('tweet', owner)}").raise_for_status().json()
        return found

    with stand_in.listen(github) as api:
        runner.environ, runner.secrets = {"GITHUB_API_URL": api}, {"GITHUB_TOKEN": "bot-token"}
        runner.branch()
        manifest = {"graph_id": "writer", "name": "Tweet", "context": {"system_prompt": "Be short."}}
        tries = [{"name": "asks", "input": "Who are you?", "expect": {"contains": "Be short."}}]
        runner.write("assistants/tweet.yaml", json.dumps(manifest | {"tries": tries}))
        runner.commit()
        event = runner.pull_request()
        github.pull(runner.number, event["pull_request"]["head"]["sha"])
        code, said = runner.run("pull_request", "assistants-plan", event)
        assert code == 0, said
        (comment,) = github.bodies(runner.number)
        assert "- Try `asks`: passed in" in comment
        assert "Be short." in comment.partition("**The answer**")[2]
        search = {"metadata": {"reconciler": "try"}}
        assert httpx2.post(f"{url}/threads/search", json=search).json() == []
        assert httpx2.get(f"{url}/assistants/{derived_id('tweet', owner)}").status_code == 404

        event = runner.merge()
        github.pulls[runner.number] |= {"state": "closed", "merged_at": "2026-11-20T10:00:00Z"}
        github.merged[event["after"]] = [runner.number]
        code, said = runner.run("push", "assistants-apply", event)
        assert code == 0, said
        assert live()["context"]["system_prompt"] == "Be short."
        assert "\nlive in `live`" in github.bodies(runner.number)[-1]

        edited = {"context": {"system_prompt": "By hand."}, "config": {}}
        httpx2.patch(f"{url}/assistants/{derived_id('tweet', owner)}", json=edited).raise_for_status()
        code, said = runner.run("schedule", "assistants-drift", runner.push())
        assert code == 0, said
        (issue,) = github.issues.values()
        assert issue["state"] == "open"
        assert "By hand." in issue["body"]
        inputs = {"inputs": {"on-drift": "overwrite"}}
        code, said = runner.run("workflow_dispatch", "assistants-apply", runner.push() | inputs)
        assert code == 0, said
        assert live()["context"]["system_prompt"] == "Be short."
        code, said = runner.run("schedule", "assistants-drift", runner.push())
        assert code == 0, said
        (issue,) = github.issues.values()
        assert issue["state"] == "closed"

        runner.branch()
        changed = manifest | {"context": {"system_prompt": "Be long."}, "tries": tries}
        runner.write("assistants/tweet.yaml", json.dumps(changed))
        runner.commit()
        event = runner.pull_request()
        github.pull(runner.number, event["pull_request"]["head"]["sha"])
        code, said = runner.run("pull_request", "assistants-plan", event)
        assert code != 0
        comment = github.bodies(runner.number)[0]
        assert "and the try fails" in comment
        before, _, after = comment.partition("**The answer before**")[2].partition("**The answer after**")
        assert ("Be short." in before, "Be long." in after) == (True, True)
        assert live()["context"]["system_prompt"] == "Be short."
