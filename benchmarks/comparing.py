"""Our comparison beside deepdiff on everything: `python -m benchmarks.comparing ROOT URL` prints both, in seconds.

Both get the same 2,000 wanted assistants and live rows, read and listed before, of which each hundredth differs.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec.structs import replace

from .figures import Figure
from .process import run
from .repository import make
from .rounds import interleaved
from .servers import fake

COUNT = 2_000


def measure(work: Path) -> Iterator[Figure]:
    root = make(work / "comparing", COUNT)
    with fake(root) as url:
        said = json.loads(run([sys.executable, "-m", "benchmarks.comparing", str(root), url]).out)
    yield Figure(
        name="deepdiff",
        what="deepdiff on each of 2,000 assistants, 20 of them changed, to our comparison with the same field changes",
        value=said["deepdiff"] / said["ours"],
        unit="x",
        limit=10,
        sense="at_least",
        parts=said,
    )


def main(root: Path, url: str) -> None:
    from deepdiff import DeepDiff

    from reconciler.app.source import open_repository, read_source
    from reconciler.core.compare import compare
    from reconciler.core.fields import changed
    from reconciler.model.live import Live
    from reconciler.server.reader import Reader
    from reconciler.server.transport import Address, Transport

    wanted = read_source(open_repository(root), "live").loaded.wanted
    wanted = tuple(replace(w, spec=replace(w.spec, name="New")) if i % 100 == 0 else w for i, w in enumerate(wanted))

    def lives() -> list[Live]:
        return Reader(Transport(Address(url=url), allow="reads")).assistants()

    def ours() -> float:
        listed = lives()
        return _seconds(lambda: [changed(p.wanted, p.live.row) for p in compare("acme", wanted, listed).differs])

    def theirs() -> float:
        by_id = {live.assistant_id: live for live in lives()}
        return _seconds(lambda: [DeepDiff(by_id[w.assistant_id].row.spec.as_json(), w.spec.as_json()) for w in wanted])

    print(json.dumps(interleaved({"ours": ours, "deepdiff": theirs}, rounds=3)))


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
