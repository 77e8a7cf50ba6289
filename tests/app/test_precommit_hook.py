"""The hook that this repository offers to users of pre-commit: its command, and the files that it is about."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def hook() -> dict[str, Any]:
    (found,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert found["id"] == "reconciler-validate"
    return found  # type: ignore[no-any-return]  # YAML says what it is


@pytest.mark.parametrize(("name", "code"), [("name: A", 0), ("nmae: A", 1)])
def test_its_command(hook: dict[str, Any], tmp_path: Path, name: str, code: int) -> None:
    """It is this tool's, takes no file names, and fails where a manifest is wrong."""
    (tmp_path / "assistants").mkdir()
    (tmp_path / "reconciler.yaml").write_text("owner: acme\nschemas: {writer: open}\n")
    (tmp_path / "assistants" / "a.yaml").write_text(f"graph_id: writer\n{name}\n")
    program, *words = shlex.split(hook["entry"])
    assert program == "reconciler"
    assert hook["language"] == "python"
    assert hook["pass_filenames"] is False
    done = subprocess.run([sys.executable, "-m", program, *words], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == code, done.stderr


@pytest.mark.parametrize(
    ("path", "runs"),
    [
        ("reconciler.yaml", True),
        ("gitops/reconciler.yaml", True),
        ("assistants/writer/prompts/tweet.md", True),
        ("gitops/schemas/writer.json", True),
        ("README.md", False),
        ("src/reconciler.yaml.py", False),
    ],
)
def test_its_files(hook: dict[str, Any], path: str, runs: bool) -> None:
    """Settings, schemas, and all under assistants/, a prompt too."""
    assert bool(re.search(hook["files"], path)) is runs
