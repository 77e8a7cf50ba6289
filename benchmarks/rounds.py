"""Measuring on a machine that does other things too: A B A B, and the best of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping


def interleaved(what: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """Each of them once a round; the best seconds of each. What disturbs a machine only ever adds time."""
    taken: dict[str, list[float]] = {name: [] for name in what}
    for _ in range(rounds):
        for name, measure in what.items():
            taken[name].append(measure())
    return {name: min(times) for name, times in taken.items()}
