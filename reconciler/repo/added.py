"""New files of the work tree: read as if they were there already, then written, all of them or none."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from reconciler.errors import ReconcilerError
from reconciler.repo.files import write_new
from reconciler.repo.tree import LARGEST_FILE, CannotRead, Tree


class Overlay:
    """A tree with files that are not written yet."""

    def __init__(self, tree: Tree, files: Mapping[str, bytes]) -> None:
        self._tree, self._files = tree, files

    def folder_exists(self, folder: str) -> bool:
        return any(path.startswith(f"{folder}/") for path in self._files) or self._tree.folder_exists(folder)

    def paths(self, folder: str) -> list[str]:
        there = self._tree.paths(folder) if self._tree.folder_exists(folder) else ()
        return sorted({*there, *(path for path in self._files if path.startswith(f"{folder}/"))})

    def read(self, path: str) -> bytes:
        content = self._files.get(path)
        if content is None:
            return self._tree.read(path)
        if len(content) > LARGEST_FILE:
            raise CannotRead("is larger than 1 MB")
        return content

    def ignored(self, paths: Iterable[str]) -> frozenset[str]:
        return self._tree.ignored(paths)


def _check_free(root: Path, files: Iterable[str]) -> None:
    """Raises ReconcilerError where a file is there already, or a link leads out of the tree."""
    real = os.path.realpath(root)
    for path in files:
        folder = os.path.dirname(os.path.join(real, path))
        if os.path.realpath(folder) != folder:
            raise ReconcilerError(f"{path}: a link leads elsewhere, so nothing is written there")
        if os.path.lexists(os.path.join(real, path)):
            raise ReconcilerError(f"{path} is there already, and is not overwritten", hint="move it away first")


def write(root: Path, files: Mapping[str, bytes]) -> None:
    """Write files that are not there. Raises ReconcilerError; then none is left of those it made."""
    _check_free(root, files)
    made: list[Path] = []
    try:
        for path, content in files.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            write_new(target, content)
            made.append(target)
    except OSError as error:
        for target in made:
            with suppress(OSError):
                target.unlink()
        raise ReconcilerError(f"{error.filename or root} cannot be written: {error.strerror}") from None
