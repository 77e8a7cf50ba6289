"""What was brought, onto the disk: all of it or nothing."""

from __future__ import annotations

from pathlib import Path

from reconciler.app.bring.goal import Brought
from reconciler.app.take import Takings, write


def put(root: Path, brought: Brought) -> None:
    """Write new files, then those that change. Never commits. Raises ReconcilerError where a file is there already, or
    one that changes is not as it was committed; then nothing is written."""
    write(root, Takings(files=brought.files, edits=brought.edits, taken=(), left=()))
