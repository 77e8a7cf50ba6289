"""Files of the work tree, changed: each whole or not at all, all of them or none."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from reconciler.errors import ReconcilerError


def rewrite(root: Path, files: Mapping[str, bytes]) -> None:
    """Give files that are there other bytes; their permissions stay. Raises ReconcilerError; then all are as before.

    A file that is a link, or behind one, is not followed.
    """
    real = Path(os.path.realpath(root))
    for path in files:
        target = real / path
        if os.path.realpath(target) != str(target) or not target.is_file():
            raise ReconcilerError(f"{path} is a link, or no file, so it is not changed")
    done: dict[Path, bytes] = {}
    try:
        for path, content in files.items():
            target = real / path
            before = target.read_bytes()
            _replace(target, content)
            done[target] = before
    except BaseException as error:
        for target, before in done.items():
            with suppress(OSError):
                _replace(target, before)
        if isinstance(error, OSError):
            raise ReconcilerError(f"{error.filename or root} cannot be written: {error.strerror}") from None
        raise


def _replace(target: Path, content: bytes) -> None:
    number, name = tempfile.mkstemp(dir=target.parent, prefix=".reconciler-")
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(target, name)
        os.replace(name, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
