"""A key for an assistant that has none yet: `<graph_id>/<slug of its name>`, as the grammar of keys wants it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from reconciler.repo.names import LONGEST_NAME, NAME

_OTHER = re.compile(r"[^a-z0-9_]+")
_LONGEST_GRAPH, _LONGEST_SLUG = 40, 50
"""Together with a number they stay within a key's length."""

_WINDOWS = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])\Z")
"""Names that no file can have on Windows, whatever its ending."""

assert _LONGEST_GRAPH + _LONGEST_SLUG < LONGEST_NAME


def candidates(graph_id: str, name: str, assistant_id: str) -> Iterator[str]:
    """Keys in the order of preference: the plain one, then numbered ones, without end.

    A name of which nothing is left, `日本`, is called by the start of its id.
    """
    stem = slug(name)[:_LONGEST_SLUG].strip("-_") or f"assistant-{slug(assistant_id)[:8]}"
    key = f"{_folder(graph_id)}/{stem}"
    yield key
    number = 2
    while True:
        yield f"{key}-{number}"
        number += 1


def _folder(graph_id: str) -> str:
    """A graph's own id where a folder of that name can be everywhere."""
    plain = NAME.match(graph_id) and len(graph_id) <= _LONGEST_GRAPH and not graph_id.endswith(".")
    if plain and not _WINDOWS.match(graph_id.lower()):
        return graph_id
    return slug(graph_id)[:_LONGEST_GRAPH].strip("-_") or "graph"


def slug(text: str) -> str:
    """`Tweet Writer (v2)` is `tweet-writer-v2`: lower case, letters without their accents, no dot, at times empty."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    made = _OTHER.sub("-", bare.lower()).strip("-_")
    return f"{made}-1" if _WINDOWS.match(made) else made
