"""An input for a graph out of a file: an object as it stands, or a text, which is what a user says."""

from __future__ import annotations

import re
from pathlib import PurePath
from re import Match

from reconciler.errors import InvalidSource, UsageError
from reconciler.model.json import Json
from reconciler.model.tries import as_input
from reconciler.repo.yaml import load

_YAML = frozenset((".yaml", ".yml"))
_PARSED = _YAML | {".json"}
_PAIR = re.compile(r"\\u([dD][89abAB][\da-fA-F]{2})\\u([dD][c-fC-F][\da-fA-F]{2})")
"""How JSON writes a character past U+FFFF, as an emoji; YAML has no such pairs."""


def read_input(data: bytes, name: str) -> Json:
    """What is sent for it. A `.json` or `.yaml` file is read as YAML, and so is anything that begins with `{`; all else
    is a text. Raises UsageError, and InvalidSource with the places of what cannot be read."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"--input {name}: it is no text in UTF-8") from None
    if not text.strip():
        raise UsageError(f"--input {name}: it is empty")
    if PurePath(name).suffix.lower() not in _PARSED and not text.lstrip().startswith("{"):
        return as_input(text)
    if PurePath(name).suffix.lower() not in _YAML:
        data = _PAIR.sub(_character, text).encode()
    document = load(data, name)
    if document.errors or not document.readable:
        raise InvalidSource(document.errors)
    if not isinstance(document.value, dict | str):
        raise UsageError(
            f"--input {name}: an input is an object or a text", hint="{messages: [{role: user, content: Hello}]}"
        )
    return as_input(document.value)


def _character(pair: Match[str]) -> str:
    high, low = (int(half, 16) for half in pair.groups())
    return chr(0x10000 + ((high - 0xD800) << 10) + low - 0xDC00)
