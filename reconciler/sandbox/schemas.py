"""Which graphs the sandbox serves: one for every ``schemas/<graph_id>.json``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from reconciler.sandbox.errors import SandboxError

SETTINGS = "reconciler.yaml"


def find_schemas(start: Path) -> dict[str, dict[str, Any]]:
    """Return graph id -> context schema, for the repository that ``start`` is in.

    The repository is the nearest folder from ``start`` upwards with a ``reconciler.yaml``, else
    ``start`` itself. Schemas of one deployment only (``schemas/<deployment>/``) are not served.

    Raises:
        SandboxError: There is no schema, or a file is not a JSON object.
    """
    start = start.resolve()
    root = next((at for at in (start, *start.parents) if (at / SETTINGS).is_file()), start)
    folder = root / "schemas"
    schemas = {path.stem: _read(path) for path in sorted(folder.glob("*.json"))}
    if not schemas:
        raise SandboxError(
            f"no context schema in {folder}: the sandbox serves one graph for each "
            "schemas/GRAPH_ID.json.\n`reconciler schemas pull` writes them from a running server."
        )
    return schemas


def _read(path: Path) -> dict[str, Any]:
    try:
        schema = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SandboxError(f"{path}: {error.strerror}") from error
    except json.JSONDecodeError as error:
        at = f"{path}:{error.lineno}:{error.colno}"
        raise SandboxError(f"{at}: not JSON: {error.msg}") from error
    except UnicodeDecodeError as error:
        raise SandboxError(f"{path}: not UTF-8 text") from error
    if not isinstance(schema, dict):
        raise SandboxError(f"{path}: a context schema is a JSON object")
    return schema
