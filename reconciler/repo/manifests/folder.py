"""Which files of a tree are manifests."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from reconciler.model.diagnostic import Diagnostic

FOLDER = "assistants"

TRIES = (".tries.yaml", ".tries.yml")
"""How the name of a file of tries ends, after that of its manifest or base."""


def manifests(paths: Iterable[str], found: list[Diagnostic]) -> list[str]:
    """The manifests among the files of the folder: `.yaml` and `.yml`, other than `_*` and `*.tries.yaml`. `found` gets
    what only a glance would take for one."""
    result = []
    for path in paths:
        if path.endswith("/"):
            message = "a link to a folder is not read: manifests stand in folders of this repository"
            found.append(Diagnostic(severity="error", code="linked-folder", message=message, path=path.rstrip("/")))
            continue
        name = posixpath.basename(path)
        if name.startswith("_") or name.endswith(TRIES):
            continue
        if name.endswith((".yaml", ".yml")):
            result.append(path)
        elif name.lower().endswith((".yaml", ".yml")):  # passed over, it would look like a deletion
            message = "the name of a manifest ends in `.yaml` or `.yml`, in lower case"
            hint = f"git mv {path} {path[:-5]}{path[-5:].lower()}"
            found.append(Diagnostic(severity="error", code="manifest-name", message=message, path=path, hint=hint))
    return result
