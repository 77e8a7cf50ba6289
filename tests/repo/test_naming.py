"""Keys for assistants that have none: every one fits the grammar, wherever its words come from."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.repo.manifests.keys import key_problem
from reconciler.repo.manifests.naming import candidates

ID = "62e209ca-9154-432a-b9e9-2d75c7a9219b"


@given(st.text(), st.text())
def test_any_words(graph: str, name: str) -> None:
    """Two segments of the grammar, short enough also with a number; no two candidates are one to a file system."""
    found = list(islice(candidates(graph, name, ID), 5))
    for key in found:
        assert key_problem(key) is None
        assert key.count("/") == 1
        assert not key.endswith(".tries")
        assert not key.rpartition("/")[2].startswith("_")
    assert len({key.casefold() for key in found}) == len(found)


@pytest.mark.parametrize(
    ("graph", "name", "key"),
    [
        ("writer", "Tweet Writer (v2)", "writer/tweet-writer-v2"),
        ("Research.v2", "Crème brûlée", "Research.v2/creme-brulee"),
        ("../..", "../../etc/passwd", "graph/etc-passwd"),
        ("con", "NUL", "con-1/nul-1"),
        ("日本", "日本", "graph/assistant-62e209ca"),
        ("x" * 200, "y" * 200, f"{'x' * 40}/{'y' * 50}"),
    ],
)
def test_the_first_choice(graph: str, name: str, key: str) -> None:
    """Readable where the words allow it."""
    assert next(candidates(graph, name, ID)) == key
