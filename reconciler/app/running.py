"""Many runs side by side: each once, none after a stop, and an end for every one, whatever happens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from threading import Event
from time import monotonic
from typing import Literal, TypeAlias

from msgspec import Struct

from reconciler.model.trial import NotRun, Ran, Unknown
from reconciler.model.tries import Try
from reconciler.server.runner import Runner, RunOf

POLL = 0.2
"""Seconds between two looks whether the run was stopped."""

STOPPED = NotRun(why="interrupted before it was sent")

LEFT_ALONE = Unknown(
    why="it was interrupted, and then left alone", left="the run or its thread, whose metadata says reconciler: try"
)

Side: TypeAlias = Literal["before", "after", "control", "again", "proof"]
"""What a run is of: what is compared with, what was proposed or written; after an apply also the content before, to see
what is at fault, what was written once more, and what is live again."""


class OneRun(Struct, frozen=True, kw_only=True):
    """A run to be made, and of which try of which assistant it is."""

    key: str
    tried: Try
    side: Side
    what: RunOf


Progress: TypeAlias = Callable[[OneRun, Ran], None]


def no_progress(one: OneRun, ran: Ran) -> None:
    """Says nothing."""


def run_tries(
    runs: Sequence[OneRun],
    runner: Runner,
    *,
    parallelism: int = 4,
    seconds: float = 120.0,
    total: float | None = None,
    stop: Event,
    progress: Progress = no_progress,
) -> list[Ran]:
    """The end of each run, in their order. Raises nothing for what a server does.

    `seconds` are those of one run. After `total` seconds nothing new is sent; what runs gets to its end. Where `stop`
    is set nothing new is sent, and what runs is cancelled and cleared away. A KeyboardInterrupt does the same, but one
    after a stop does not wait for it.
    """
    if not runs:
        return []
    until = None if total is None else monotonic() + total
    sent: set[int] = set()
    ends: dict[int, Ran] = {}
    idle = Event()

    def carry_out(index: int) -> None:
        one = runs[index]
        if stop.is_set():
            return
        if until is not None and monotonic() >= until:
            ends[index] = NotRun(why=f"the {total:g} s for all runs were over before it was sent")
            return
        sent.add(index)
        try:
            ran = runner.run(one.what, seconds=seconds, stop=stop)
        except Exception as error:  # a fault of this tool must not lose the ends of the others
            ran = Unknown(why=f"{type(error).__name__}: {error}", left="the run, if it was taken")
        ends[index] = ran
        with suppress(Exception):  # nobody may be there to hear of progress
            progress(one, ran)

    def wait_for_all() -> None:
        """In small steps: else a signal would not be heard."""
        while any(not future.done() for future in futures) or sent - ends.keys():
            left = [future for future in futures if not future.done()]
            if not wait(left, timeout=POLL).not_done:
                idle.wait(POLL if sent - ends.keys() else 0)

    pool = ThreadPoolExecutor(max_workers=min(parallelism, len(runs)))
    futures: list[Future[None]] = []
    try:
        for index in range(len(runs)):
            futures.append(pool.submit(carry_out, index))  # one by one: those before an interrupt are to be known
        wait_for_all()
    except KeyboardInterrupt:
        insists = stop.is_set()
        stop.set()
        with suppress(KeyboardInterrupt):
            if not insists:
                wait_for_all()
    pool.shutdown(wait=False, cancel_futures=True)
    return [ends.get(index) or (LEFT_ALONE if index in sent else STOPPED) for index in range(len(runs))]
