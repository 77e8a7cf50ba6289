"""Which files of a tree are manifests."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from reconciler.model.diagnostic import Diagnostic

FOLDER = "assistants"

TRIES = (".tries.yaml", ".tries.yml")
"""How the name of a file of tries ends, after that of its manifest or base."""


def manifests(paths: Iterable[str], found: list[Diagnostic]) -> list[str]:
    """The manifests among the files of the folder: `.yaml` and `.yml`, other than `_*` and `*.tries.yaml`."""
    result = []
    for path in paths:
        if path.endswith("/"):
            message = "a link to a folder is not read: manifests stand in folders of this repository"
            found.append(Diagnostic(severity="error", code="linked-folder", message=message, path=path.rstrip("/")))
            continue
        name = posixpath.basename(path)
        if name.endswith((".yaml", ".yml")) and not name.startswith("_") and not name.endswith(TRIES):
            result.append(path)
    return result
