"""What `try` says besides its result: the question, and how far it is."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from threading import Lock
from typing import assert_never

import click

from reconciler.app.running import OneRun
from reconciler.app.trying import Proposed
from reconciler.cli import output
from reconciler.cli.progress import CLEAR, draw
from reconciler.model.trial import Answered, Erred, NotRun, Ran, Unknown
from reconciler.render.escape import terminal

NAMED = 10
"""Assistants that a question names."""


def confirmed(proposed: Proposed) -> bool:
    """Ask on the terminal. Only the word `yes` is a yes."""
    deployment, keys = proposed.deployment, proposed.keys
    where = f"{deployment.name} ({deployment.url})" if deployment.name else deployment.url
    named = ", ".join(keys[:NAMED]) + (f" and {len(keys) - NAMED} more" if len(keys) > NAMED else "")
    number = len(proposed.runs)
    output.say(terminal(f"Make {number} run{'' if number == 1 else 's'} on {where}, of {named}?"))
    said = f": {_acting(proposed)}" if proposed.acting else ": what the graph's tools do in it, they do"
    output.say(f"They are real runs{said}.")
    answer: str = click.prompt("Only 'yes' runs them", default="", show_default=False, err=True)
    return answer.strip() == "yes"


def tell(proposed: Proposed) -> None:
    """Where nobody is asked, say what acts."""
    if proposed.acting:
        output.say(f"note: these are real runs: {_acting(proposed)}")


def _acting(proposed: Proposed) -> str:
    return terminal(f"nothing stops them before {', '.join(proposed.acting[:NAMED])}, where tools act")


class Progress:
    """Says how each run ended, on stderr: on a terminal one line that is drawn again, in a log a line each. Safe for
    several threads."""

    def __init__(
        self, total: int, *, verbose: bool, live: bool | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._total, self._done = total, 0
        self._live = (sys.stderr.isatty() if live is None else live) and not verbose
        self._clock, self._began = clock, clock()
        self._lock = Lock()

    def __enter__(self) -> Progress:
        if self._live and self._total:
            self._draw("")
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            output.say(CLEAR, nl=False)

    def __call__(self, one: OneRun, ran: Ran) -> None:
        with self._lock:
            self._done += 1
            line = terminal(f"{one.key}, try {one.tried.name}, {one.side}: {_ended(ran)}")
            if self._live:
                self._draw(line)
            else:
                output.say(f"[{self._done}/{self._total}] {line}")

    def _draw(self, line: str) -> None:
        done = min(self._done, self._total)
        draw(done, self._total, self._clock() - self._began, line)


def _ended(ran: Ran) -> str:
    match ran:
        case Answered():
            return f"answered in {ran.seconds:.1f} s"
        case Erred():
            return f"failed with {ran.error}"
        case Unknown():
            return "how it ended is not known"
        case NotRun():
            return "not run"
        case _:
            assert_never(ran)
