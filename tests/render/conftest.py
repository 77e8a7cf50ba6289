"""Golden files: `UPDATE_GOLDEN=1 pytest tests/render` rewrites them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"
COMMENTS = Path(__file__).parent / "golden_comment"


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compares a text with its golden file, byte for byte, or writes it where that was asked for."""
    return _within(GOLDEN)


@pytest.fixture
def golden_comment() -> Callable[[str, str], None]:
    """The same among the comments on pull requests."""
    return _within(COMMENTS)


def _within(folder: Path) -> Callable[[str, str], None]:
    def compare(name: str, text: str) -> None:
        path = folder / name
        if os.environ.get("UPDATE_GOLDEN"):
            path.write_bytes(text.encode())
        assert path.read_bytes().decode() == text

    return compare
