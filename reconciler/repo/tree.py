"""A tree of files, path -> bytes: the work tree or a commit, so that HEAD, base and history are read by the same code.

Paths are POSIX and relative to the settings' folder, which may be a folder inside a git repository. Nothing outside
that folder is ever read.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence
from typing import Protocol

from reconciler.errors import ReconcilerError

LARGEST_FILE = 1_000_000
"""Bytes of one file: "at most 1 MB"."""


class CannotRead(ReconcilerError):
    """The tree has no such file, or will not read it. `message` continues the file's name: "is not there"."""


class MissingFile(CannotRead):
    """There is no such file."""

    def __init__(self) -> None:
        super().__init__("is not there")


class Tree(Protocol):
    """What reading manifests, schemas and settings needs of the repository."""

    def folder_exists(self, folder: str) -> bool:
        """Whether the tree has that folder."""

    def paths(self, folder: str) -> Sequence[str]:
        """Every file under `folder`, sorted. A link to a folder is listed with a `/` at its end and not entered."""

    def read(self, path: str) -> bytes:
        """The bytes of a regular file.

        Raises MissingFile; CannotRead where it is no regular file, too large, under `.git`, or a link leads out.
        """

    def ignored(self, paths: Iterable[str]) -> frozenset[str]:
        """Those of `paths` that git ignores; none outside git and in a commit."""


def check_inside(path: str) -> None:
    """Raises CannotRead where a normalised relative path leaves the tree, or is git's own."""
    parts = path.split("/")
    if path.startswith("/") or ".." in parts:
        raise CannotRead("leads out of the repository")
    if ".git" in path.lower().split("/"):
        raise CannotRead("is git's own")


def beside(path: str, name: str) -> str:
    """The path that `name` means in the file at `path`: relative to its folder."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
