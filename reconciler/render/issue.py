"""The issue about a deployment's drift: the body that the drift was rendered to, with its hidden first line."""

from __future__ import annotations

import re

from reconciler.render.escape import code
from reconciler.render.hidden import first_line
from reconciler.render.shorten import LIMIT

CUT = "Shortened to fit: the summary of the run shows more."

WAYS = (
    "Without a command line: to take what is live into git, run this workflow by hand with `accept`, which opens a "
    "pull request; to let git win, run the apply workflow by hand with `overwrite` for `on-drift`."
)

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_ROOM = 1_500
"""Characters for the first line, the last one and what closes a cut."""


def title(deployment: str) -> str:
    """The issue's title."""
    return f"Drift in {deployment}"


def found(owner: str | None, deployment: str, body: str, run: str | None) -> str:
    """The issue while there is drift: the Markdown of the drift, cut where it is too long."""
    last = f"\n\n---\n[The run that found it]({run})\n" if run else "\n"
    return f"{first_line('drift', owner, deployment)}\n\n{cut(body.strip(), LIMIT - _ROOM)}\n\n{WAYS}{last}"


def gone(owner: str | None, deployment: str, before: str, run: str | None) -> str:
    """The issue when there is none any more: says so, and keeps what it said `before` below."""
    line = first_line("drift", owner, deployment)
    rest = before.replace("\r\n", "\n").partition("\n")[2].strip()
    where = f" ([the run]({run}))" if run else ""
    said = f"**There is no drift in {code(deployment)} any more{where}.** Below is what it was."
    return f"{line}\n\n{said}\n\n{cut(rest, LIMIT - _ROOM)}\n"


def cut(text: str, limit: int) -> str:
    """The Markdown, cut at a whole line, with what is open closed: fences, and folded parts."""
    if len(text) <= limit:
        return text
    kept: list[str] = []
    room, fence, folded = limit - 200, "", 0
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        closes = bool(fence) and mark is not None and mark.group(1).startswith(fence) and line.strip() == mark.group(1)
        room -= len(line) + 1
        if room < len(fence) + 12 * folded:
            break
        if fence:
            fence = "" if closes else fence
        elif mark is not None:
            fence = mark.group(1)
        else:
            folded = max(0, folded + line.count("<details") - line.count("</details>"))
        kept.append(line)
    return "\n".join([*kept, *([fence] if fence else []), *["", "</details>"] * folded, "", CUT])
