"""Judges an answer within a time: with some answers a pattern or a path of an expectation never comes to an end."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from reconciler.core.expect import judge
from reconciler.model.trial import Answered, Ran, Unknown
from reconciler.model.tries import Expect

SECONDS = 10.0
"""How long the expectations of one try may take: an answer is a page of text, and they take milliseconds."""

ENDLESS = "it answered, and a pattern or path that is expected of it does not come to an end with that answer"


class _TooLong(Exception):
    pass


def judged(expect: Expect, ran: Ran) -> tuple[Ran, tuple[str, ...]]:
    """The end of a run, and what of it is not as expected. Where that cannot be told in time the end is Unknown: nobody
    is to blame."""
    if not isinstance(ran, Answered):
        return ran, ()
    try:
        with _within(SECONDS):
            return ran, judge(expect, ran)
    except _TooLong:
        return Unknown(why=ENDLESS), ()


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Raises _TooLong inside after so long. Python's `re` looks for signals as it goes; only the main thread hears of
    them, so another one has no limit."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
