"""The tree on disk."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from reconciler.repo.git import Git
from reconciler.repo.tree import LARGEST_FILE, CannotRead, MissingFile, check_inside


class WorkTree:
    """The files under `root`. Works outside a git repository too; there git ignores nothing."""

    def __init__(self, root: Path, git: Git | None = None) -> None:
        self.root = root
        self._git = git
        self._real = os.path.realpath(root)
        self._folder = lru_cache(maxsize=4096)(self._find_folder)

    def folder_exists(self, folder: str) -> bool:
        return os.path.isdir(os.path.join(self._real, folder))

    def paths(self, folder: str) -> list[str]:
        return sorted(self._walk(folder))

    def read(self, path: str) -> bytes:
        folder, _, name = path.rpartition("/")
        try:
            return self._read(f"{self._folder(folder)}{os.sep}{name}")
        except (FileNotFoundError, NotADirectoryError):
            raise MissingFile from None
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "its name cannot be used"
            raise CannotRead(f"cannot be read: {reason}") from None

    def ignored(self, paths: Iterable[str]) -> frozenset[str]:
        return self._git.ignored(paths) if self._git is not None else frozenset()

    def _walk(self, folder: str) -> Iterator[str]:
        try:
            entries = list(os.scandir(os.path.join(self._real, folder)))
        except OSError as error:
            raise CannotRead(f"the folder {folder} cannot be read: {error.strerror}") from None
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_dir(follow_symlinks=False):
                yield from self._walk(path)
            elif entry.is_symlink() and os.path.isdir(entry.path):
                yield path + "/"
            else:
                yield path

    def _find_folder(self, folder: str) -> str:
        """The real path of a folder of the tree; cached, since many files share one."""
        return self._checked(os.path.realpath(os.path.join(self._real, folder), strict=True))

    def _checked(self, real: str) -> str:
        relative = os.path.relpath(real, self._real).replace(os.sep, "/")
        check_inside(relative)
        return real

    def _read(self, real: str) -> bytes:
        status = os.lstat(real)
        if stat.S_ISLNK(status.st_mode):
            real = self._checked(os.path.realpath(real, strict=True))
            status = os.lstat(real)
        else:
            check_inside(os.path.basename(real))
        if not stat.S_ISREG(status.st_mode):
            raise CannotRead("is not a regular file")
        if status.st_size > LARGEST_FILE:
            raise CannotRead("is larger than 1 MB")
        return whole(real, status.st_size)


def whole(real: str, size: int) -> bytes:
    """The bytes of a file of which `size` were expected: mostly by one read, in half of the time of `open`."""
    file = os.open(real, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        data = os.read(file, size + 1)
        while len(data) != size and (more := os.read(file, LARGEST_FILE)):  # it has changed since
            data, size = data + more, -1
        return data
    finally:
        os.close(file)
