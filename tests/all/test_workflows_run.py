"""The workflows, run by act: the real steps in the real order, with a `make` that only writes down what it is asked."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.needs_all

CI = Path(__file__).resolve().parents[2] / ".github" / "workflows" / "ci.yml"

STAND_IN = """\
name: stand-in
description: An action that does nothing
inputs:
  persist-credentials: {description: as checkout}
  python-version: {description: as setup-python}
runs:
  using: composite
  steps: [{run: "true", shell: bash}]
"""

Ci = Callable[..., tuple[int, str]]


def commit(folder: Path) -> None:
    who = ("-c", "user.name=test", "-c", "user.email=test@example.com")
    for command in (("init", "-q", "-b", "main"), ("add", "-A"), (*who, "commit", "-qm", "one")):
        subprocess.run(["git", *command], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def ci(tool: Callable[..., str], tmp_path: Path) -> Ci:
    """Runs one job of ci.yml in a repository of its own; answers with its exit code and what `make` was asked."""
    work, action, programs, home = (tmp_path / name for name in ("work", "action", "bin", "home"))
    for folder in (work / ".github" / "workflows", action, programs, home):
        folder.mkdir(parents=True)
    shutil.copy(CI, work / ".github" / "workflows")
    (action / "action.yml").write_text(STAND_IN, encoding="utf-8")
    commit(work)
    commit(action)
    subprocess.run(["git", "remote", "add", "origin", "https://github.com/acme/agents.git"], cwd=work, check=True)
    asked = tmp_path / "asked"
    asked.touch()
    used = set(re.findall(r"uses: (\S+@\S+)", CI.read_text(encoding="utf-8")))

    def run(job: str, *, fails: str = "nothing") -> tuple[int, str]:
        make = programs / "make"
        make.write_text(f'#!/bin/sh\necho "$*" >>{asked}\n[ "$*" != {fails} ]\n', encoding="utf-8")
        make.chmod(0o755)
        done = subprocess.run(
            [tool("act"), "push", "--job", job, "--platform", "ubuntu-latest=-self-hosted", "--no-cache-server"]
            + [f"--local-repository={name}={action}" for name in sorted(used)],
            cwd=work,
            env={"PATH": f"{programs}:/usr/local/bin:/usr/bin:/bin", "HOME": str(home)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert "Job succeeded" in done.stdout or "Job failed" in done.stdout, done.stdout + done.stderr
        return done.returncode, asked.read_text(encoding="utf-8")

    return run


def test_each_python_is_linted_and_tested(ci: Ci) -> None:
    """Three versions, and for each the two commands that a contributor runs."""
    code, asked = ci("python")
    assert code == 0
    assert sorted(asked.split()) == ["lint"] * 3 + ["test"] * 3


def test_a_failing_step_fails_the_job(ci: Ci) -> None:
    """What fails is not carried on from, and not hidden."""
    code, asked = ci("python", fails="lint")
    assert code != 0
    assert set(asked.split()) == {"lint"}
