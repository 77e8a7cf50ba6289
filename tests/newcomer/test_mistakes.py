"""The mistakes that everybody makes in the first hour: NAME.yaml, and NAME.txt is what `reconciler validate` says.

`UPDATE_GOLDEN=1 pytest tests/newcomer` rewrites the texts. Read them aloud.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
import yaml

from reconciler.cli.main import run

HERE = Path(__file__).parent
TOP = HERE.parents[1]
CASES = sorted(HERE.glob("*.yaml"))
SETTINGS = """\
owner: acme
deployments:
  staging: {url: "https://staging.example.com"}
  production: {url: "https://production.example.com"}
"""


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_it_is_told_in_two_lines(case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One mistake is one message: its place and what is wrong, and what to write instead, where that is not plain, in a
    second line."""
    data = yaml.safe_load(case.read_text("utf-8"))
    shutil.copytree(TOP / "schemas", tmp_path / "schemas")
    shutil.rmtree(tmp_path / "schemas" / "editor")
    (tmp_path / "assistants" / "prompts").mkdir(parents=True)
    (tmp_path / "assistants" / "prompts" / "tweet.md").write_text("You write tweets.\n", "utf-8")
    (tmp_path / "reconciler.yaml").write_text(SETTINGS, "utf-8")
    for name, content in data["files"].items():
        (tmp_path / "assistants" / name).write_text(content, "utf-8")
    code = run(["validate", "-C", str(tmp_path)])
    said = capsys.readouterr().err
    golden = case.with_suffix(".txt")
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(said, "utf-8")
    assert said == golden.read_text("utf-8")
    assert code == (1 if "error" in said else 0)
    *told, last, word = said.splitlines()
    assert 1 <= len(told) <= 2
    assert re.match(r"assistants/\S+:\d+:\d+: ", told[0])
    assert all(line.startswith("    ") for line in told[1:])
    assert re.match(r"1 error|1 assistant, 1 warning", last)
    assert word.startswith("reconciler: ")


def test_there_are_at_least_twenty() -> None:
    """As many as one meets in the first hour."""
    assert len(CASES) >= 20
