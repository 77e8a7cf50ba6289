"""Which assistants each of the last commits changed, for the answers on pull requests."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reconciler.app.commits import Commit, commits
from reconciler.app.source import open_repository
from reconciler.cli.main import run
from tests.cli.places import Repo


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "repo")
    made.settings("owner: acme", "deployments:", "  staging: {url: 'https://s.example.com'}")
    made.manifest("one")
    made.commit()
    return made


def found(repo: Repo, deployment: str | None = "staging", **more: int) -> list[Commit]:
    return commits(open_repository(repo.root), deployment, **more)


def test_each_commit(repo: Repo) -> None:
    """Newest first, each with its own; a commit that changes no assistant is not named."""
    first = repo.git("rev-parse", "HEAD")
    repo.manifest("two")
    second = repo.commit()
    repo.write("README.md", "Hello\n")
    repo.commit()
    repo.manifest("one", "Better.")
    repo.remove("assistants/two.yaml")
    last = repo.commit()
    assert found(repo) == [
        Commit(sha=last, keys=("one", "two")),
        Commit(sha=second, keys=("two",)),
        Commit(sha=first, keys=("one",)),
    ]


def test_a_merge(repo: Repo) -> None:
    """A merge says what its branch brought; the branch's own commits are not on the way."""
    first = repo.git("rev-parse", "HEAD")
    repo.git("checkout", "-q", "-b", "feature")
    repo.manifest("two")
    repo.commit()
    repo.manifest("three")
    repo.commit()
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "--no-ff", "--no-edit", "feature")
    merge = repo.git("rev-parse", "HEAD")
    assert found(repo) == [Commit(sha=merge, keys=("three", "two")), Commit(sha=first, keys=("one",))]


def test_a_deployment(repo: Repo) -> None:
    """An override of another deployment changes nothing here."""
    repo.settings(
        "owner: acme", "deployments: {staging: {url: 'https://s.example.com'}, eu: {url: 'https://e.example.com'}}"
    )
    repo.commit()
    repo.manifest("one", "Write well.", "overrides: {eu: {name: Uno}}")
    last = repo.commit()
    assert found(repo, "eu")[0].sha == last
    assert [one.keys for one in found(repo)] == [("one",)]  # only its first commit


def test_code_beside_it(repo: Repo) -> None:
    """However many commits changed other files since: an older one is found, also of a text beside `assistants/`."""
    repo.write("prompts/two.md", "Write well.\n")
    repo.write(
        "assistants/two.yaml", "graph_id: writer\nname: two\ncontext: {system_prompt: !file ../prompts/two.md}\n"
    )
    repo.commit()
    repo.write("prompts/two.md", "Write better.\n")
    sha = repo.commit()
    for number in range(60):
        repo.write("src/app.py", f"{number}\n")
        repo.commit()
    assert found(repo)[0] == Commit(sha=sha, keys=("two",))


def test_so_many(repo: Repo) -> None:
    """At most that many commits are named."""
    for number in range(5):
        repo.manifest("one", f"Prompt {number}")
        repo.commit()
    assert len(found(repo, most=3)) == 3


def test_the_command(repo: Repo, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """As JSON, on stdout or into a file; a deployment that is not listed is an error."""
    monkeypatch.chdir(repo.root)
    sha = repo.git("rev-parse", "HEAD")
    assert run(["github", "log", "-d", "staging"]) == 0
    assert json.loads(capsys.readouterr().out) == [{"sha": sha, "keys": ["one"]}]
    assert run(["github", "log", "-d", "staging", "--out", "log.json"]) == 0
    assert json.loads((repo.root / "log.json").read_text()) == [{"sha": sha, "keys": ["one"]}]
    assert run(["github", "log", "-d", "production"]) == 1
