"""The published JSON Schema of a plan and of a report: a file of this package, and the only thing here that is read."""

from __future__ import annotations

import json
import pkgutil

from reconciler.model.json import JsonObject


def schema() -> JsonObject:
    """The JSON Schema (2020-12) of both documents."""
    content = pkgutil.get_data("reconciler.render", "plan.schema.json")
    assert content is not None, "a loader that cannot read the package's own files"
    value: JsonObject = json.loads(content)
    return value
