"""A time budget for validation: a schema's `pattern` may take for ever on an unlucky text.

CPython's regular expressions hold the interpreter's lock but look for signals, so an interval timer stops them where a
thread could not. Outside the main thread, and where the platform has no such timer, there is no budget.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

_FRAMES = 6000
"""A context nested a hundred deep takes a dozen frames a level; the interpreter's own limit is 1,000 in all."""


class OutOfTime(Exception):
    """The budget is used up."""


@contextmanager
def budget(seconds: float) -> Iterator[None]:
    """Raises OutOfTime in the block once `seconds` have passed. A timer that was running is put back."""
    depth = sys.getrecursionlimit()
    sys.setrecursionlimit(max(depth, _FRAMES))
    try:
        if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
            yield
            return
        handler = signal.signal(signal.SIGALRM, _stop)
        left, interval = signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, left, interval)
            signal.signal(signal.SIGALRM, handler)
    finally:
        sys.setrecursionlimit(depth)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    raise OutOfTime
