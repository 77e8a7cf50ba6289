"""Files that change: whole or not at all, and only what git has."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import ReconcilerError
from reconciler.repo.git import open_git
from reconciler.repo.rewritten import rewrite
from tests.repo.conftest import commit, write


def test_other_bytes_the_same_permissions(tmp_path: Path) -> None:
    """Nothing else is left in the folder."""
    write(tmp_path, {"a/x": "old", "a/y": "kept"})
    (tmp_path / "a/x").chmod(0o640)
    rewrite(tmp_path, {"a/x": b"new"})
    assert (tmp_path / "a/x").read_bytes() == b"new"
    assert (tmp_path / "a/x").stat().st_mode & 0o777 == 0o640
    assert sorted(os.listdir(tmp_path / "a")) == ["x", "y"]


@pytest.mark.parametrize("kind", ["missing", "folder", "link", "linked folder"])
def test_only_files_of_the_tree(tmp_path: Path, kind: str) -> None:
    """What is not there, is no file, or leads elsewhere: said, and no other file changes either."""
    root = tmp_path / "root"
    write(tmp_path, {"root/first": "old", "elsewhere/x": "old"})
    if kind == "folder":
        (root / "a/x").mkdir(parents=True)
    elif kind == "link":
        (root / "a").mkdir()
        (root / "a/x").symlink_to(tmp_path / "elsewhere/x")
    elif kind == "linked folder":
        (root / "a").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ReconcilerError):
        rewrite(root, {"first": b"new", "a/x": b"new"})
    assert (root / "first").read_bytes() == b"old"
    assert (tmp_path / "elsewhere/x").read_bytes() == b"old"


def test_all_or_none_whatever_happens(tmp_path: Path) -> None:
    """Where the run ends in between, those that were written get their bytes back, and nothing is left behind."""

    class Ends(dict[str, bytes]):
        def items(self) -> Any:
            yield "a/x", b"new"
            raise KeyboardInterrupt

    write(tmp_path, {"a/x": "old"})
    with pytest.raises(KeyboardInterrupt):
        rewrite(tmp_path, Ends({"a/x": b"new"}))
    assert (tmp_path / "a/x").read_bytes() == b"old"
    assert os.listdir(tmp_path / "a") == ["x"]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_all_or_none(tmp_path: Path) -> None:
    """Where one cannot be written, those before it get their bytes back."""
    write(tmp_path, {"a/x": "old", "b/x": "old"})
    (tmp_path / "b").chmod(0o500)
    try:
        with pytest.raises(ReconcilerError) as refused:
            rewrite(tmp_path, {"a/x": b"new", "b/x": b"new"})
    finally:
        (tmp_path / "b").chmod(0o700)
    assert "cannot be written" in refused.value.message
    assert (tmp_path / "a/x").read_bytes() == (tmp_path / "b/x").read_bytes() == b"old"


def test_what_git_does_not_have(repository: Path) -> None:
    """Changed, staged and untracked files are dirty, whichever folder is asked from; a committed one is not."""
    names = ["same", "changed", "staged", "[x]*"]
    commit(repository, {f"gitops/{name}": "1" for name in names} | {"gitops/xx": "1"})
    write(repository, {"gitops/changed": "2", "gitops/staged": "2", "gitops/new": "1", "gitops/xx": "2"})
    git = open_git(repository / "gitops")
    assert git is not None
    git.run("add", "staged")
    assert git.dirty([*names, "new"]) == ["changed", "new", "staged"]
    assert git.dirty([]) == []
