"""Where the time of a plan of 10,000 goes: `python -m benchmarks.phases`.

Each phase is timed around a few calls of the code itself, without a profiler; what runs inside another phase counts
for the inner one alone.
"""

from __future__ import annotations

import gc
import importlib
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .process import run
from .repository import make
from .servers import fake

COUNT = 10_000
PHASES = (
    ("reconciler.repo.worktree:WorkTree.read", "reading files"),
    ("reconciler.repo.manifests.drafts:load", "YAML: libyaml, and values with their places"),
    ("reconciler.repo.manifests.load:Manifests.__init__", "manifests: form, layers, ids"),
    ("reconciler.repo.manifests.load:Manifests.at", "manifests: form, layers, ids"),
    ("reconciler.app.source:validate", "contexts against the schema"),
    ("reconciler.app.source:lint", "secrets and equal contents"),
    ("reconciler.app.source:_with_warnings", "secrets and equal contents"),
    ("reconciler.server.transport:Transport.send", "waiting for the server, and httpx2"),
    ("reconciler.server.transport:Answer.json", "parsing the listing"),
    ("reconciler.server.reader:Reader.assistants", "rows of the listing to values"),
    ("reconciler.app.observe:compare", "comparing"),
    ("reconciler.app.observe:plan", "plan and guards"),
    ("reconciler.app.guard_facts:guard_facts", "plan and guards"),
    ("reconciler.repo.git:Git.run", "git"),
    ("reconciler.cli.planning:render_plan", "telling it"),
)


class Clock:
    """Seconds by phase, each without those inside it."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self._stack: list[str] = ["start, imports, and the rest"]
        self._since = time.perf_counter()

    def _turn(self) -> None:
        now = time.perf_counter()
        self.spent[self._stack[-1]] = self.spent.get(self._stack[-1], 0.0) + now - self._since
        self._since = now

    def around(self, work: Callable[..., Any], phase: str) -> Callable[..., Any]:
        def timed(*words: Any, **more: Any) -> Any:
            self._turn()
            self._stack.append(phase)
            try:
                return work(*words, **more)
            finally:
                self._turn()
                self._stack.pop()

        return timed

    def end(self) -> dict[str, float]:
        self._turn()
        return self.spent


def main() -> None:
    """In a process of its own, so that what is imported is as in a run: the words of the command are argv."""
    clock = Clock()
    from reconciler.cli.main import COLLECTED
    from reconciler.cli.main import run as command

    gc.set_threshold(*COLLECTED)

    for place, phase in PHASES:
        module, _, name = place.partition(":")
        holder: Any = importlib.import_module(module)
        *owners, last = name.split(".")
        for owner in owners:
            holder = getattr(holder, owner)
        setattr(holder, last, clock.around(getattr(holder, last), phase))
    code = command(sys.argv[2:])
    print(json.dumps(clock.end()))
    sys.exit(code)


def table(count: int = COUNT, rounds: int = 3) -> str:
    """The best of some runs, as Markdown."""
    with tempfile.TemporaryDirectory(prefix="bench-") as work:
        root = make(Path(work) / "phases", count)
        with fake(root) as url:
            words = [sys.executable, "-m", "benchmarks.phases", "--inner", "plan", "-C", str(root)]
            said = [run(words, RECONCILER_BENCH_URL=url).out for _ in range(rounds)]
    best = min((json.loads(out.splitlines()[-1]) for out in said), key=lambda one: sum(one.values()))
    total = sum(best.values())
    rows = [f"| {name} | {seconds:.2f} s | {seconds / total:.0%} |" for name, seconds in best.items()]
    rows.sort(key=lambda row: -float(row.split("|")[2].split()[0]))
    head = ["| phase | seconds | share |", "| --- | ---: | ---: |"]
    return "\n".join([*head, *rows, f"| all of it | {total:.2f} s | |"])


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inner"]:
        main()
    else:
        print(table())
