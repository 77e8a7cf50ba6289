"""A covering array: few sets of trait values in which every pair of values of two traits occurs together."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping, Sequence

Cell = tuple[str, str]


def covering(matrix: Mapping[str, Sequence[str]], seed: int = 7) -> list[dict[str, str]]:
    """Rows that cover all pairs, greedily; the same for the same matrix and seed."""
    chance = random.Random(seed)
    names = sorted(matrix)
    missing: set[frozenset[Cell]] = {
        frozenset({(a, x), (b, y)}) for a, b in itertools.combinations(names, 2) for x in matrix[a] for y in matrix[b]
    }
    rows: list[dict[str, str]] = []
    while missing:
        row: dict[str, str] = dict(min(missing, key=sorted))
        for name in chance.sample(names, len(names)):
            if name not in row:
                row[name] = max(matrix[name], key=lambda value: (_gain(row, name, value, missing), value))
        missing -= {frozenset(pair) for pair in itertools.combinations(sorted(row.items()), 2)}
        rows.append(row)
    return rows


def _gain(row: Mapping[str, str], name: str, value: str, missing: set[frozenset[Cell]]) -> int:
    return sum(1 for cell in row.items() if frozenset({cell, (name, value)}) in missing)
