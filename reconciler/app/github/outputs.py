"""The outputs of a step: lines in the file that `$GITHUB_OUTPUT` names.

A later job puts an output into conditions and commands, so a value is one line of a grammar that is known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from reconciler.app.github.document import ACTIONS, Document
from reconciler.errors import UsageError

VARIABLE = "GITHUB_OUTPUT"

_NAME = re.compile(r"[a-z][a-z0-9-]*\Z")
_VALUE = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]*\Z")
_LONGEST = 2**18
"""Characters; GitHub takes a megabyte a job."""


def of(document: Document) -> dict[str, str]:
    """What a plan comes to: `changes` (apply would write), `creates`, `updates`, `activates`, `deletes` (how many),
    `blocked` (a guard or `on_drift: block` stops apply), `refused` (an assistant that cannot be applied) and `tries`
    (`none`, `passed`, or `failed` where a check is red for them)."""
    counts = {f"{action}s": str(document.count(action)) for action in ACTIONS}
    return {
        "changes": _word(bool(document.changes)),
        **counts,
        "blocked": _word(document.blocked),
        "refused": _word(bool(document.refused)),
        "tries": _tries(document),
    }


def append(environ: Mapping[str, str], values: Mapping[str, str]) -> None:
    """Append `name=value` lines to the file that the runner gave. All of them or none.

    Raises UsageError where there is no such file, or where a value is more than one line.
    """
    for name, value in values.items():
        if not _NAME.match(name) or not _VALUE.match(value) or len(value) > _LONGEST:
            raise UsageError(f"the output {name} cannot be written: it has to be one line of text")
    target = environ.get(VARIABLE)
    if not target:
        raise UsageError(
            f"there is no ${VARIABLE}: GitHub Actions sets it for each step",
            hint="elsewhere read the JSON of the plan, or use plan --detailed-exitcode",
        )
    try:
        with Path(target).open("a", encoding="utf-8") as file:
            file.write("".join(f"{name}={value}\n" for name, value in values.items()))
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot write ${VARIABLE}: {getattr(error, 'strerror', None) or error}") from None


def _tries(document: Document) -> str:
    if document.tries is None or not (document.tries.trials or document.tries.failures):
        return "none"
    return "failed" if document.tries.failures else "passed"


def _word(value: bool) -> str:
    return "true" if value else "false"
