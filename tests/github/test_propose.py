"""A patch as a pull request: only what `pull --drift` may change, a branch of its own, one pull request."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from reconciler.app.github import propose
from reconciler.app.github.propose import BOT
from reconciler.errors import ReconcilerError, UsageError
from reconciler.repo import patched
from reconciler.repo.git import open_git
from reconciler.repo.patched import Remote
from tests.github.stand_in import FAULTS, Fault
from tests.github.world import World

BRANCH = "reconciler/accept-staging"


def git(folder: Path, *words: str) -> str:
    who = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    for role in ("AUTHOR", "COMMITTER"):
        who |= {f"GIT_{role}_NAME": "A", f"GIT_{role}_EMAIL": "a@example.com"}
    done = subprocess.run(["git", *words], cwd=folder, env=os.environ | who, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@dataclass
class Clone:
    """A clone whose settings are in gitops/, and its remote."""

    world: World
    root: Path
    remote: Path

    def patch(self, path: str, content: str) -> str:
        """The patch that sets a file, with the work tree put back."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
        git(self.root, "add", "-A")
        made = git(self.root, "diff", "--cached", "--no-color") + "\n"
        git(self.root, "reset", "-q", "--hard")
        return made

    def propose(
        self, patch: str, *, branch: str = BRANCH, title: str = "Take the drift", body: str = "The plan"
    ) -> int:
        (self.world.folder / "p.patch").write_text(patch)
        (self.world.folder / "b.md").write_text(body)
        return propose.run(
            self.world.client,
            self.world.step,
            self.root / "gitops",
            branch=branch,
            base="main",
            title=title,
            body=self.world.folder / "b.md",
            patch=self.world.folder / "p.patch",
            say=self.world.said.append,
            remote=str(self.remote),
        )

    def tip(self) -> str:
        sha = git(self.remote, "rev-parse", BRANCH)
        self.world.stand_in.commits[sha] = git(self.remote, "show", "-s", "--format=%ae", BRANCH)
        return sha


@pytest.fixture
def clone(world: World, tmp_path: Path) -> Clone:
    root, remote = tmp_path / "clone", tmp_path / "remote.git"
    git(tmp_path, "init", "-q", "--bare", "-b", "main", str(remote))
    git(tmp_path, "init", "-q", "-b", "main", str(root))
    (root / "gitops" / "assistants").mkdir(parents=True)
    (root / "gitops" / "assistants" / "a.yaml").write_text("graph: a\n")
    (root / "gitops" / "reconciler.yaml").write_text("owner: acme\n")
    os.symlink("a.yaml", root / "gitops" / "assistants" / "link.yaml")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "first")
    return Clone(world, root, remote)


def test_a_patch_becomes_a_pull_request(clone: Clone) -> None:
    """One commit of the bot on what is checked out; the work tree is as it was; the second run changes nothing."""
    patch = clone.patch("gitops/assistants/a.yaml", "graph: b\n")
    assert clone.propose(patch) == 0
    first = clone.tip()
    assert git(clone.remote, "show", f"{BRANCH}:gitops/assistants/a.yaml") == "graph: b"
    assert git(clone.remote, "show", "-s", "--format=%an %ae %s", BRANCH) == f"{BOT.name} {BOT.email} Take the drift"
    assert git(clone.root, "status", "--porcelain") == ""
    assert clone.propose(patch) == 0
    assert clone.tip() == first
    assert clone.world.stand_in.writes() == ["POST /repos/acme/agents/pulls"]


def test_the_next_drift_updates_it(clone: Clone) -> None:
    """The branch is moved, the pull request's words are new, and there is still one."""
    clone.propose(clone.patch("gitops/assistants/a.yaml", "graph: b\n"))
    clone.tip()
    clone.propose(clone.patch("gitops/assistants/prompts/new.md", "hello\n"), title="Take more")
    assert git(clone.remote, "show", f"{BRANCH}:gitops/assistants/prompts/new.md") == "hello"
    assert [row["title"] for row in clone.world.stand_in.pulls.values() if row["head"]["ref"] == BRANCH] == [
        "Take more"
    ]


@pytest.mark.parametrize(
    "path",
    [
        ".github/workflows/x.yml",
        "gitops/reconciler.yaml",
        "gitops/assistantsx/a.yaml",
        "assistants/a.yaml",
        "gitops/.gitattributes",
    ],
)
def test_what_pull_does_not_change_is_refused(clone: Clone, path: str) -> None:
    """Only files under the settings' assistants/; nothing is pushed."""
    with pytest.raises(ReconcilerError, match="only what is under gitops/assistants/"):
        clone.propose(clone.patch(path, "x\n"))
    assert git(clone.remote, "branch", "--list") == ""
    assert clone.world.stand_in.requests == []


