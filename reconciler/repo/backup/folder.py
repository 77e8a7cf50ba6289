"""The folder that backups are written to: names that stay inside, files that are never overwritten."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from uuid import uuid4

from reconciler.errors import ReconcilerError, UsageError
from reconciler.repo.files import sync_folder, write_new
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
        except FileExistsError:
            raise UsageError(
                f"--backup {path}: cannot write there: it is no folder, or a link that leads nowhere"
            ) from None
        except OSError as error:
            raise UsageError(f"--backup {path}: cannot write there: {error.strerror}") from None

    def save(self, key: str, assistant_id: str, content: bytes) -> str:
        """Write a new file, wholly on the disk when this returns, and say its path. A file of that name is never a part
        of one, also where the run is killed.

        Raises ReconcilerError where it cannot be written; then no file is left.
        """
        stem = file_stem(key, assistant_id)
        part = self._path / f".{stem}-{uuid4().hex}.part"
        try:
            write_new(part, content)
            try:
                for number in range(1, MOST_SIBLINGS):
                    target = self._path / (f"{stem}.json" if number == 1 else f"{stem}-{number}.json")
                    try:
                        link_new(part, target, content)
                    except FileExistsError:
                        continue
                    return os.fspath(target)
            finally:
                part.unlink()
        except OSError as error:
            raise ReconcilerError(f"{self._path / stem}.json cannot be written: {error.strerror}") from None
        raise ReconcilerError(f"{self._path / stem}.json is there {MOST_SIBLINGS:,} times already")


def link_new(part: Path, target: Path, content: bytes) -> None:
    """Give what is whole its name. Raises FileExistsError as `write_new` does; where a file system has no links, the
    file is written once more."""
    try:
        os.link(part, target)
    except FileExistsError:
        raise
    except OSError:
        write_new(target, content)
    else:
        sync_folder(target.parent)


def file_stem(key: str, assistant_id: str) -> str:
    """A name for a file that no key and no id, which come from a server, can lead elsewhere."""
    named = key if key_problem(key) is None else "assistant"
    identified = assistant_id if id_problem(assistant_id) is None else "without-id"
    return f"{named.replace('/', '__')}-{identified}"
