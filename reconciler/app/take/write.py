"""Takings onto the disk: all of them or none."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from reconciler.app.take.takings import Takings
from reconciler.errors import ReconcilerError
from reconciler.repo import added
from reconciler.repo.git import open_git
from reconciler.repo.rewritten import rewrite


def check(root: Path, takings: Takings) -> None:
    """Raises ReconcilerError where a manifest that would change is not as it was committed."""
    git = open_git(root) if takings.edits else None
    dirty = git.dirty(takings.edits) if git is not None else []
    if dirty:
        more = f" and {len(dirty) - 1} more" if len(dirty) > 1 else ""
        raise ReconcilerError(
            f"{dirty[0]}{more} would change, and git does not have what is there now; nothing was written",
            hint="commit it first",
        )


def write(root: Path, takings: Takings) -> None:
    """Write the new files, then the manifests that change. Never commits. Raises ReconcilerError where a file is there
    already or one that changes is not committed; then nothing is written."""
    check(root, takings)
    added.write(root, takings.files)
    try:
        rewrite(root, takings.edits)
    except BaseException:
        _remove(root, takings.files)
        raise


def _remove(root: Path, files: Mapping[str, bytes]) -> None:
    for path in files:
        with suppress(OSError):
            (root / path).unlink()
