"""The folder that backups are written to: names that stay inside, files that are never overwritten."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from reconciler.errors import ReconcilerError, UsageError
from reconciler.repo.files import write_new
from reconciler.repo.manifests.keys import id_problem, key_problem

MOST_SIBLINGS = 1000


class Folder:
    """An existing folder that can be written to."""

    def __init__(self, path: Path) -> None:
        """Makes the folder, and tries it. Raises UsageError where it cannot be used."""
        self._path = path
        try:
            path.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=path):
                pass
        except OSError as error:
            raise UsageError(f"--backup {path}: cannot write there: {error.strerror}") from None

    def save(self, key: str, assistant_id: str, content: bytes) -> str:
        """Write a new file, wholly on the disk when this returns, and say its path.

        Raises ReconcilerError where it cannot be written; then no file is left.
        """
        stem = file_stem(key, assistant_id)
        try:
            for number in range(1, MOST_SIBLINGS):
                target = self._path / (f"{stem}.json" if number == 1 else f"{stem}-{number}.json")
                try:
                    write_new(target, content)
                except FileExistsError:
                    continue
                return os.fspath(target)
        except OSError as error:
            raise ReconcilerError(f"{self._path / stem}.json cannot be written: {error.strerror}") from None
        raise ReconcilerError(f"{self._path / stem}.json is there {MOST_SIBLINGS:,} times already")


def file_stem(key: str, assistant_id: str) -> str:
    """A name for a file that no key and no id, which come from a server, can lead elsewhere."""
    named = key if key_problem(key) is None else "assistant"
    identified = assistant_id if id_problem(assistant_id) is None else "without-id"
    return f"{named.replace('/', '__')}-{identified}"
