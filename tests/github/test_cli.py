"""The commands as a workflow calls them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reconciler.cli.github import SUBCOMMANDS
from reconciler.cli.main import WORDS, run
from tests.github.stand_in import now_and_then
from tests.github.test_issue import documents
from tests.github.world import PULL, World
from tests.render.cases import PLANS, REPORTS

OURS = ("comment", "compare", "answer", "issue", "propose")


@contextmanager
def environment(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        for name, value in world.environ().items():
            patch.setenv(name, value)
        yield


@pytest.mark.parametrize("name", [*OURS])
def test_help_reads_well(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Within 80 columns, nothing cut off."""
    assert run(["github", name, "--help"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"Usage: reconciler github {name}")
    assert max(len(line) for line in said.splitlines()) <= 80
    assert name in SUBCOMMANDS


@pytest.mark.parametrize("name", ["comment", "compare"])
def test_outside_github_it_says_so(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line, no traceback."""
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    assert run(["github", name, "--plans", str(tmp_path), "--expect", "[]"]) == 1
    assert "this runs in a workflow of GitHub Actions" in capsys.readouterr().err


def test_all_of_it_through_the_commands(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Comment, compare, answer and issue, with a GitHub that fails now and then."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    world.stand_in.fault = now_and_then
    sha = "c" * 40
    world.stand_in.merged[sha] = [PULL]
    world.planned(PLANS["prompt"], commits=[{"sha": sha, "keys": ["writer/blog"]}])
    drift, markdown = documents("edited")
    (world.folder / "drift.json").write_text(drift)
    (world.folder / "drift.md").write_text(markdown)
    plans, expect = str(world.plans()), json.dumps(["staging"])
    with environment(world, monkeypatch):
        for _ in range(3):
            assert run(["github", "comment", "--plans", plans, "--expect", expect]) == 0
        world.stand_in.pull(PULL, "e" * 40, merged=True)
        assert run(["github", "compare", "--plans", plans, "--expect", expect]) == 0
        folder, report = f"{plans}/plan-staging", str(world.reported(REPORTS["report-ok"]))
        assert run(["github", "answer", "--plan-dir", folder, "-d", "staging", "--report", report]) == 0
        words = ["--drift", str(world.folder / "drift.json"), "--body", str(world.folder / "drift.md")]
        for _ in range(2):
            assert run(["github", "issue", "-d", "staging", *words]) == 0
    said = capsys.readouterr()
    assert said.err.endswith(f"reconciler: {WORDS[0]}\n")
    assert "bot-token" not in said.out + said.err
    assert len(world.stand_in.bodies(PULL)) == 2
    assert len(world.stand_in.issues) == 1
    assert 'deployments=["staging"]' in world.outputs


def test_a_name_that_is_none(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """No marker and no folder is made of it."""
    with environment(world, monkeypatch):
        assert run(["github", "answer", "--plan-dir", str(world.folder), "-d", "a b -->"]) == 1
    assert world.stand_in.requests == []
