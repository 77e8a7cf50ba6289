"""What a JSON document of this tool says is wrong, of whichever command: for annotations."""

from __future__ import annotations

from pathlib import Path

from reconciler.app import strict
from reconciler.app.github.document import LARGEST, diagnostics, require_version
from reconciler.app.github.trials import tries
from reconciler.errors import UsageError
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json import Json
from reconciler.render.schema import schema

_KINDS = {"changes": "plan", "drift": "drift", "counts": "validate"}
"""A field that only documents of this schema have."""


def read(path: Path) -> tuple[Diagnostic, ...]:
    """The diagnostics of a document of plan, apply, drift or validate, with the errors about single assistants, and the
    tries that did not go well.

    Raises UsageError, one line, where the file is none of them or cannot be read.
    """
    content = strict.read_bytes(path, LARGEST)
    try:
        return found(strict.loads(content, LARGEST))
    except ValueError as error:
        raise UsageError(
            f"{path} is not the JSON of plan, apply, drift or validate: {error}",
            hint="each of them writes it with --format json=FILE",
        ) from None


def found(value: Json) -> tuple[Diagnostic, ...]:
    """The same of a JSON value. Raises ValueError, never anything else."""
    kinds = [kind for field, kind in _KINDS.items() if isinstance(value, dict) and field in value]
    form = schema(kinds[0] if kinds else "plan")
    require_version(value, form)
    document = strict.require(value, form)
    tried = tries(document.get("tries"))
    failed = tried.diagnostics if tried is not None else ()
    return (*diagnostics(document.get("refused", [])), *failed, *diagnostics(document["diagnostics"]))
