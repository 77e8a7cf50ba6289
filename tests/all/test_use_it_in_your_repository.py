"""README, "Use it in your repository": each command of it, in an empty repository, up to a merge that is live."""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.all.runner import ROOT, WHO, Runner, git
from tests.fake import GRAPHS, KEYS, FakeServer, Traits, listen
from tests.github import stand_in

pytestmark = pytest.mark.needs_all

KEY = next(iter(KEYS))
ADDRESS = "https://agents.example.com"


def commands() -> list[str]:
    """The commands of the section, in their order."""
    text = (ROOT / "README.md").read_text("utf-8")
    section = text.split("\n## Use it in your repository\n")[1].split("\n### ")[0]
    return re.findall(r"^ *\$ (.+)$", section, re.MULTILINE)


def a_clone(folder: Path) -> Path:
    """This repository as it is here, in a clone of its own."""
    names = git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard").splitlines()
    for name in names:
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "remote", "add", "origin", "https://github.com/acme/tool.git")
    git(folder, "add", "-A")
    git(folder, *WHO, "commit", "-qm", "one")
    return folder


def typed(script: str, folder: Path, environ: dict[str, str], answers: str) -> str:
    """A script on a terminal, with what is typed; what it shows. It stops at the first command that fails."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        ["bash", "-e", "-c", script], cwd=folder, env=environ, stdin=slave, stdout=slave, stderr=slave
    )
    os.close(slave)
    os.write(master, answers.encode())
    shown = b""
    while True:
        try:
            shown += (data := os.read(master, 65536))
        except OSError:  # Linux says so where nobody holds the other end any more
            break
        if not data:
            break
    os.close(master)
    said = shown.decode("utf-8", "replace").replace("\r\n", "\n")
    assert process.wait(300) == 0, said
    return said


def as_reached(work: Path, url: str, environ: dict[str, str]) -> None:
    """The workflows as `init` writes them for a server that CI reaches."""
    shutil.rmtree(work / ".github" / "workflows")
    settings = work / "reconciler.yaml"
    written = settings.read_text("utf-8")
    settings.write_text(written.replace(url, ADDRESS), "utf-8")
    typed("reconciler init --no-import -y", work, environ, "")
    settings.write_text(written, "utf-8")


def test_followed_step_by_step(tool: Callable[..., str], tmp_path: Path) -> None:
    """Installed from a clone, begun from a server, committed and pushed; then a pull request is planned, and its merge
    is live."""
    install, *rest = commands()
    assert install == "pip install -c constraints.txt ."
    clone = tmp_path / "clone"
    clone.mkdir()
    a_clone(clone)
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    environ = {
        "PATH": f"{venv / 'bin'}:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(tmp_path / "home"),
        "TERM": "xterm",
        **{f"GIT_{who}_{what}": "ana@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }
    typed(install, clone, environ, "")

    server = FakeServer(Traits(api_key="401"), graphs=dict(GRAPHS))
    made = server.create(graph_id="writer", name="Tweet writer", context={"system_prompt": "Be short."})
    (tmp_path / "github").mkdir()
    runner = Runner(tmp_path / "github", tool("act"))
    bare = tmp_path / "bare"
    bare.mkdir()
    git(bare, "init", "-q", "--bare", "-b", "main")
    (tmp_path / "home" / ".gitconfig").write_text(
        f'[url "file://{bare}"]\n\tinsteadOf = https://github.com/acme/agents.git\n', "utf-8"
    )
    github = stand_in.StandIn(page=2)
    with listen(server) as url, stand_in.listen(github) as api:
        script = "\n".join(rest).replace(ADDRESS, url).replace("LANGSMITH_API_KEY=…", f"LANGSMITH_API_KEY={KEY}")
        said = typed(script, runner.work, environ, "acme\ny\ny\n")
        assert "No changes. 1 assistant is as git says" in said
        assert "-plan" in said  # the environments, and the secret in them, are named
        assert git(bare, "rev-parse", "main") == git(runner.work, "rev-parse", "main")
        assert server.log.writes == []

        # The server of this test is at an address of this machine, for which no workflow asks a key.
        as_reached(runner.work, url, environ)
        runner.secrets = {"RECONCILER_API_KEY": KEY, "GITHUB_TOKEN": "bot-token"}
        runner.environ = {"GITHUB_API_URL": api}
        runner.commit()
        (prompt,) = [p for p in (runner.work / "assistants").rglob("*.yaml") if "Be short." in p.read_text("utf-8")]
        runner.branch()
        prompt.write_text(prompt.read_text("utf-8").replace("Be short.", "Be kind."), "utf-8")
        runner.commit()
        event = runner.pull_request()
        github.pull(runner.number, event["pull_request"]["head"]["sha"])
        code, said = runner.run("pull_request", "assistants-plan", event)
        assert code == 0, said
        (comment,) = github.bodies(runner.number)
        assert "Be kind." in comment
        assert server.get(made["assistant_id"])["context"]["system_prompt"] == "Be short."

        event = runner.merge()
        github.pulls[runner.number] |= {"state": "closed", "merged_at": "2026-11-20T10:00:00Z"}
        github.merged[event["after"]] = [runner.number]
        code, said = runner.run("push", "assistants-apply", event)
        assert code == 0, said
        assert server.get(made["assistant_id"])["context"]["system_prompt"] == "Be kind."
        answer = github.bodies(runner.number)[-1].partition("\n")[2].lstrip("#*\n ")
        assert answer.startswith("live"), answer
