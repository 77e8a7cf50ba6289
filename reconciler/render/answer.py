"""The answer on a merged pull request: whether what it says is live, per assistant, and what to do where it is not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from msgspec import Struct

from reconciler.render.escape import code, prose
from reconciler.render.hidden import first_line
from reconciler.render.issue import cut
from reconciler.render.shorten import LIMIT

MOST = 50
"""Assistants that are named; the rest are counted."""
LONGEST = 300
"""Characters of what a server says about one."""

Word: TypeAlias = Literal["live", "not live yet", "partly live"]


class Fate(Struct, frozen=True, kw_only=True):
    """What became of one assistant. `said` and `todo` are words of ours, which quote names in backticks; `quoted` is
    what a server or a file says about it."""

    key: str
    live: bool
    said: str
    todo: str = ""
    quoted: str = ""


def word(fates: Sequence[Fate]) -> Word:
    """The first words of the answer."""
    count = sum(fate.live for fate in fates)
    if count == len(fates):
        return "live"
    return "partly live" if count else "not live yet"


def answer(
    owner: str | None, deployment: str, fates: Sequence[Fate], *, why: Sequence[str] = (), run: str | None = None
) -> str:
    """The answer, with its hidden first line. `why` says what stands in the way of all of it; `run` is the address of
    the run, checked already. What is not live comes first."""
    ordered = sorted(fates, key=lambda fate: (fate.live, fate.key))
    found = word(fates)
    lines = [f"- {_line(fate)}" for fate in ordered[:MOST]]
    if len(ordered) > MOST:
        rest = ordered[MOST:]
        waiting = sum(not fate.live for fate in rest)
        lines.append(
            f"- and {len(rest)} more, of which {waiting} not live" if waiting else f"- and {len(rest)} more, live"
        )
    head = f"{found} in {code(deployment)}"
    if found == "partly live":
        head += f": {sum(fate.live for fate in fates)} of {len(fates)} assistants"
    parts = [head, *(prose(_clip(one)) for one in why), "\n".join(lines), f"[the run]({run})" if run else ""]
    body = first_line("answer", owner, deployment) + "\n\n" + "\n\n".join(part for part in parts if part)
    return cut(body, LIMIT - 1) + "\n"  # what is shown by its number takes eight characters for one


def is_live(body: str) -> bool:
    """Whether an answer says `live`, which is the last word: what a later change does is that one's to tell."""
    return body.replace("\r\n", "\n").partition("\n")[2].lstrip("\n ").startswith("live in ")


def _line(fate: Fate) -> str:
    quoted = f" ({prose(_clip(fate.quoted))})" if fate.quoted else ""
    todo = f" {prose(fate.todo)}" if fate.todo else ""
    return f"{code(fate.key[:200])} {prose(fate.said)}{quoted}.{todo}"


def _clip(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
