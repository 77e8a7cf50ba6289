"""The jobs of the `.gitlab-ci.yml` that `init` writes, run by bash as GitLab's runner does, against a server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from tests.all.runner import ROOT, git
from tests.all.written import KEY, Written
from tests.all.written import written as make
from tests.fake import FakeServer, Traits, listen

pytestmark = pytest.mark.needs_all


@pytest.fixture
def written(tool: Callable[..., str], tmp_path: Path) -> Iterator[Written]:
    with make(tmp_path, tool("act")) as made:
        settings = (made.runner.work / "reconciler.yaml").read_text("utf-8")
        made.runner.write("reconciler.yaml", settings.replace("127.0.0.1", "live.example").replace("http:", "https:"))
        command = [sys.executable, "-m", "reconciler", "init", "--ci", "gitlab", "--tool", "assistants-reconciler==1"]
        subprocess.run(command, cwd=made.runner.work, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True)
        made.settings()
        made.runner.commit()
        programs = tmp_path / "programs"
        programs.mkdir()
        (programs / "python").write_text(f'#!/bin/sh\necho "$* in $PWD" >>{made.runner.asked}\n')
        (programs / "reconciler").write_text(f'#!/bin/sh\nexec {sys.executable} -I -m reconciler "$@"\n')
        for one in programs.iterdir():
            one.chmod(0o755)
        yield made


def job(written: Written, name: str, **variables: str) -> tuple[int, str]:
    """Its script in the checkout; the exit code and what it said."""
    ci = yaml.safe_load((written.runner.work / ".gitlab-ci.yml").read_text("utf-8"))
    script = "\n".join([*ci[".reconciler"]["before_script"], *ci[name]["script"]])
    environ = {name: str(value) for name, value in ci["variables"].items()} | {
        "PATH": f"{written.runner.work.parent / 'programs'}:{os.environ['PATH']}",
        "CI_PROJECT_DIR": str(written.runner.work),
        "RECONCILER_API_KEY": KEY,
    }
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        cwd=written.runner.work,
        env=environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_merge_request(written: Written) -> None:
    """It is validated, planned without a server, and planned with the settings of the target branch: nothing reaches
    the address that it names."""
    base = git(written.runner.work, "rev-parse", "HEAD")
    written.manifest("second")
    thief = FakeServer(Traits())
    with listen(thief) as url:
        written.urls["live"] = url
        written.settings()
        written.runner.commit()
        for name, says in (
            ("validate", "2 assistants: valid"),
            ("offline", "create second"),
            ("plan", "create second"),
        ):
            code, said = job(written, name, CI_MERGE_REQUEST_DIFF_BASE_SHA=base)
            assert code == 0, said
            assert says in said
    assert thief.log == []
    assert written.asked == []
    assert len(written.server.log) > 0
    installed = written.runner.asked.read_text("utf-8")
    assert installed == "-I -m pip install --quiet assistants-reconciler==1 in /\n" * 3


def test_a_merge(written: Written) -> None:
    """The plan is kept, and exactly that is applied, with what was permitted said again; a page of it is kept too."""
    before = git(written.runner.work, "rev-parse", "HEAD")
    written.manifest("second")
    written.runner.commit()
    code, said = job(written, "plan", CI_COMMIT_BEFORE_SHA=before)
    assert code == 0, said
    ci = yaml.safe_load((written.runner.work / ".gitlab-ci.yml").read_text("utf-8"))
    assert all((written.runner.work / path).is_file() for path in ci["plan"]["artifacts"]["paths"])
    code, said = job(written, "apply", CI_COMMIT_BEFORE_SHA="0" * 40)
    assert code == 0, said
    assert '--base "$BEFORE"' in str(ci["apply"]["script"])  # the guards judge by what the plan was compared with
    assert written.asked == ["POST /assistants"] * 2


def test_the_first_commit(written: Written) -> None:
    """What has no commit before it is planned all the same."""
    git(written.runner.work, "checkout", "-q", "--orphan", "first")
    written.runner.commit()
    code, said = job(written, "plan", CI_COMMIT_BEFORE_SHA="0" * 40)
    assert code == 0, said
    assert "create tweet" in said
