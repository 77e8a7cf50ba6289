"""What a tag of our own means, asked of whoever reads the file: `!file PATH`, `!each FIELD`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import NamedTuple, TypeAlias

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json import Json
from reconciler.model.wanted import FieldPath


class Spot(NamedTuple):
    """Where a tag stands: the path of its value in the document, line and column from 1."""

    path: FieldPath
    line: int
    column: int


class NoValue(Enum):
    """In place of a value: it cannot be had and that is told elsewhere, or it is asked for too early."""

    LOST = "lost"
    LATER = "later"


OnTag: TypeAlias = "Callable[[Json, Spot], Json | Diagnostic | NoValue]"
"""The value of a tag, given what stands behind it (a text as it is written, or a mapping) and where; else what is
wrong with it."""

Tags: TypeAlias = Mapping[str, OnTag]
