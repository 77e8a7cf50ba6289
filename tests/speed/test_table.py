"""The README's table of figures is the committed run's."""

from __future__ import annotations

import json
import re
from pathlib import Path

from benchmarks import latest, table

TOP = Path(__file__).resolve().parents[2]


def test_the_readme_shows_the_committed_run() -> None:
    """`python -m benchmarks --markdown` prints what the README has between its marks."""
    readme = (TOP / "README.md").read_text("utf-8")
    found = re.search(r"<!-- make bench -->\n(.*?)\n<!-- until here -->", readme, re.DOTALL)
    assert found is not None
    assert found[1] == table.markdown(*latest.read())


def test_the_committed_run_names_no_machine() -> None:
    """It says cores, Python and system, and nothing of the machine that it was measured on."""
    document = json.loads(latest.FILE.read_text("utf-8"))
    assert set(document) == {"machine", "figures"}
    assert set(document["machine"]) == {"cores", "python", "system"}
    assert "/" not in json.dumps([one["parts"] for one in document["figures"]])


def test_a_verdict_follows_from_the_figures() -> None:
    """What is written as kept, or not, is what value and limit say."""
    document = json.loads(latest.FILE.read_text("utf-8"))
    figures, _ = latest.read()
    assert [one.kept for one in figures] == [one["kept"] for one in document["figures"]]
