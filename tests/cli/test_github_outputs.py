"""`github outputs`: what later steps and jobs of a workflow decide by."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.render import json as documents
from tests.cli.conftest import Cli
from tests.cli.places import Repo, Served
from tests.render.one_text import one_text
from tests.render.tried_cases import TRIED

NOTHING = {
    "changes": "false",
    "creates": "0",
    "updates": "0",
    "activates": "0",
    "deletes": "0",
    "blocked": "false",
    "refused": "false",
    "tries": "none",
}


@pytest.fixture
def step(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a step's outputs, as the runner makes it."""
    file = repo.write("step-outputs", "earlier=1\n")
    monkeypatch.setenv("GITHUB_OUTPUT", str(file))
    return file


def planned(cli: Cli, served: Served, *words: str) -> Any:
    cli("plan", "--url", served.url, *words, "--format", "json=plan.json", code=0)
    return json.loads(Path("plan.json").read_text("utf-8"))


def written(step: Path) -> dict[str, str]:
    """What the step's outputs are, read as the runner reads them; what stood there before stays."""
    lines = step.read_text("utf-8").splitlines()
    assert lines[0] == "earlier=1"
    return dict(line.split("=", 1) for line in lines[1:])


def test_nothing_to_do(cli: Cli, repo: Repo, fake: Served, step: Path) -> None:
    """Every output is there, so that a condition needs no `if it exists`."""
    repo.manifest("tweet")
    cli("apply", "-y", "--url", fake.url, code=0)
    planned(cli, fake)
    cli("github", "outputs", "plan.json", code=0)
    assert written(step) == NOTHING


def test_how_many(cli: Cli, repo: Repo, fake: Served, step: Path) -> None:
    """Each action has its number; `changes` says whether apply would write."""
    for key in ("one", "two", "three", "four", "five"):
        repo.manifest(key, f"Write {key}.")
    cli("apply", "-y", "--url", fake.url, code=0)
    repo.manifest("one", "Write better.")
    cli("apply", "-y", "--url", fake.url, code=0)
    repo.manifest("one", "Write one.")
    repo.manifest("two", "Write another.")
    repo.remove("assistants/three.yaml")
    repo.manifest("six", "Write six.")
    repo.manifest("seven", "Write seven.")
    planned(cli, fake, "--prune")
    cli("github", "outputs", "plan.json", code=0)
    assert written(step) == NOTHING | {
        "changes": "true",
        "creates": "2",
        "updates": "1",
        "activates": "1",
        "deletes": "1",
    }


def test_the_saved_plan(cli: Cli, repo: Repo, fake: Served, step: Path) -> None:
    """`plan-file` is where it is; a file that is not there is no output."""
    repo.manifest("tweet")
    planned(cli, fake, "--out", "saved.json")
    cli("github", "outputs", "plan.json", "--plan-file", "saved.json", code=0)
    assert written(step)["plan-file"] == "saved.json"
    assert "there is no such file" in cli("github", "outputs", "plan.json", "--plan-file", "no", code=1).message


def test_a_guard_blocks(cli: Cli, repo: Repo, fake: Served, step: Path) -> None:
    """A guard's verdict is an output."""
    for number in range(8):
        repo.manifest(f"a{number}", f"Write {number}.")
    cli("apply", "-y", "--url", fake.url, code=0)
    for number in range(7):
        repo.remove(f"assistants/a{number}.yaml")
    planned(cli, fake, "--prune")
    cli("github", "outputs", "plan.json", code=0)
    assert (written(step)["blocked"], written(step)["deletes"]) == ("true", "7")


def test_what_is_held_and_blocks(cli: Cli, repo: Repo, fake: Served, step: Path) -> None:
    """`on_drift: block` stops apply too; what is only held blocks nothing and is no change."""
    repo.manifest("tweet")
    cli("apply", "-y", "--url", fake.url, code=0)
    fake.server.patch(fake.id("tweet"), name="edited in Studio")
    for policy, blocked in (("hold", "false"), ("block", "true")):
        assert planned(cli, fake, "--on-drift", policy)["held"]
        step.write_text("earlier=1\n")
        cli("github", "outputs", "plan.json", code=0)
        assert written(step) == NOTHING | {"blocked": blocked}


