"""A tree of files that is in memory only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from reconciler.repo.tree import MissingFile


class Memory:
    """What reading manifests, schemas and settings needs of a repository (repo/tree.py)."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = {path: text.encode() for path, text in sorted(files.items())}

    def folder_exists(self, folder: str) -> bool:
        return any(path.startswith(f"{folder}/") for path in self._files)

    def paths(self, folder: str) -> Sequence[str]:
        return [path for path in self._files if path.startswith(f"{folder}/")]

    def read(self, path: str) -> bytes:
        if path not in self._files:
            raise MissingFile
        return self._files[path]

    def ignored(self, paths: Iterable[str]) -> frozenset[str]:
        return frozenset()
