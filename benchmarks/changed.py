"""A plan in which all of 10,000 prompts were edited, each in its own way, as JSON: time for each, and memory. On the
fake: each change asks for the versions of its assistant."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .figures import Figure
from .process import reconciler, run
from .repository import edit, make
from .servers import fake

COUNT = 10_000


def measure(work: Path) -> Iterator[Figure]:
    root = make(work / "changed", COUNT)
    with fake(root) as url:
        edit(root)
        ran = run(reconciler("plan", "-C", root, "--format", f"json={work / 'plan.json'}"), RECONCILER_BENCH_URL=url)
    yield Figure(
        name="memory-changed",
        what=f"peak memory of a plan in which all {COUNT:,} change, as JSON (on the fake)",
        value=ran.peak / 1e6,
        unit="MB",
        limit=300,
        parts={"seconds": ran.seconds, "megabytes_of_json": (work / "plan.json").stat().st_size / 1e6},
    )
    yield Figure(
        name="each-changed",
        what="processor time for each of these, its request included",
        value=ran.cpu / COUNT * 1000,
        unit="ms",
    )