def test_links_and_programs_are_refused(clone: Clone) -> None:
    """Neither a new link, nor one that becomes a file, nor a file that may be run."""
    link = "diff --git a/gitops/assistants/l b/gitops/assistants/l\nnew file mode {}\n--- /dev/null\n"
    link += "+++ b/gitops/assistants/l\n@@ -0,0 +1 @@\n+/etc/passwd\n"
    for mode in ("120000", "100755"):
        with pytest.raises(ReconcilerError, match="no plain file"):
            clone.propose(link.format(mode))
    (clone.root / "gitops/assistants/link.yaml").unlink()
    with pytest.raises(ReconcilerError, match="no plain file"):
        clone.propose(clone.patch("gitops/assistants/link.yaml", "x\n"))


@pytest.mark.parametrize("patch", ["", "no patch\n", "--- a/../x\n+++ b/../x\n@@ -0,0 +1 @@\n+x\n"])
def test_what_is_no_patch_is_an_error(clone: Clone, patch: str) -> None:
    """One line, and nothing is pushed."""
    with pytest.raises(ReconcilerError):
        clone.propose(patch)
    assert git(clone.remote, "branch", "--list") == ""


@pytest.mark.parametrize("branch", ["main", "-x", "a..b", "a b", ""])
def test_only_a_branch_of_its_own(clone: Clone, branch: str) -> None:
    """Never the base, nor what is no branch's name."""
    with pytest.raises(UsageError):
        clone.propose(clone.patch("gitops/assistants/a.yaml", "graph: b\n"), branch=branch)


def test_what_somebody_else_committed_is_left_alone(clone: Clone, tmp_path: Path) -> None:
    """A reviewer has mended the branch: it is not moved."""
    clone.propose(clone.patch("gitops/assistants/a.yaml", "graph: b\n"))
    git(tmp_path, "clone", "-q", "-b", BRANCH, str(clone.remote), "reviewer")
    git(tmp_path / "reviewer", "commit", "-q", "--allow-empty", "-m", "mended")
    git(tmp_path / "reviewer", "push", "-q")
    theirs = clone.tip()
    with pytest.raises(ReconcilerError, match="somebody else has committed"):
        clone.propose(clone.patch("gitops/assistants/a.yaml", "graph: c\n"))
    assert clone.tip() == theirs


def test_a_branch_that_moved_meanwhile_is_not_overwritten(clone: Clone) -> None:
    """The lease is the tip that was looked at."""
    clone.propose(clone.patch("gitops/assistants/a.yaml", "graph: b\n"))
    there = clone.tip()
    here = open_git(clone.root)
    assert here is not None
    head = git(clone.root, "rev-parse", "HEAD")
    with pytest.raises(ReconcilerError, match="git push"):
        patched.push(here, Remote(url=str(clone.remote), token="bot-token"), head, BRANCH, "1" * 40)
    assert clone.tip() == there


@pytest.mark.parametrize("fault", FAULTS)
def test_whichever_request_fails_there_is_one_pull_request(clone: Clone, fault: Fault) -> None:
    """Also where the answer to its opening is lost."""
    patch = clone.patch("gitops/assistants/a.yaml", "graph: b\n")
    clone.world.stand_in.fault = lambda number: fault if number < 2 else None
    clone.propose(patch)
    clone.tip()
    clone.propose(patch)
    assert len([row for row in clone.world.stand_in.pulls.values() if row["head"]["ref"] == BRANCH]) == 1


def test_the_token_is_on_no_command_line(clone: Clone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes to the remote's address alone, by git's environment; `ps` shows nothing of it, and no message does."""
    programs, log, real = tmp_path / "bin", tmp_path / "log", shutil.which("git")
    programs.mkdir()
    script = programs / "git"
    script.write_text(f'#!/bin/sh\necho "$@" >> {log}\nenv >> {log}.env\nexec {real} "$@"\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    monkeypatch.setenv("GITHUB_TOKEN", "bot-token")
    clone.propose(clone.patch("gitops/assistants/a.yaml", "graph: b\n"))
    basic = base64.b64encode(b"x-access-token:bot-token").decode()
    assert "push" in log.read_text()
    assert "bot-token" not in log.read_text()
    assert basic not in log.read_text()
    assert f"AUTHORIZATION: basic {basic}" in (tmp_path / "log.env").read_text()
    here = open_git(clone.root)
    assert here is not None
    with pytest.raises(ReconcilerError) as error:
        patched.tip(here, Remote(url=f"{clone.world.url}/acme/agents.git", token="bot-token"), BRANCH)
    assert "bot-token" not in error.value.message
    assert basic not in error.value.message
    assert clone.world.stand_in.requests[-1].token == f"basic {basic}"
