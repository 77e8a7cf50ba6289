"""What validate found as JSON, in the form that validate.schema.json publishes."""

from __future__ import annotations

from collections.abc import Collection

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json import Json
from reconciler.render.json import diagnostic_document, dumps

FORMAT_VERSION = "1.0"
"""The number of the form: a new field raises the second part, anything else the first."""


def validation(found: Collection[Diagnostic], assistants: int, *, valid: bool) -> str:
    """The findings as a JSON document; ends with a line end."""
    listed: list[Json] = [diagnostic_document(one) for one in sorted(found, key=Diagnostic.order)]
    counts = {
        noun: sum(one.severity == severity for one in found)
        for noun, severity in (("errors", "error"), ("warnings", "warning"), ("notes", "note"))
    }
    return dumps(
        {
            "format_version": FORMAT_VERSION,
            "valid": valid,
            "counts": {"assistants": assistants, **counts},
            "diagnostics": listed,
        }
    )
