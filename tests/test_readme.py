"""What the README shows is what happens."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from reconciler.cli.main import COMMANDS, WORDS, run
from reconciler.model.change import State
from reconciler.sandbox import find_schemas, serve

TOP = Path(__file__).resolve().parents[1]
README = (TOP / "README.md").read_text("utf-8")


def _git(folder: Path, *words: str) -> None:
    who = ["-c", "user.name=Ana", "-c", "user.email=ana@northwind.example"]
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


def test_the_plan_is_as_it_really_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The plan of the demo in the README is what the command prints, but for the port."""
    for part in ("assistants", "schemas"):
        shutil.copytree(TOP / part, tmp_path / part)
    shutil.copy(TOP / "reconciler.yaml", tmp_path)
    _git(tmp_path, "init", "-q")
    _git(tmp_path, "add", "-A")
    _git(tmp_path, "commit", "-qm", "Our assistants")
    with serve(find_schemas(tmp_path)) as server:
        monkeypatch.setenv("RECONCILER_URL", server.url)
        assert run(["apply", "-C", str(tmp_path), "--auto-approve"]) == 0
        prompt = tmp_path / "assistants/writer/prompts/tweet.md"
        prompt.write_text(prompt.read_text("utf-8").replace("You write short", "You write cheerful"), "utf-8")
        _git(tmp_path, "commit", "-qam", "Tweets: more cheerful")
        capsys.readouterr()
        assert run(["plan", "-C", str(tmp_path)]) == 0
        printed = capsys.readouterr().out.replace(server.url, "http://127.0.0.1:2024")
    found = re.search(r"<!-- the demo's plan -->\n```text\n(.*?)```", README, re.DOTALL)
    assert found is not None
    assert found[1] == printed


def test_every_command_is_in_the_table() -> None:
    """A command that exists is described, and none is that does not."""
    rows = set(re.findall(r"^\| `reconciler ([a-z]+)", README, re.MULTILINE))
    assert rows == set(COMMANDS)


def test_every_exit_code_has_its_word() -> None:
    """The table of exit codes is the program's."""
    rows = dict(re.findall(r"^\| (\d) \| (\w+) \|", README, re.MULTILINE))
    assert rows == {str(code): word for code, word in WORDS.items()}


def test_every_state_is_in_the_table() -> None:
    """The states that a plan can name are explained."""
    rows = re.findall(r"^\| `([a-z-]+)` \| [a-z]", README, re.MULTILINE)
    assert {state.value for state in State} <= set(rows)


def test_links_lead_somewhere() -> None:
    """Each relative link of the documents is a file."""
    for page in [*TOP.glob("*.md"), *(TOP / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
