"""The tree of a commit, read from git's objects: what the settings' folder held then."""

from __future__ import annotations

import os
import posixpath
import subprocess
from collections.abc import Iterable

from msgspec import Struct

from reconciler.repo.git import Git, command, environment
from reconciler.repo.tree import LARGEST_FILE, CannotRead, MissingFile, check_inside

_LINK, _REGULAR = "120000", ("100644", "100755")
_MOST_LINKS = 40


class _Entry(Struct, frozen=True):
    mode: str
    object: str
    size: int


class CommitTree:
    """The settings' folder at a commit. Use it as a context manager, or `close` it: it keeps one git process."""

    def __init__(self, git: Git, commit: str) -> None:
        """Raises CannotRead where this clone does not have the commit."""
        self._git = git
        self._blobs: subprocess.Popen[bytes] | None = None
        sha = git.resolve(commit)
        if sha is None:
            raise CannotRead(f"commit {commit} is not in this clone", hint="git fetch --unshallow")
        self.commit = sha
        listing = git.run(
            "ls-tree", "-r", "-z", "--long", "--full-tree", sha, *(("--", git.prefix) if git.prefix else ())
        )
        self._entries = dict(_parse(line, git.prefix) for line in os.fsdecode(listing.stdout).split("\0") if line)
        self._folders = {parent for path in self._entries for parent in _parents(path)}

    def folder_exists(self, folder: str) -> bool:
        return folder in self._folders

    def paths(self, folder: str) -> list[str]:
        start = f"{folder}/" if folder else ""
        found = (path for path in self._entries if path.startswith(start))
        return sorted(path + "/" if self._is_folder_link(path) else path for path in found)

    def read(self, path: str) -> bytes:
        check_inside(path)
        real = self._follow(path)
        entry = self._entries.get(real)
        if entry is None:
            raise CannotRead("is not a regular file") if real in self._folders else MissingFile()
        if entry.mode not in _REGULAR:
            raise CannotRead("is not a regular file")
        if entry.size > LARGEST_FILE:
            raise CannotRead("is larger than 1 MB")
        return self._blob(entry.object)

    def ignored(self, paths: Iterable[str]) -> frozenset[str]:
        """None: what is committed is not ignored."""
        return frozenset()

    def close(self) -> None:
        if self._blobs is not None:
            self._blobs.communicate()
            self._blobs = None

    def __enter__(self) -> CommitTree:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()

    def _is_folder_link(self, path: str) -> bool:
        if self._entries[path].mode != _LINK:
            return False
        try:
            return self._follow(path) in self._folders
        except CannotRead:
            return False

    def _follow(self, path: str) -> str:
        """The path with every link on the way resolved. Raises CannotRead where one leads out."""
        for _ in range(_MOST_LINKS):
            link = next((p for p in (*_parents(path), path) if self._mode(p) == _LINK), None)
            if link is None:
                return path
            target = os.fsdecode(self._blob(self._entries[link].object))
            path = posixpath.normpath(posixpath.join(posixpath.dirname(link), target) + path[len(link) :])
            check_inside(path)
        raise CannotRead("is a link to itself")

    def _mode(self, path: str) -> str | None:
        entry = self._entries.get(path)
        return entry.mode if entry is not None else None

    def _blob(self, name: str) -> bytes:
        if self._blobs is None:
            self._blobs = subprocess.Popen(
                command("cat-file", "--batch"),
                cwd=self._git.folder,
                env=environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        give, take = self._blobs.stdin, self._blobs.stdout
        assert give is not None
        assert take is not None
        give.write(name.encode() + b"\n")
        give.flush()
        head = take.readline().split()
        if len(head) != 3 or head[1] != b"blob":
            raise CannotRead("is not in this clone", hint="git fetch --refetch --no-filter")
        data = take.read(int(head[2]))
        take.read(1)
        return data


def _parse(line: str, prefix: str) -> tuple[str, _Entry]:
    head, _, path = line.partition("\t")
    mode, _, name, size = head.split()
    return path.removeprefix(prefix), _Entry(mode, name, int(size) if size.isdigit() else 0)


def _parents(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[: i + 1]) for i in range(len(parts))]
