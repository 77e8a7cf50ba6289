"""Makes a plan true and proves it: pin, create, update, activate, delete, read back, report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from itertools import groupby
from threading import Event

from reconciler.app.execute import Attempt, Executor
from reconciler.app.verify import moved, prove, unproven
from reconciler.core.compose import Provenance
from reconciler.errors import ServerError
from reconciler.model.change import Activate, Change, assistant_id_of, live_of
from reconciler.model.live import Live
from reconciler.model.plan import Plan
from reconciler.model.report import Outcome, Report, Result
from reconciler.server.reader import Reader
from reconciler.server.writer import Writer

Progress = Callable[[Attempt], None]


def apply(
    plan: Plan,
    provenance: Provenance,
    reader: Reader,
    writer: Writer,
    *,
    parallelism: int = 10,
    pin: bool = True,
    progress: Progress = lambda attempt: None,
) -> Report:
    """Carry out `plan`, which is not blocked. Nothing to do means no request that writes.

    With `pin` the list is read once more before the first write, and what moved since the plan is left alone.
    A change that fails does not stop the others. KeyboardInterrupt starts nothing new and waits for what is in flight.
    Raises ServerError where the list cannot be read before the first write.
    """
    held = [Outcome(change=h.change, result=Result.HELD, error=h.why) for h in plan.held]
    if not plan.changes:
        return Report(plan=plan, outcomes=tuple(held), converged=True)
    attempts: list[Attempt] = []
    fresh: Sequence[Change] = plan.changes
    if pin:
        now = _by_id(reader.assistants())
        stale = {i for c in plan.changes if moved(live_of(c), now.get(i := assistant_id_of(c)))}
        fresh = [c for c in plan.changes if assistant_id_of(c) not in stale]
        attempts += [
            Attempt(change=c, result="stale", error="it was changed on the server since the plan; plan again")
            for c in plan.changes
            if assistant_id_of(c) in stale
        ]
    executor = Executor(plan.owner, provenance, reader, writer)
    stop = Event()
    for batch in _batches(fresh):
        attempts += _run(executor, batch, parallelism, stop, progress)
    try:
        outcomes = prove(plan.owner, attempts, _by_id(reader.assistants()))
    except ServerError as error:
        outcomes = unproven(attempts, error.message)
    except KeyboardInterrupt:
        stop.set()
        outcomes = unproven(attempts, "the run was interrupted")
    order = {assistant_id_of(c): i for i, c in enumerate(plan.changes)}
    outcomes.sort(key=lambda o: order[assistant_id_of(o.change)])
    good = (Result.APPLIED, Result.UNCHANGED)
    return Report(
        plan=plan,
        outcomes=(*outcomes, *held),
        converged=all(o.result in good for o in outcomes),
        interrupted=stop.is_set(),
    )


def _by_id(lives: Iterable[Live]) -> dict[str, Live]:
    return {live.assistant_id: live for live in lives}


def _batches(changes: Sequence[Change]) -> Iterable[list[Change]]:
    """Changes that may run side by side: one kind at a time. The first activation goes alone, since it tells whether
    this server restores versions at all."""
    for kind, group in groupby(changes, key=type):
        batch = list(group)
        if kind is Activate and len(batch) > 1:
            yield batch[:1]
            batch = batch[1:]
        yield batch


def _run(
    executor: Executor, batch: Sequence[Change], parallelism: int, stop: Event, progress: Progress
) -> list[Attempt]:
    def one(change: Change) -> Attempt:
        if stop.is_set():
            return Attempt(change=change, result="skipped", error="not started: the run was interrupted")
        attempt = executor(change)
        progress(attempt)
        return attempt

    with ThreadPoolExecutor(max_workers=min(parallelism, len(batch))) as pool:
        futures: list[Future[Attempt]] = [pool.submit(one, change) for change in batch]
        try:
            wait(futures)
        except KeyboardInterrupt:
            stop.set()
            wait(futures)
    return [future.result() for future in futures]
