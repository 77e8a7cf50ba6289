"""An apply of 1,000 that finds nothing to do, beside the script that teams write, on the real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .figures import Figure
from .process import peer, reconciler, run
from .repository import make
from .rounds import interleaved
from .servers import real, rows

COUNT = 1_000


def measure(work: Path) -> Iterator[Figure]:
    root = make(work / "apply", COUNT)
    made = {"apply": 0, "script": 0, "script_libyaml": 0}
    with real() as url:
        command = {
            "apply": reconciler("apply", "-y", "-C", root),
            "script": peer("script", url, root),
            "script_libyaml": peer("script", url, root, "--libyaml"),
        }
        run(command["apply"], RECONCILER_BENCH_URL=url)

        def timed(name: str) -> float:
            before = _versions(url)
            seconds = run(command[name], RECONCILER_BENCH_URL=url).seconds
            made[name] += _versions(url) - before
            return seconds

        rounds = 3
        best = interleaved({name: lambda name=name: timed(name) for name in command}, rounds)  # type: ignore[misc]  # mypy cannot infer a lambda's default
    yield Figure(
        name="apply-unchanged",
        what="the script that teams write (list, match by name, update each), to apply of 1,000 unchanged",
        value=best["script"] / best["apply"],
        unit="x",
        limit=8,
        sense="at_least",
        parts=best,
    )
    yield Figure(
        name="apply-unchanged-libyaml",
        what="the same where the script reads its YAML with libyaml, which few scripts do",
        value=best["script_libyaml"] / best["apply"],
        unit="x",
        sense="at_least",
    )
    yield Figure(
        name="apply-unchanged-versions",
        what=f"new versions that an unchanged apply of 1,000 makes (the script: {made['script'] // rounds:,})",
        value=made["apply"],
        unit="",
        limit=0,
        parts={"versions_by_script": made["script"] / rounds},
    )


def _versions(url: str) -> int:
    found = rows(url)
    assert len(found) == COUNT, len(found)
    return sum(row["version"] for row in found)
