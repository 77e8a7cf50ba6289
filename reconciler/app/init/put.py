"""Files that are written only where nothing stands."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from msgspec import Struct

from reconciler.repo import added


class NewFile(Struct, frozen=True):
    """A file, by its path from the top of the repository. One that is there already and does not hold `has` gets
    nothing: `add` says what would have to be added to it by hand."""

    path: str
    content: bytes
    has: bytes | None = None
    add: str | None = None


class Put(Struct, frozen=True, kw_only=True):
    """What became of one. `add` is what an existing file lacks."""

    path: str
    became: Literal["new", "there"]
    add: str | None = None


def put(top: Path, files: Iterable[NewFile]) -> Iterator[Put]:
    """Write what is not there, one by one: what was written when one fails is known to whoever listens.

    Raises ReconcilerError where a file cannot be written, or a link leads out of the repository.
    """
    for file in files:
        if os.path.lexists(top / file.path):
            lacks = file.has is not None and file.has not in _content(top / file.path)
            yield Put(path=file.path, became="there", add=file.add if lacks else None)
            continue
        added.write(top, {file.path: file.content})
        yield Put(path=file.path, became="new")


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
