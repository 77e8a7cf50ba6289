"""`reconciler --help` beside what its command line library alone takes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .figures import Figure
from .process import INSTALLED, reconciler, run
from .rounds import interleaved


def measure(work: Path) -> Iterator[Figure]:
    best = interleaved(
        {
            "help": lambda: run(reconciler("--help")).seconds,
            "import_click": lambda: run([str(INSTALLED), "-c", "import click"]).seconds,
        },
        rounds=40,
    )
    yield Figure(
        name="help",
        what="reconciler --help, to python -c 'import click'",
        value=best["help"] / best["import_click"],
        unit="x",
        limit=1.5,
        parts=best,
    )
