"""When a read that failed is sent again: stamina decides. Imported where something failed, as in few runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import stamina
from stamina.instrumentation import set_on_retry_hooks

R = TypeVar("R")

set_on_retry_hooks([])
"""Or each retry is logged, on stdout even where structlog is installed, with the answer and what a server repeats in it
of the key."""


def again(once: Callable[[], R], failed: Exception, *, on: Callable[[Exception], bool | float], attempts: int) -> R:
    """What `once` returns after it `failed` for the first time, which counts as one of the attempts. `on` says whether
    to try again, or in how many seconds. Raises what the last attempt did."""
    first = [failed]

    @stamina.retry(on=on, attempts=attempts, timeout=60.0, wait_initial=0.2, wait_max=5.0)
    def attempt() -> R:
        if first:
            raise first.pop()
        return once()

    return attempt()
