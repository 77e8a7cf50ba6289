"""How far an apply is, on stderr: a bar on a terminal, a line now and then in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from threading import Lock

from reconciler.app.execute import Attempt
from reconciler.cli import output
from reconciler.model.change import action, key_of
from reconciler.render.escape import terminal
from reconciler.render.wrap import cells

FEW = 20
"""Up to so many changes each has its line in a log."""

EVERY = 5.0
"""Seconds between two lines in the log of a longer run."""

WIDTH = 20
"""Characters of the bar."""

CLEAR = "\r\x1b[2K"

COLUMNS = 79
"""Those of a line that is drawn again: one that breaks could not be."""


class Progress:
    """Says what came of changes, never what is about to be tried. Safe for several threads.

    On a terminal one line that is drawn again. In a log each change where they are few, or with `verbose`; else a line
    every few seconds, and at once what did not go as planned.
    """

    def __init__(
        self, total: int, *, verbose: bool, live: bool | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._total, self._done = total, 0
        self._live = (sys.stderr.isatty() if live is None else live) and not verbose
        self._each = verbose or total <= FEW
        self._clock = clock
        self._began = self._said = clock()
        self._lock = Lock()

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._live and self._done:
            output.say(CLEAR, nl=False)

    def __call__(self, attempt: Attempt) -> None:
        with self._lock:
            self._done += 1
            now = self._clock()
            word = "" if attempt.result == "done" else f" ({attempt.result})"
            line = terminal(f"{action(attempt.change)} {key_of(attempt.change)}{word}")
            if self._live:
                draw(self._done, self._total, now - self._began, line)
            elif self._each or word:
                output.say(f"[{self._done}/{self._total}] {line}")
            elif now - self._said >= EVERY:
                self._said = now
                output.say(how_far(self._done, self._total, now - self._began))


def draw(done: int, total: int, seconds: float, line: str) -> None:
    """The line that is drawn again, with what was done last."""
    text = f"{bar(done, total)} {how_far(done, total, seconds)}{f'  {line}' if line else ''}"[: 4 * COLUMNS]
    while cells(text) > COLUMNS:
        text = text[:-1]
    output.say(f"{CLEAR}{text}", nl=False)


def bar(done: int, total: int) -> str:
    """`[=====>              ]`."""
    filled = WIDTH * done // total
    return f"[{'=' * filled}{'>' if filled < WIDTH else ''}".ljust(WIDTH + 1) + "]"


def how_far(done: int, total: int, seconds: float) -> str:
    """`120/1,000, 41/s, 22 s left`; without a rate as long as there is none to speak of."""
    said = f"{done:,}/{total:,}"
    if seconds < 1 or not done:
        return said
    rate = done / seconds
    left = (total - done) / rate
    minutes, rest = divmod(round(left), 60)
    pace = f", {rate:,.0f}/s" if rate >= 1 else ""  # of runs of some seconds each `0/s` would say nothing
    return f"{said}{pace}, {f'{minutes} min {rest} s' if minutes else f'{rest} s'} left"
