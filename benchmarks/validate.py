"""`validate` of 10,000 beside libyaml + jsonschema alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .figures import Figure
from .process import peer, reconciler, run
from .repository import make
from .rounds import interleaved

COUNT = 10_000


def measure(work: Path) -> Iterator[Figure]:
    root = make(work / "validate", COUNT)
    best = interleaved(
        {
            "validate": lambda: run(reconciler("validate", "-C", root)).seconds,
            "libyaml_jsonschema": lambda: run(peer("validating", root)).seconds,
        },
        rounds=3,
    )
    yield Figure(
        name="validate",
        what="validate of 10,000, to libyaml + jsonschema on the same files",
        value=best["validate"] / best["libyaml_jsonschema"],
        unit="x",
        limit=2,
        parts=best,
    )
