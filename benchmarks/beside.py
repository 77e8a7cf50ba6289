"""Three deployments at once, as the jobs of an Actions matrix are, beside one after the other; three real servers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from .figures import Figure
from .process import reconciler, start
from .repository import make
from .rounds import interleaved
from .servers import real

COUNT = 500
DEPLOYMENTS = 3


def measure(work: Path) -> Iterator[Figure]:
    root = make(work / "beside", COUNT)
    for name, what in (("apply", "creating 500 on each"), ("plan", "a plan of 500 unchanged on each")):
        best = interleaved(
            {
                "at_once": lambda name=name: _seconds(root, name, at_once=True),  # type: ignore[misc]  # see create.py
                "in_turn": lambda name=name: _seconds(root, name, at_once=False),  # type: ignore[misc]  # the same
            },
            rounds=2,
        )
        yield Figure(
            name=f"at-once-{name}",
            what=f"three real servers at once, to one after the other: {what} (all on this machine)",
            value=best["at_once"] / best["in_turn"],
            unit="x",
            limit=1.1,
            parts=best,
        )


def _seconds(root: Path, name: str, *, at_once: bool) -> float:
    with ExitStack() as stack:
        urls = [stack.enter_context(real()) for _ in range(DEPLOYMENTS)]
        if name == "plan":
            _run(root, "apply", urls, at_once=True)
        return _run(root, name, urls, at_once=at_once)


def _run(root: Path, name: str, urls: list[str], *, at_once: bool) -> float:
    words = reconciler(*(["apply", "-y"] if name == "apply" else [name, "--detailed-exitcode"]), "-C", root)
    begun = time.perf_counter()
    if at_once:
        for running in [start(words, RECONCILER_BENCH_URL=url) for url in urls]:
            running.end()
    else:
        for url in urls:
            start(words, RECONCILER_BENCH_URL=url).end()
    return time.perf_counter() - begun
