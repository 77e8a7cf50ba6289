"""Diagnostics of a plan that say the same of several assistants, as one."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from reconciler.model.diagnostic import Diagnostic
from reconciler.render.shorten import first

NAMES = 10
"""The assistants that are named; those after them are counted."""


def joined(found: Iterable[Diagnostic], names: int | None = NAMES) -> list[Diagnostic]:
    """The diagnostics by place; warnings and notes that differ only in the assistant are one, about all of them. It
    keeps the place where that is one too, as a prompt's of them all is.

    Errors stay apart: whoever has to put them right needs the place of each.
    """
    groups: dict[tuple[str | None, ...], list[Diagnostic]] = {}
    for number, one in enumerate(sorted(found, key=_order)):
        alone = one.key is None or one.severity == "error"
        name = (str(number),) if alone else (one.severity, one.code, tail(one), one.hint)
        groups.setdefault(name, []).append(one)
    return [one for group in groups.values() for one in _one(group, names)]


def _order(one: Diagnostic) -> tuple[object, ...]:
    return (*one.order(), repr(one))


def _one(group: list[Diagnostic], names: int | None) -> list[Diagnostic]:
    keys = sorted({one.key or "" for one in group})
    if len(keys) == 1:
        return group
    shown, hidden = first(keys, names)
    listed = ", ".join(f"`{key}`" for key in shown) + (f" and {hidden:,} more" if hidden else "")
    said = tail(group[0])
    subject = f"{len(keys):,} assistants ({listed})"
    # A sentence about one assistant stays one about each.
    message = f"each of {subject}{said}" if said.startswith(" ") else f"{subject}: {said.removeprefix(': ')}"
    if len({(one.path, one.line, one.column) for one in group}) == 1:
        return [replace(group[0], message=message, key=None)]
    path = group[0].path if len({one.path for one in group}) == 1 else None
    return [replace(group[0], message=message, path=path, line=None, column=None, key=None)]


def tail(one: Diagnostic) -> str:
    """The message without the assistant it begins with."""
    return one.message.removeprefix(subject(one)) if names_itself(one) else one.message


def names_itself(one: Diagnostic) -> bool:
    """Whether the message begins with the assistant it is about."""
    start = subject(one)
    return one.key is not None and one.message.startswith((f"{start} ", f"{start}:"))


def subject(one: Diagnostic) -> str:
    return f"assistant `{one.key}`"
