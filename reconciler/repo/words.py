"""Words that error messages share: the nearest known name, a list of names, what kind of value something is."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from reconciler.model.json import Json


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name that `word` was most likely meant to be, or None where none is near."""
    names = sorted(known)
    folded = {name.casefold().replace("-", "_"): name for name in reversed(names)}
    same = folded.get(word.casefold().replace("-", "_"))
    if same is not None:
        return same
    found = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    return found[0] if found else None


def snake(name: str) -> str:
    """`graphId` -> `graph_id`"""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """`did you mean \\`name\\`?`, or None where no known name is near."""
    found = nearest(word, known)
    return f"did you mean `{found}`?" if found is not None else None


def listing(names: Iterable[str]) -> str:
    """`a`, `b` and `c`, in the order given."""
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " and " + quoted[-1] if quoted else "nothing"


def kind(value: Json) -> str:
    """What a value is, in words: `a list`, `a whole number`."""
    match value:
        case None:
            return "empty"
        case bool():
            return "true or false"
        case int():
            return "a whole number"
        case float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
        case dict():
            return "a mapping"
