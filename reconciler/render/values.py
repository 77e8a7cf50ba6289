"""Field names and JSON values in one line, as a reader meets them: `context.tools[0]`, `"openai"`, `25`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache

from reconciler.model.change import ABSENT, FieldChange, Value
from reconciler.model.wanted import FieldPath
from reconciler.render.visible import shown

_PLAIN = re.compile(r"[^\W\d][\w-]*")
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


@lru_cache(maxsize=4096)  # of a thousand assistants each has the same fields
def label(path: FieldPath) -> str:
    """`context.tools[0].name`; a name with unusual characters stands in brackets and quotes. Safe for a terminal."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN.fullmatch(step):
            text += f".{step}" if text else step
        else:
            text += f"[{quoted(step)}]"
    return text or "everything"


def masked(value: Value) -> bool:
    """Whether this stands in place of a value that is not to be shown. It is put there before anything is rendered."""
    return isinstance(value, dict) and len(value) == 1 and value.get("masked") is True


def quoted(text: str, *, strict: bool = False) -> str:
    r"""A string as JSON writes it, so that blanks and `"25"` are told from 25. Safe for a terminal."""
    return shown(dumps(text), strict=strict)


def dumps(value: Value) -> str:
    """Any value as JSON on one line, not yet escaped."""
    return "" if value is ABSENT else _encode(value)


def inline(value: Value, *, strict: bool = False) -> str:
    """Any value on one line. Safe for a terminal."""
    if value is ABSENT:
        return ""
    return "(hidden)" if masked(value) else shown(dumps(value), strict=strict)


def pretty(value: Value) -> str:
    """A list or an object over several lines, not yet escaped."""
    return "" if value is ABSENT else json.dumps(value, ensure_ascii=False, sort_keys=True, indent=2)


def leaves(change: FieldChange) -> Iterator[FieldChange]:
    """An object that is added or removed as a whole, field by field; everything else as it is."""
    value = change.after if change.op == "add" else change.before
    if change.op == "replace" or not isinstance(value, dict) or not value or masked(value):
        yield change
        return
    for name, inner in sorted(value.items()):
        path = (*change.path, name)
        if change.op == "add":
            yield from leaves(FieldChange(path=path, op="add", after=inner))
        else:
            yield from leaves(FieldChange(path=path, op="remove", before=inner))
