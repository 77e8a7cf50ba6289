"""Trees to read: folders written for one test, and git repositories of them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from reconciler.model.diagnostic import Diagnostic
from reconciler.repo.git import open_git
from reconciler.repo.manifests import Loaded, load
from reconciler.repo.settings import Settings
from reconciler.repo.worktree import WorkTree

Files = Mapping[str, "str | bytes"]
OWNER = Settings(owner="acme-agents")


def write(root: Path, files: Files) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def git(root: Path, *arguments: str) -> str:
    """Runs git with an identity, and without the machine's configuration."""
    who = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@acme.example"}
    who |= {"GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@acme.example", "GIT_CONFIG_GLOBAL": os.devnull}
    done = subprocess.run(
        ("git", *arguments), cwd=root, env=os.environ | who, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def commit(root: Path, files: Files, message: str = "change") -> str:
    """Writes and commits files; the commit's id."""
    write(root, files)
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", message)
    return git(root, "rev-parse", "HEAD")


@pytest.fixture
def read(tmp_path: Path) -> Callable[[Files], Loaded]:
    """Writes files into a folder and reads its manifests."""

    def run(files: Files) -> Loaded:
        write(tmp_path, files)
        return load(WorkTree(tmp_path, open_git(tmp_path)), OWNER)

    return run


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """An empty git repository."""
    root = tmp_path / "repository"
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    return root


def tell(diagnostics: tuple[Diagnostic, ...] | list[Diagnostic]) -> str:
    """Diagnostics as a reader sees them."""
    lines = []
    for d in diagnostics:
        lines.append(f"{d.path}:{d.line}:{d.column}: {d.severity}: {d.message} [{d.code}]\n")
        lines += [f"    {line}\n" for line in (d.hint or "").splitlines()]
    return "".join(lines)


def codes(loaded: Loaded) -> list[str]:
    return [d.code for d in loaded.diagnostics]
