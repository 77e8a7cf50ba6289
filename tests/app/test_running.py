"""Many runs side by side: an end for each, whatever happens; nothing new after a stop."""

from __future__ import annotations

import _thread
import threading
import time
from collections.abc import Callable
from threading import Event
from typing import Any

from reconciler.app.running import LEFT_ALONE, STOPPED, OneRun, run_tries
from reconciler.model.trial import Answered, NotRun, Ran, Unknown
from reconciler.model.tries import Try
from reconciler.server.runner import RunOf

DEADLINE = 20.0


def one(number: int) -> OneRun:
    tried = Try(name=f"t{number}", input=number, path="a.yaml")
    return OneRun(key="a", tried=tried, side="after", what=RunOf(assistant_id="a", input=number))


def answered(number: Any) -> Answered:
    return Answered(text=str(number), output=None, seconds=0.1)


class Runner:
    """Runs what it is told to, and counts how many go side by side."""

    def __init__(self, act: Callable[[RunOf, Event], Ran]) -> None:
        self._act, self._lock = act, threading.Lock()
        self.now, self.most, self.began = 0, 0, 0

    def run(self, what: RunOf, *, seconds: float, stop: Event) -> Ran:
        with self._lock:
            self.now, self.began = self.now + 1, self.began + 1
            self.most = max(self.most, self.now)
        try:
            return self._act(what, stop)
        finally:
            with self._lock:
                self.now -= 1


def carry_out(number: int, runner: Runner, stop: Event | None = None, **more: Any) -> list[Ran]:
    return run_tries([one(n) for n in range(number)], runner, stop=stop or Event(), **more)  # type: ignore[arg-type]  # as a runner does


def test_ends_are_in_the_order_of_the_runs() -> None:
    """However long each takes."""
    gate = Event()

    def act(what: RunOf, stop: Event) -> Ran:
        if what.input == 0:
            gate.wait(DEADLINE)
        elif what.input == 3:
            gate.set()
        return answered(what.input)

    assert carry_out(4, Runner(act), parallelism=2) == [answered(n) for n in range(4)]


def test_no_more_side_by_side_than_asked() -> None:
    """As many as that, and no more."""
    meet = threading.Barrier(3)

    def act(what: RunOf, stop: Event) -> Ran:
        meet.wait(DEADLINE)
        return answered(what.input)

    runner = Runner(act)
    carry_out(9, runner, parallelism=3)
    assert (runner.most, runner.began) == (3, 9)


def test_nothing_to_run() -> None:
    """Nothing is begun."""
    assert carry_out(0, Runner(lambda what, stop: answered(0))) == []


def test_a_stop() -> None:
    """What runs sees it and says how it ended; what was not begun never is."""
    stop = Event()

    def act(what: RunOf, stop: Event) -> Ran:
        if what.input == 1:
            stop.set()
        return Unknown(why="it was interrupted") if stop.is_set() else answered(what.input)

    runner = Runner(act)
    ends = carry_out(5, runner, stop, parallelism=1)
    assert ends[:2] == [answered(0), Unknown(why="it was interrupted")]
    assert ends[2:] == [STOPPED] * 3
    assert runner.began == 2


def test_the_time_for_all() -> None:
    """Once it is over nothing is begun, and what runs gets to its end."""

    def act(what: RunOf, stop: Event) -> Ran:
        end = time.monotonic() + 0.3
        while time.monotonic() < end:
            assert not stop.wait(0.05)
        return answered(what.input)

    ends = carry_out(3, Runner(act), parallelism=1, total=0.2)
    assert ends[0] == answered(0)
    assert ends[1:] == [NotRun(why="the 0.2 s for all runs were over before it was sent")] * 2


def test_a_mistake_of_ours_loses_no_other_end() -> None:
    """That one is unknown, since it may have been sent; the others are told, progress or not."""

    def act(what: RunOf, stop: Event) -> Ran:
        if what.input == 1:
            raise RuntimeError("boom")
        return answered(what.input)

    def fails(run: OneRun, ran: Ran) -> None:
        raise OSError("nobody listens")

    ends = carry_out(3, Runner(act), progress=fails)
    assert ends[1] == Unknown(why="RuntimeError: boom", left="the run, if it was taken")
    assert (ends[0], ends[2]) == (answered(0), answered(2))


def test_a_keyboard_interrupt_is_a_stop() -> None:
    """What runs is waited for, and its end is told."""

    def act(what: RunOf, stop: Event) -> Ran:
        if what.input == 0:
            _thread.interrupt_main()
        assert stop.wait(DEADLINE)
        return Unknown(why="it was interrupted")

    stop = Event()
    ends = carry_out(3, Runner(act), stop, parallelism=1)
    assert stop.is_set()
    assert ends == [Unknown(why="it was interrupted"), *[STOPPED] * 2]


def test_one_who_insists_waits_for_nothing() -> None:
    """After a stop a KeyboardInterrupt leaves alone what runs, and says that it may go on."""
    stop, gate = Event(), Event()

    def act(what: RunOf, stop: Event) -> Ran:
        stop.set()
        _thread.interrupt_main()
        gate.wait(DEADLINE)
        return answered(what.input)

    try:
        ends = carry_out(2, Runner(act), stop, parallelism=1)
    finally:
        gate.set()
    assert ends == [LEFT_ALONE, STOPPED]


def test_progress_is_told_of_each_end() -> None:
    """With the run that it is of."""
    told: list[tuple[str, Ran]] = []
    carry_out(
        3, Runner(lambda what, stop: answered(what.input)), progress=lambda run, ran: told.append((run.tried.name, ran))
    )
    assert sorted(told, key=lambda each: each[0]) == [(f"t{n}", answered(n)) for n in range(3)]
