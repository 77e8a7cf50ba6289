"""How the cost of something grows: seconds of this process at so many entries and at a tenth of them."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

MANY = 20_000
GROWS = 17.0
"""At most, for ten times as many; a step that looks at each pair would make it a hundred."""

TRIES, HOPELESS = 3, 40.0
"""A moment in which the machine does something else makes it longer, never shorter; but not as long as that."""


def assert_linear(work: Callable[[int], Callable[[], object]], many: int = MANY) -> None:
    """`work(count)` prepares, and what it returns is measured."""
    grew = 0.0
    for _ in range(TRIES):
        grew = _seconds(work(many)) / _seconds(work(many // 10))
        if grew <= GROWS:
            return
        if grew > HOPELESS:
            break
    raise AssertionError(f"ten times as many take {grew:.0f} times as long")


def _seconds(work: Callable[[], object]) -> float:
    """Of this process, not of the clock: others may use the machine too. The collector is off, as it grows with all
    that the whole test run holds."""
    gc.collect()
    gc.disable()
    try:
        begun = time.process_time()
        work()
        return time.process_time() - begun
    finally:
        gc.enable()
