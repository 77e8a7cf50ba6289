"""Diagnostics as workflow commands, which GitHub shows on the line of the file in a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reconciler.model.diagnostic import Diagnostic
from reconciler.render.escape import CONTROL, INVISIBLE, code_point

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}
_UNSAFE = re.compile(rf"(?![\r\n\t])[{CONTROL}{INVISIBLE}]")


def commands(found: Iterable[Diagnostic]) -> str:
    """One `::error file=…,line=…,col=…,title=…::message` a line; the empty text where there is nothing to say.

    How many GitHub shows (10 of a kind a step) is the caller's to decide.
    """
    return "".join(f"{command(one)}\n" for one in sorted(found, key=Diagnostic.order))


def command(found: Diagnostic) -> str:
    """One workflow command, on one line whatever the diagnostic holds."""
    properties = {
        "file": found.path,
        "line": found.line if found.path is not None else None,
        "col": found.column if found.path is not None else None,
        "title": f"{found.key}: {found.code}" if found.key else found.code,
    }
    said = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items() if value is not None)
    message = f"{found.message}\n{found.hint}" if found.hint else found.message
    return f"::{_COMMANDS[found.severity]} {said}::{_data(message)}"


def _data(text: str) -> str:
    safe = _UNSAFE.sub(lambda match: code_point(match.group()), text)
    return safe.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
