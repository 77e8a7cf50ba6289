"""Paths into JSON as RFC 9535 has them: `$.messages[-1].content`."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from reconciler.model.json import Json

if TYPE_CHECKING:
    from jsonpath import CompoundJSONPath, JSONPath


def problem(path: str) -> str | None:
    """What keeps a text from being such a path; None where it is one."""
    try:
        _compile(path)
    except ValueError as error:
        return str(error)
    return None


def find(path: str, value: Json) -> list[Json]:
    """What a path finds in a value, in its order. Raises ValueError where it is none."""
    from jsonpath import JSONPathError

    try:
        found: list[Json] = _compile(path).findall(value)  # type: ignore[assignment]  # parts of a JSON value
    except (JSONPathError, RecursionError):
        return []
    return found


@lru_cache(maxsize=1024)
def _compile(path: str) -> JSONPath | CompoundJSONPath:
    # Late: only who expects something at a path pays for it. Kept: the rows of a table share their tries.
    from jsonpath import JSONPathEnvironment, JSONPathError

    try:
        return JSONPathEnvironment(strict=True).compile(path)
    except JSONPathError as error:
        # str() of it may itself fail, where the text is empty.
        said = str(error.args[0]).partition("\n")[0] if error.args else ""
        raise ValueError(said if said and "TOKEN" not in said else "it begins with `$`") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
