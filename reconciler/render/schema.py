"""The published JSON Schemas: files of this package, and the only thing here that is read."""

from __future__ import annotations

import json
import pkgutil

from reconciler.model.json import JsonObject


def schema(name: str = "plan") -> JsonObject:
    """The JSON Schema (2020-12) of a document: `plan`, which is also that of a report, `drift`, `list`, `history`,
    `try` or `validate`."""
    content = pkgutil.get_data("reconciler.render", f"{name}.schema.json")
    assert content is not None, "a loader that cannot read the package's own files"
    value: JsonObject = json.loads(content)
    return value