def test_what_is_refused(cli: Cli, repo: Repo, fake: Served, step: Path) -> None:
    """An assistant that cannot be applied is an output, too."""
    repo.manifest("tweet")
    value = planned(cli, fake)
    refused = {"severity": "error", "code": "refused", "message": "no", "hint": None, "column": None, "key": "tweet"}
    value["refused"] = [refused | {"path": None, "line": None}]
    repo.write("plan.json", json.dumps(value))
    cli("github", "outputs", "plan.json", code=0)
    assert written(step)["refused"] == "true"


@pytest.mark.parametrize(
    ("case", "word"),
    [("tried", "passed"), ("tried-failed", "failed"), ("tried-calls", "failed"), ("tried-off", "none")],
)
def test_how_the_tries_went(cli: Cli, repo: Repo, step: Path, case: str, word: str) -> None:
    """Failed where the verdict is red for them: also where they were interrupted, or an end is not known."""
    plan, tried = TRIED[case]
    repo.write("plan.json", one_text(documents.plan(plan, tried=tried)))
    cli("github", "outputs", "plan.json", code=0)
    assert written(step)["tries"] == word


def test_a_forged_document_writes_no_output_of_its_own(cli: Cli, repo: Repo, fake: Served, step: Path) -> None:
    """The numbers are counted, not copied, and a text in their place is refused."""
    repo.manifest("tweet")
    value = planned(cli, fake)
    value["summary"]["create"] = 99
    value["changes"][0]["key"] = "x\nblocked=false"
    repo.write("plan.json", json.dumps(value))
    cli("github", "outputs", "plan.json", code=0)
    assert written(step) == NOTHING | {"changes": "true", "creates": "1"}
    before = step.read_text("utf-8")
    value["summary"]["create"] = "1\nblocked=false"
    repo.write("plan.json", json.dumps(value))
    assert "summary.create: " in cli("github", "outputs", "plan.json", code=1).message
    assert step.read_text("utf-8") == before


@pytest.mark.parametrize("name", ["a\nblocked=false", "a\rb", "a\u2028b", "a\x1b[2J"])
def test_the_name_of_a_file_is_one_line(cli: Cli, repo: Repo, fake: Served, step: Path, name: str) -> None:
    """A file's name may hold a line end; an output may not. Nothing at all is written then."""
    repo.manifest("tweet")
    planned(cli, fake)
    repo.write(name, "{}")
    ran = cli("github", "outputs", "plan.json", "--plan-file", name, code=1)
    assert "the output plan-file cannot be written: it has to be one line of text" in ran.message
    assert written(step) == {}


@pytest.mark.parametrize("value", [None, ""])
def test_not_on_github(cli: Cli, repo: Repo, fake: Served, monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    """Without $GITHUB_OUTPUT it says so, and what to do elsewhere."""
    if value is not None:
        monkeypatch.setenv("GITHUB_OUTPUT", value)
    repo.manifest("tweet")
    planned(cli, fake)
    message = cli("github", "outputs", "plan.json", code=1).message
    assert "there is no $GITHUB_OUTPUT: GitHub Actions sets it for each step" in message
    assert "plan --detailed-exitcode" in message


def test_a_file_that_cannot_be_written(cli: Cli, repo: Repo, fake: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder in its place is said so."""
    monkeypatch.setenv("GITHUB_OUTPUT", str(repo.root))
    repo.manifest("tweet")
    planned(cli, fake)
    assert "cannot write $GITHUB_OUTPUT: Is a directory" in cli("github", "outputs", "plan.json", code=1).message


def test_what_is_no_document(cli: Cli, repo: Repo, step: Path) -> None:
    """A saved plan, a folder, nothing: refused by name, and no output is written."""
    repo.write("saved.json", '{"format_version": "1.0", "options": {}}')
    for name in ("saved.json", "assistants", "none.json"):
        assert name in cli("github", "outputs", name, code=1).message
    assert written(step) == {}
