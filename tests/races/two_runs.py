"""Two runs of one commit on one server, taking turns request by request as a schedule says."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import httpx2

from reconciler.errors import ReconcilerError
from reconciler.model.change import key_of
from reconciler.model.report import Report
from reconciler.server.transport import Address, Transport
from tests.faults.scenario import Scenario

SECONDS = 30.0


class Turns:
    """`schedule` is how many requests each turn has, the first run's first; then each goes on to its end."""

    def __init__(self, schedule: Sequence[int]) -> None:
        self._schedule = list(schedule)
        self._changed = threading.Condition()
        self._whose, self._over = 0, [False, False]
        self._left = self._next()
        self.log: list[tuple[int, str, str]] = []

    def take(self, who: int, send: Callable[[], httpx2.Response]) -> httpx2.Response:
        """Send when it is the turn of `who`."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._whose == who or self._over[1 - who], SECONDS)
            answer = send()
            self.log.append((who, answer.request.method, answer.request.url.path))
            if self._left is not None:
                self._left -= 1
                if self._left == 0:
                    self._switch()
            return answer

    def over(self, who: int) -> None:
        """That run has come to its end."""
        with self._changed:
            self._over[who] = True
            if self._whose == who:
                self._switch()

    def _next(self) -> int | None:
        return self._schedule.pop(0) if self._schedule else None

    def _switch(self) -> None:
        self._whose, self._left = 1 - self._whose, self._next()
        self._changed.notify_all()


class Taking(httpx2.BaseTransport):
    """The wire of one of the two."""

    def __init__(self, inner: httpx2.BaseTransport, turns: Turns, who: int) -> None:
        self._inner, self._turns, self._who = inner, turns, who

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        def send() -> httpx2.Response:
            answer = self._inner.handle_request(request)
            answer.read()
            answer.request = request
            return answer

        return self._turns.take(self._who, send)

    def close(self) -> None:
        self._inner.close()


class Writes(httpx2.BaseTransport):
    """Counts the requests that write."""

    def __init__(self, inner: httpx2.BaseTransport) -> None:
        self._inner = inner
        self.writes = 0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        reads = request.method == "GET" or request.url.path.endswith(("/search", "/versions", "/count"))
        self.writes += not reads
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


@dataclass(slots=True)
class Both:
    """What came of two runs. `doubled` are the assistants with one version too many, `by_both` those of them that both
    runs tell of."""

    schedule: Sequence[int]
    problems: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    by_both: list[str] = field(default_factory=list)
    stale: int = 0

    def __str__(self) -> str:
        return f"{list(self.schedule)}: {'; '.join(self.problems)}"


def side_by_side(
    one: Scenario, wire: Callable[[], httpx2.BaseTransport], address: Address, schedule: Sequence[int]
) -> Both:
    """Two runs at once, and the judgement."""
    one.prepare()
    turns, reports = Turns(schedule), dict[int, Report | ReconcilerError]()

    def run(who: int) -> None:
        try:
            reports[who] = one.run(Transport(address, allow="writes", wire=Taking(wire(), turns, who)))
        finally:
            turns.over(who)

    threads = [threading.Thread(target=run, args=(who,), daemon=True) for who in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    found = Both(schedule)
    if len(reports) != 2:
        found.problems.append("a run did not come to its end")
        return found
    found.stale = sum(r.exit_code == 4 for r in reports.values())
    found.problems += [f"run {who}: {r.exit_code}" for who, r in reports.items() if r.exit_code not in (0, 4)]
    found.problems += [f"{key}: {why}" for key, why in one.wrong().items()]
    after = one.rows()
    for key, identifier in one.ids().items():
        more = len(after[identifier]) - len(one.before[identifier])
        told = [who for who, r in reports.items() if _told(r, key)]
        if more > 2:
            found.problems.append(f"{key}: {more} new versions")
        if more == 2:
            found.doubled.append(key)
            if len(told) == 2:
                found.by_both.append(key)
            if not told or set(_could_know(turns.log, identifier)) - set(told):
                found.problems.append(f"{key}: a version too many, told by {told}")
        if after[identifier] and more < 0:
            found.problems.append(f"{key}: a version is lost")
    counting = Writes(wire())
    third = one.run(Transport(address, allow="writes", wire=counting))
    if third.exit_code != 0 or counting.writes:
        found.problems.append(f"a third run: exit {third.exit_code}, {counting.writes} writes")
    return found


def _could_know(log: Sequence[tuple[int, str, str]], identifier: str) -> list[int]:
    """The runs whose last listing was after the last write to this assistant."""
    last = max(n for n, (_, method, path) in enumerate(log) if method == "PATCH" and identifier in path)
    return [who for who in (0, 1) if any(w == who and p.endswith("/search") for w, _, p in log[last:])]


def _told(report: Report | ReconcilerError, key: str) -> bool:
    return isinstance(report, Report) and any(
        key_of(o.change) == key and "another run wrote the same" in (o.note or "") for o in report.outcomes
    )
