"""Golden files: `UPDATE_GOLDEN=1 pytest tests/render` rewrites them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"
COMMENTS = Path(__file__).parent / "golden_comment"
TRIED = Path(__file__).parent / "golden_tried"
TRY = Path(__file__).parent / "golden_try"


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compares a text with its golden file, byte for byte, or writes it where that was asked for."""
    return _within(GOLDEN)


@pytest.fixture
def golden_comment() -> Callable[[str, str], None]:
    """The same among the comments on pull requests."""
    return _within(COMMENTS)


@pytest.fixture
def golden_tried() -> Callable[[str, str], None]:
    """The same among plans with what was tried of them."""
    return _within(TRIED)


@pytest.fixture
def golden_try() -> Callable[[str, str], None]:
    """The same among what `try` prints."""
    return _within(TRY)


def _within(folder: Path) -> Callable[[str, str], None]:
    def compare(name: str, text: str) -> None:
        path = folder / name
        if os.environ.get("UPDATE_GOLDEN"):
            path.write_bytes(text.encode())
        assert path.read_bytes().decode() == text

    return compare
