"""Every kind of bad manifest, with all that is said about it: bad_manifests/NAME.yaml and NAME.txt.

`UPDATE_GOLDEN=1 pytest tests/repo/test_bad_manifests.py` rewrites the texts.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.repo.manifests import Loaded

from .conftest import Files, tell

CASES = sorted((Path(__file__).parent / "bad_manifests").glob("*.yaml"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_it_says_all_that_is_wrong_and_where(case: Path, read: Callable[[Files], Loaded]) -> None:
    """All errors of a file come in one run, each at its place and in two lines at most, and it yields no assistant."""
    loaded = read({"assistants/case.yaml": case.read_bytes(), "assistants/prompts/tweet.md": "Be brief.\n"})
    text = tell(loaded.diagnostics)
    golden = case.with_suffix(".txt")
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text, "utf-8")
    assert text == golden.read_text("utf-8")
    assert all("\n" not in f"{one.message}{one.hint}" for one in loaded.diagnostics)
    assert loaded.failed
    assert loaded.wanted == ()
