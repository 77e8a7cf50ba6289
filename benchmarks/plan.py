"""A plan of 10,000 that finds nothing to do, beside the least it could take: listing them, and libyaml."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .figures import Figure
from .process import peer, reconciler, run
from .repository import make
from .rounds import interleaved
from .servers import fake

COUNT = 10_000


def measure(work: Path) -> Iterator[Figure]:
    root = make(work / "plan", COUNT)
    with fake(root) as url:
        best = interleaved(
            {
                "plan": lambda: (
                    run(reconciler("plan", "-C", root, "--detailed-exitcode"), RECONCILER_BENCH_URL=url).seconds
                ),
                "list_and_read": lambda: run(peer("listing", url, root)).seconds,
            },
            rounds=4,
        )
    yield Figure(
        name="plan-unchanged",
        what="plan of 10,000 unchanged, to listing them and reading the same files with libyaml",
        value=best["plan"] / best["list_and_read"],
        unit="x",
        limit=1.5,
        parts=best,
    )
