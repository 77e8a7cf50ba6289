"""JSON files that anybody may have written: read to the byte, up to a size, or refused with what is wrong."""

from __future__ import annotations

import json
import math
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.errors import UsageError
from reconciler.model.json import Json, JsonObject, number

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

TOO_DEEP = "it is nested too deeply"
_LONG_NUMBER = "integer string conversion"
"""In Python's own words for whole numbers of more digits than it reads."""


def read_bytes(path: Path, largest: int) -> bytes:
    """The file's bytes, one more than `largest` at most: `loads` says that these are too many. Raises UsageError."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # to open a pipe that nobody writes to would wait for ever
            raise UsageError(f"cannot read {path}: it is no file")
        with path.open("rb") as file:
            return file.read(largest + 1)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
    except ValueError:  # a NUL in its name
        raise UsageError(f"cannot read {str(path)!r}: that is no file's name") from None


def loads(content: bytes, largest: int) -> Json:
    """The value in these bytes. Raises ValueError, never anything else: for what is not UTF-8, is no JSON (RFC 8259),
    says a field twice, is larger than `largest` bytes, or holds what could not be written again."""
    if len(content) > largest:
        raise ValueError(f"it is larger than {largest // 2**20} MB")

    def refuse(constant: str) -> Json:
        raise ValueError(f"{constant} is not JSON")

    def finite(text: str) -> int | float:
        found = number(text)
        if math.isinf(found):
            raise ValueError("a number in it is too large")
        return found

    def once(pairs: list[tuple[str, Json]]) -> JsonObject:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise ValueError("a field is in it twice")
        return found

    try:
        text = content.decode("utf-8", "surrogatepass")
        if text.startswith("\ufeff"):
            raise ValueError("it begins with a byte order mark, so another program has written it since")
        value: Json = json.loads(text, parse_float=finite, parse_constant=refuse, object_pairs_hook=once)
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON (line {error.lineno}, column {error.colno})") from None
    except RecursionError:
        raise ValueError(TOO_DEEP) from None
    except ValueError as error:
        if _LONG_NUMBER in str(error):
            raise ValueError("a number in it is too long") from None
        raise
    return value


def require(value: Json, schema: JsonObject) -> JsonObject:
    """The value, where it is an object as the schema says. Raises ValueError with the first place where it is not."""
    from jsonschema import Draft202012Validator  # here: most runs read no such file

    try:
        error = next(iter(Draft202012Validator(schema).iter_errors(value)), None)
    except RecursionError:  # what could just be read may be too deep to be said
        raise ValueError(TOO_DEEP) from None
    if error is not None:
        raise ValueError(_said(error))
    if not isinstance(value, dict):
        raise ValueError("it is no object")
    return value


def _said(error: ValidationError) -> str:
    """Where and what, on one line that is not as long as what is wrong."""
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path)
    message = " ".join(error.message.split())
    message = message if len(message) <= 160 else f"{message[:80]} … {message[-79:]}"
    return f"{' '.join(where.split()).lstrip('.')[:160]}: {message}" if where else message
