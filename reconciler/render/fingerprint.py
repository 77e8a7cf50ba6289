"""What a comment said of each assistant, as a hidden last line: so that what is planned after the merge can be held
against it.

Whoever may write to a pull request may have written what is read here.
"""

from __future__ import annotations

import json as stdlib
import re
from collections.abc import Mapping
from typing import TypeAlias, TypeGuard

from reconciler.model.json import Json, JsonObject, digest
from reconciler.model.plan import Plan
from reconciler.render import json

FORMAT = 1
LONGEST = 6_000
"""The characters of the line: where there are more assistants, those that the pull request is about come first."""

Prints: TypeAlias = dict[str, str]
"""By key: `ACTION:12 hexadecimal digits`. What is not written has `held` or `refused` for its action."""

_START, _END = "<!-- reconciler:seen ", " -->"
_PRINT = re.compile(r"(?:create|update|activate|delete|held|refused):[0-9a-f]{12}")
_OTHER = re.compile(r"[^A-Za-z0-9._/-]|-(?=-)")


def of(plan: Plan, *, longest: int = LONGEST) -> str:
    """The line for this plan, of at most `longest` characters (a hundred are needed)."""
    found, first = prints(json.document(plan)), plan.proposed or frozenset()
    parts: list[str] = []
    room = longest - len(_line([], len(found)))
    for key in sorted(found, key=lambda key: (key not in first, key)):
        part = f'"{_OTHER.sub(_escaped, key)}":"{found[key]}"'
        room -= len(part) + 1
        if room < 0:
            break
        parts.append(part)
    return _line(parts, len(found) - len(parts))


def prints(document: Mapping[str, Json]) -> Prints:
    """The print of each assistant that a plan writes, holds or refuses, out of the plan's JSON document, as
    `model.json.loads` reads it. The same change has the same print; what stands in several places has its first."""
    found: Prints = {}
    for name, action in (("changes", None), ("held", "held"), ("refused", "refused")):
        listed = document.get(name)
        for one in listed if isinstance(listed, list) else []:
            if isinstance(one, dict) and isinstance(key := one.get("key"), str):
                what = [one.get("action"), one.get("fields"), one.get("code"), one.get("message")]
                found.setdefault(key, f"{action or one.get('action')}:{digest(what)[:12]}")
    return found


def read(text: str) -> JsonObject | None:
    """`format`, `of` and `more`, out of the last line of a comment; None where that is not such a line, whole and
    right."""
    line = text.rstrip("\r\n ").rpartition("\n")[2]
    if len(line) > LONGEST or not (line.startswith(_START) and line.endswith(_END)):
        return None
    try:
        value = stdlib.loads(line[len(_START) : -len(_END)], object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return None
    return value if _is_right(value) else None


def _is_right(value: object) -> TypeGuard[JsonObject]:
    if not isinstance(value, dict) or value.keys() != {"format", "of", "more"}:
        return False
    of, more = value["of"], value["more"]
    if type(value["format"]) is not int or value["format"] != FORMAT or type(more) is not int or more < 0:
        return False
    return isinstance(of, dict) and all(isinstance(one, str) and _PRINT.fullmatch(one) for one in of.values())


def _once(pairs: list[tuple[str, Json]]) -> JsonObject:
    """An object in which no name stands twice: two readers would take two values."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name stands twice")
    return made


def _line(parts: list[str], more: int) -> str:
    return f'{_START}{{"format":{FORMAT},"of":{{{",".join(parts)}}},"more":{more}}}{_END}'


def _escaped(match: re.Match[str]) -> str:
    """As JSON writes any character by its number: what ends a comment or means anything cannot stand there."""
    units = match.group().encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
