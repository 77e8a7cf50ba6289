"""Makes a plan true and proves it: pin, create, update, activate, delete, read back, report."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from itertools import groupby
from threading import Event
from time import monotonic
from typing import TypeVar

from reconciler.app.backup import Backup
from reconciler.app.execute import CHANGED, Attempt, Executor
from reconciler.app.settle import Settler
from reconciler.app.verify import hidden, meanwhile, prove, surplus, unproven
from reconciler.core.compose import Provenance
from reconciler.core.pin import moved
from reconciler.errors import ServerError
from reconciler.model.change import Activate, Change, assistant_id_of, live_of
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.live import Live, Version
from reconciler.model.plan import Plan
from reconciler.model.report import Outcome, Report, Result
from reconciler.server.reader import Reader
from reconciler.server.writer import Writer

Progress = Callable[[Attempt], None]
T = TypeVar("T")

IN_FLIGHT = 5.0
"""Seconds for which an interrupted run waits for what it has sent already, and then once more for the proof."""

POLL = 0.2
"""Seconds between two looks whether the run was stopped."""


def apply(
    plan: Plan,
    provenance: Provenance,
    reader: Reader,
    writer: Writer,
    *,
    parallelism: int = 10,
    pin: bool = True,
    progress: Progress = lambda attempt: None,
    settle: float = 5.0,
    stop: Event | None = None,
    backup: Backup | None = None,
) -> Report:
    """Carry out `plan`, which is not blocked. Nothing to do means no request that writes.

    With `pin` the list is read once more before the first write, and what moved since the plan is left alone. A write
    whose answer was lost is settled for `settle` seconds. A change that fails does not stop the others. Where `stop` is
    set, or on KeyboardInterrupt, nothing new is started and what is in flight is waited for. With `backup` each one is
    saved before it is deleted, and what cannot be saved is not deleted. A KeyboardInterrupt after a stop waits for
    nothing more.

    Raises ServerError where the list cannot be read before the first write.
    """
    held = [Outcome(change=h.change, result=Result.HELD, error=h.why) for h in plan.held]
    settled = not plan.refused and not any(h.ahead for h in plan.held)
    if not plan.changes:
        return Report(plan=plan, outcomes=tuple(held), converged=settled)
    stop = stop or Event()
    fresh, attempts = _pinned(plan, reader) if pin else (list(plan.changes), [])
    settler = Settler(plan.owner, reader, settle=settle, stop=stop)
    executor = Executor(plan.owner, provenance, reader, writer, settler, backup)
    others: tuple[Diagnostic, ...] = ()
    started: set[str] = set()
    unread = True
    try:
        for batch in _batches(fresh):
            _run(executor, batch, parallelism, stop, progress, started, attempts)
        outcomes, others = _in_time(lambda: _proof(plan, reader, settler, attempts), stop)
        unread = False
    except ServerError as error:
        outcomes = unproven(attempts, error.message)
    except KeyboardInterrupt:
        stop.set()
        tried = {assistant_id_of(a.change) for a in attempts}
        attempts += [_ended(c, None, started) for c in fresh if assistant_id_of(c) not in tried]
        outcomes = unproven(attempts, "the run was interrupted")
    order = {assistant_id_of(c): i for i, c in enumerate(plan.changes)}
    outcomes.sort(key=lambda o: order[assistant_id_of(o.change)])
    good = (Result.APPLIED, Result.UNCHANGED)
    return Report(
        plan=plan,
        outcomes=(*outcomes, *held),
        converged=settled and all(o.result in good for o in outcomes),
        interrupted=stop.is_set(),
        unread=unread,
        meanwhile=others,
    )


def _pinned(plan: Plan, reader: Reader) -> tuple[list[Change], list[Attempt]]:
    """The changes whose assistants are as they were planned, and the others as attempts that were not made."""
    now = _by_id(reader.assistants())
    stale = {i for c in plan.changes if moved(live_of(c), now.get(i := assistant_id_of(c)))}
    fresh = [c for c in plan.changes if assistant_id_of(c) not in stale]
    left = [c for c in plan.changes if assistant_id_of(c) in stale]
    return fresh, [Attempt(change=c, result="stale", error=CHANGED) for c in left]


def _proof(
    plan: Plan, reader: Reader, settler: Settler, attempts: Sequence[Attempt]
) -> tuple[list[Outcome], tuple[Diagnostic, ...]]:
    """The outcomes as they are read back, and what others did meanwhile. Raises ServerError."""
    lives = _by_id(reader.assistants())
    highest = {i: _highest(settler, i) for i in hidden(attempts)}
    above = {i: _above(settler, i, newest) for i, newest in surplus(attempts, lives, highest).items()}
    return prove(plan.owner, attempts, lives, highest, above), meanwhile(plan, lives)


def _in_time(read: Callable[[], T], stop: Event) -> T:
    """What is read, however long it takes; after a stop for some seconds more. Raises ServerError: whoever stopped the
    run ends it for good soon, and then there is no report at all."""
    pool = ThreadPoolExecutor(max_workers=1)
    try:
        reading = pool.submit(read)
        if _wait([reading], stop):
            raise ServerError(f"the run was interrupted, and there was no answer for {IN_FLIGHT:g} seconds")
        return reading.result()
    finally:
        pool.shutdown(wait=False)


def _highest(settler: Settler, assistant_id: str) -> int | None:
    try:
        return settler.newest(assistant_id)
    except ServerError:
        return None


def _above(settler: Settler, assistant_id: str, newest: int) -> tuple[Version, ...]:
    try:
        return settler.above(assistant_id, newest)
    except ServerError:
        return ()


def _skipped(change: Change) -> Attempt:
    return Attempt(change=change, result="skipped", error="not started: the run was interrupted")


def _by_id(lives: Iterable[Live]) -> dict[str, Live]:
    return {live.assistant_id: live for live in lives}


def _batches(changes: Sequence[Change]) -> Iterable[list[Change]]:
    """Changes that may run side by side: one kind at a time. The first of each kind goes alone: what its answer
    teaches about this server (does it know a context, merge metadata, restore versions?) is known to the others."""
    for kind, group in groupby(changes, key=type):
        batch = list(group)
        if kind is Activate:
            batch.sort(key=lambda change: isinstance(change, Activate) and change.target_is_newest)
        yield batch[:1]
        if len(batch) > 1:
            yield batch[1:]


def _run(
    executor: Executor,
    batch: Sequence[Change],
    parallelism: int,
    stop: Event,
    progress: Progress,
    started: set[str],
    attempts: list[Attempt],
) -> None:
    """Carry out `batch`; what became of it comes to `attempts`, also where a KeyboardInterrupt goes on from here."""

    def one(change: Change) -> Attempt:
        started.add(assistant_id_of(change))  # before the look at `stop`: nothing is sent that is not in it
        if stop.is_set():
            started.discard(assistant_id_of(change))
            return _skipped(change)
        try:
            attempt = executor(change)
        except Exception as error:  # a fault of this tool must not lose the report of the others
            attempt = Attempt(change=change, result="lost", error=f"{type(error).__name__}: {error}")
        with suppress(Exception):  # nobody may be there to hear of progress
            progress(attempt)
        return attempt

    pool = ThreadPoolExecutor(max_workers=min(parallelism, len(batch)))
    futures: dict[str, Future[Attempt]] = {}
    try:
        try:
            for change in batch:
                futures[assistant_id_of(change)] = pool.submit(one, change)
            _wait(futures.values(), stop)
        except KeyboardInterrupt:
            if stop.is_set():
                raise
            stop.set()
            _wait(futures.values(), stop)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        attempts += [_ended(change, futures.get(assistant_id_of(change)), started) for change in batch]


def _ended(change: Change, future: Future[Attempt] | None, started: Collection[str]) -> Attempt:
    """What became of a change, where nobody waits for it any more."""
    if future is not None and future.done() and not future.cancelled():
        return future.result()
    return _in_flight(change) if assistant_id_of(change) in started else _skipped(change)


def _wait(futures: Iterable[Future[T]], stop: Event) -> set[Future[T]]:
    """Wait for all; those that are not done some seconds after a stop."""
    late, end = set(futures), None
    while late:
        late = set(wait(late, timeout=POLL).not_done)
        if stop.is_set():
            end = end or monotonic() + IN_FLIGHT
            if monotonic() >= end:
                break
    return late


def _in_flight(change: Change) -> Attempt:
    return Attempt(change=change, result="lost", error="it had no answer yet when the run was interrupted")
