"""A place a message points at."""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """A file of the settings' folder; line and column from 1."""

    path: str
    line: int
    column: int
