"""Time and memory of a plan at 1,000, 10,000 and 100,000. All on the fake: its listing is flat, the real one's too.

Processor time, since a run at 100,000 is too long to be undisturbed; and the best of some, since the first one comes
while the system still writes out the files that were made for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .figures import Figure
from .process import Ran, reconciler, run
from .repository import make
from .servers import fake

LIMITS = {1_000: None, 10_000: 300, 100_000: 1_500}
"""Megabytes."""


def measure(work: Path) -> Iterator[Figure]:
    parts: dict[str, float] = {}
    each: dict[int, float] = {}
    for count, limit in LIMITS.items():
        ran = _best(make(work / f"sizes-{count}", count), rounds=2 if count > 10_000 else 3)
        parts |= {f"at_{count}": ran.seconds, f"cpu_at_{count}": ran.cpu}
        each[count] = ran.cpu / count * 1000
        if limit is not None:
            yield Figure(
                name=f"memory-{count}",
                what=f"peak memory of a plan of {count:,} (on the fake)",
                value=ran.peak / 1e6,
                unit="MB",
                limit=limit,
            )
        yield Figure(
            name=f"each-{count}",
            what=f"a plan of {count:,}: processor time for each assistant (on the fake)",
            value=each[count],
            unit="ms",
        )
    yield Figure(
        name="flat",
        what="processor time for each assistant at 100,000, to that at 10,000 (on the fake)",
        value=each[100_000] / each[10_000],
        unit="x",
        limit=1.25,
        parts=parts,
    )


def _best(root: Path, rounds: int) -> Ran:
    with fake(root) as url:
        runs = [
            run(reconciler("plan", "-C", root, "--detailed-exitcode"), RECONCILER_BENCH_URL=url) for _ in range(rounds)
        ]
    return min(runs, key=lambda ran: ran.cpu)
