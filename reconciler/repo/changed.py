"""Which files of the work tree are not as a commit has them."""

from __future__ import annotations

import os

from reconciler.repo.committree import CommitTree
from reconciler.repo.git import Git
from reconciler.repo.tree import CannotRead, Tree


def changed(git: Git, tree: Tree, then: CommitTree, *folders: str) -> frozenset[str]:
    """The files of `folders` that `then` has, or git tracks, and that the tree has with other bytes or not at all.

    git names those that may differ, by their size and time; only these are read. No filter runs.
    """
    words = ("diff-index", "--name-only", "-z", "--no-renames", "--relative", "--ignore-submodules", then.commit)
    out = os.fsdecode(git.run(*words, "--", *folders).stdout)
    return frozenset(path for path in out.split("\0") if path and _bytes(tree, path) != _bytes(then, path))


def _bytes(tree: Tree, path: str) -> bytes | None:
    try:
        return tree.read(path)
    except CannotRead:
        return None
