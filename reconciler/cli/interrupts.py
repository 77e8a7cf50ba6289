"""Ctrl-C and SIGTERM while something is being written: the first asks to stop, a second one insists."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType

from reconciler.cli.output import say


@contextmanager
def interrupts() -> Iterator[Event]:
    """An event that the first signal sets. The second one is a KeyboardInterrupt."""
    stop = Event()

    def handle(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        say("\ninterrupted: nothing new is started, what is in flight is settled")

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
