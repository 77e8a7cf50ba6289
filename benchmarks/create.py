"""Creating 1,000 on the real server, beside bare sockets that send the very same requests; and HTTP libraries alone."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from reconciler.app.apply import apply
from tests.fake import FakeServer, listen

from .figures import Figure
from .process import peer, reconciler, run
from .repository import SCHEMAS, make
from .rounds import interleaved
from .servers import real, rows

COUNT = 1_000
CONCURRENCY = 10
"""What `--parallelism` is when nothing is said."""


def measure(work: Path) -> Iterator[Figure]:
    assert (apply.__kwdefaults__ or {})["parallelism"] == CONCURRENCY
    root = make(work / "create", COUNT)
    recorded = work / "requests.json"
    command = reconciler("apply", "-y", "-C", root)
    server = FakeServer(graphs=SCHEMAS)
    with listen(server) as url:
        run(command, RECONCILER_BENCH_URL=url)
    sent = [{"method": one.method, "path": one.path, "body": one.body} for one in server.log]
    recorded.write_text(json.dumps(sent))
    writing: dict[str, list[float]] = {}

    def created_by(name: str) -> float:
        with real() as url:
            words = command if name == "apply" else _client(name, url, recorded, CONCURRENCY)
            ran = run(words, RECONCILER_BENCH_URL=url)
            writing.setdefault(name, []).append(_writing(url))
            return ran.seconds

    names = ("apply", "raw", "httpx2", "httpx")
    best = interleaved({name: lambda name=name: created_by(name) for name in names}, rounds=3)  # type: ignore[misc]  # mypy cannot infer a lambda's default
    span = {name: min(times) for name, times in writing.items()}
    parts = best | {f"{name}_first_to_last_create": seconds for name, seconds in span.items()}
    yield Figure(
        name="create",
        what="apply that creates 1,000, the whole command, to bare sockets that send the same requests, 10 at a time",
        value=best["apply"] / best["raw"],
        unit="x",
        limit=1.4,
        parts=parts,
    )
    yield Figure(
        name="create-writing",
        what="the same from the first create to the last",
        value=span["apply"] / span["raw"],
        unit="x",
        limit=1.4,
        parts=span,
    )
    for library in ("httpx2", "httpx"):
        yield Figure(
            name=f"create-{library}",
            what=f"the same requests through {library} in a process of its own, to bare sockets",
            value=best[library] / best["raw"],
            unit="x",
        )


def _client(name: str, *words: object) -> list[str]:
    return peer("raw", *words) if name == "raw" else peer("clients", name, *words, python=Path(sys.executable))


def _writing(url: str) -> float:
    """The seconds between the first create and the last, as the server dates them."""
    times = sorted(datetime.fromisoformat(row["created_at"]) for row in rows(url))
    assert len(times) == COUNT, len(times)
    return (times[-1] - times[0]).total_seconds()
