"""The last whole run, as it is committed: to compare the next one with."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import table
from .figures import Figure, figure

FILE = Path(__file__).with_name("latest.json")
README = Path(__file__).resolve().parents[1] / "README.md"
BEGINS, ENDS = "<!-- make bench -->\n", "\n<!-- until here -->"


def machine() -> dict[str, object]:
    """What a reader needs of the machine, and nothing that names it."""
    return {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.system()}


def write(figures: Sequence[Figure], file: Path = FILE) -> None:
    """All figures of a run, with the machine."""
    document = {"machine": machine(), "figures": [one.as_json() for one in figures]}
    rounded = json.loads(json.dumps(document), parse_float=lambda text: round(float(text), 4))
    file.write_text(json.dumps(rounded, indent=2) + "\n", encoding="utf-8")


def read(file: Path = FILE) -> tuple[list[Figure], dict[str, Any]]:
    """The figures and the machine."""
    document = json.loads(file.read_text(encoding="utf-8"))
    return [figure(one) for one in document["figures"]], document["machine"]


def updated(figures: Sequence[Figure]) -> list[Figure]:
    """The committed figures with these in place of those of the same names."""
    newer = {one.name: one for one in figures}
    older, _ = read()
    return [newer.pop(one.name, one) for one in older] + list(newer.values())


def into_readme() -> None:
    """Put the table of the committed run between the README's marks."""
    text = README.read_text(encoding="utf-8")
    before, begins, rest = text.partition(BEGINS)
    _, ends, after = rest.partition(ENDS)
    if not ends:
        raise SystemExit(f"README.md lacks the marks {BEGINS.strip()} and {ENDS.strip()}")
    README.write_text(before + begins + table.markdown(*read()) + ends + after, encoding="utf-8")
