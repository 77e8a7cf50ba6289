"""What a renderer makes in pieces, as one text."""

from __future__ import annotations

from collections.abc import Iterable


def one_text(pieces: Iterable[str]) -> str:
    """All of it; a text that was one already stays as it is."""
    return "".join(pieces)
