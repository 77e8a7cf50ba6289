"""The first line of what is written to GitHub, which nobody sees: by it a comment, answer or issue is found again.

Who wrote it counts as well: anybody can write such a line.
"""

from __future__ import annotations

import re
from typing import Literal

from reconciler.model.json import digest
from reconciler.render.escape import CONTROL

Kind = Literal["plan", "answer", "drift"]

_OTHER = re.compile(r"[^A-Za-z0-9._-]")
_LONGEST = 200
_LINE_END = re.compile(rf"[{CONTROL}]")


def first_line(kind: Kind, owner: str | None, deployment: str | None) -> str:
    """`<!-- reconciler:plan owner=acme deployment=staging -->`, another line for each owner and deployment.

    Names that the settings allow stand as they are; whatever else could end the line, or begin another one, is written
    by its numbers, so that no name makes the line of another name.
    """
    return f"<!-- reconciler:{kind} owner={_name(owner)} deployment={_name(deployment)} -->"


def begins(body: str, line: str) -> bool:
    """Whether a body that GitHub gives back begins with this line."""
    return _LINE_END.split(body, maxsplit=1)[0].rstrip(" ") == line


def _name(name: str | None) -> str:
    safe = _OTHER.sub(lambda found: f"%{ord(found.group()):x};", name or "")
    return safe if len(safe) <= _LONGEST else f"%{digest(safe)}"
