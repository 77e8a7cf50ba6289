"""Diagnostics as workflow commands, which GitHub shows on the line of the file in a pull request.

GitHub shows ten annotations of a kind a step and fifty a job, and drops the rest without a word; its runner cuts a
message after 4,096 characters. So at most thirty leave here, the most important first, and the rest is counted in
words. Nothing of a text can end its command, or begin another one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from reconciler.model.diagnostic import Diagnostic, distinct
from reconciler.render.escape import CONTROL, INVISIBLE, code_point

MOST_OF_A_KIND = 10
"""What GitHub shows of one kind in one step."""

LONGEST = 4000
"""Characters of a message; the runner keeps 4,096."""

LONGEST_TITLE = 200
"""Characters; GitHub keeps 255."""

_KINDS = {"error": "error", "warning": "warning", "note": "notice"}
_UNSAFE = re.compile(rf"(?![\r\n\t])[{CONTROL}{INVISIBLE}]|(?<=##)\[")


def commands(found: Iterable[Diagnostic], prefix: str = "") -> str:
    """One `::error file=…,line=…,col=…,title=…::message` a line; the empty text where there is nothing to say.

    Errors come first, then warnings, then notes; in each, those with a place before those without. `prefix` is the
    settings' folder within the repository (`gitops/`, or "" at the top), since GitHub counts paths from the top. What
    is more than GitHub shows is counted in a last line, which is plain text of the log.
    """
    kinds: dict[str, list[Diagnostic]] = {kind: [] for kind in _KINDS}
    for one in distinct(found):
        kinds[one.severity].append(one)
    lines: list[str] = []
    left: list[str] = []
    for kind, its in kinds.items():
        its.sort(key=lambda one: one.path is None)
        lines += (command(one, prefix) for one in its[:MOST_OF_A_KIND])
        if more := len(its) - MOST_OF_A_KIND:
            left += [f"{more} {kind}{'' if more == 1 else 's'}"] if more > 0 else []
    if left:
        lines.append(f"Not shown as annotations: {', '.join(left)}. GitHub shows {MOST_OF_A_KIND} of a kind a step.")
    return "".join(f"{line}\n" for line in lines)


def command(found: Diagnostic, prefix: str = "") -> str:
    """One workflow command, on one line whatever the diagnostic holds."""
    here = found.path is not None
    properties = {
        "file": f"{prefix}{found.path}" if here else None,
        "line": found.line if here else None,
        "col": found.column if here else None,
        "title": _cut(f"{found.key}: {found.code}" if found.key else found.code, LONGEST_TITLE),
    }
    said = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items() if value is not None)
    return f"::{_KINDS[found.severity]} {said}::{_data(_message(found))}"


def _message(found: Diagnostic) -> str:
    """What is wrong and, below it, what to do: neither pushes the other one out."""
    if not found.hint:
        return _cut(found.message, LONGEST)
    message = _cut(found.message, LONGEST // 2)
    return f"{message}\n{_cut(found.hint, LONGEST - len(message) - 1)}"


def _cut(text: str, most: int) -> str:
    safe = _UNSAFE.sub(lambda match: code_point(match.group()), text[: most + 1])
    return safe if len(safe) <= most else f"{safe[: most - 2]} …"


def _data(text: str) -> str:
    safe = _UNSAFE.sub(lambda match: code_point(match.group()), text)
    return safe.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
