"""`plan --tries FILE`: the answers that `try` found, under what changes, in every form of a plan."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Cli
from tests.cli.places import Repo, Served

TRIES = "tries:\n  - {name: greets, input: Hello, expect: {contains: politely}}"
FORMS = ("text", "markdown", "json", "comment", "summary", "html")


def deployments(repo: Repo, fake: Served, *more: str) -> None:
    repo.settings("owner: acme", "deployments:", f"  staging: {{url: '{fake.url}', api_key_env: null}}", *more)


@pytest.fixture
def edited(cli: Cli, repo: Repo, fake: Served) -> Repo:
    """One assistant, live, whose prompt has another text since; its tries run on that server."""
    deployments(repo, fake, "try_on: staging")
    repo.manifest("tweet", "Write well.", TRIES)
    repo.commit()
    cli("apply", "-y", "-d", "staging", code=0)
    repo.manifest("tweet", "Write politely.", TRIES)
    repo.write(".gitignore", "*.out\n")
    repo.commit()
    return repo


def tried(cli: Cli, *more: str, code: int = 0) -> None:
    words = ("--changed", "--base", "HEAD~1", "-d", "staging", "--format", "json=tries.out")
    cli("try", *words, *more, code=code)


def planned(cli: Cli, repo: Repo, *more: str, code: int = 0) -> dict[str, str]:
    """The plan in all its forms."""
    words = [word for kind in FORMS for word in ("--format", f"{kind}={kind}.out")]
    cli("plan", "-d", "staging", "--base", "HEAD~1", "--tries", "tries.out", *words, *more, code=code)
    return {kind: (repo.root / f"{kind}.out").read_text("utf-8") for kind in FORMS}


def test_both_answers_are_in_each_form(cli: Cli, edited: Repo) -> None:
    """What is live answers before, what git says after; how it went is in the document, and no answer."""
    tried(cli)
    found = planned(cli, edited)
    for kind in ("text", "markdown", "comment", "summary", "html"):
        assert "answer before" in found[kind], kind
        assert "Write well." in found[kind].partition("answer before")[2], kind
        assert "Write politely." in found[kind].partition("answer after")[2], kind
        assert "a real run" in found[kind], kind
    document = json.loads(found["json"])
    assert [(one["key"], one["try"], one["verdict"]) for one in document["tries"]["trials"]] == [
        ("tweet", "greets", "passed")
    ]
    assert "answer" not in json.dumps(document["tries"])


def test_a_failure_is_in_the_title(cli: Cli, edited: Repo) -> None:
    """The plan itself is as it is: it ends as without tries."""
    edited.manifest("tweet", "Write briefly.", TRIES)
    edited.commit()
    tried(cli, code=1)
    found = planned(cli, edited)
    assert "changes 1 assistant, and the try fails" in found["comment"]
    assert json.loads(found["json"])["tries"]["trials"][0]["verdict"] == "failed"
    assert "Plan: 0 to create, 1 to update" in found["text"]


def test_answers_of_something_else_are_not_shown(cli: Cli, edited: Repo) -> None:
    """Another commit since: refused, and the comment of the pull request says that there is no plan."""
    tried(cli)
    edited.manifest("tweet", "Write otherwise.", TRIES)
    edited.commit()
    ran = cli("plan", "-d", "staging", "--tries", "tries.out", "--format", "comment=comment.out", code=1)
    assert "tries.out is of commit" in ran.message
    assert "run reconciler try again" in ran.message
    assert "no plan could be made" in (edited.root / "comment.out").read_text("utf-8")


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"format_version": "9.0"}'])
def test_a_file_that_is_none(cli: Cli, edited: Repo, content: str) -> None:
    """Refused before anything is sent, by its name."""
    edited.write("tries.out", content)
    ran = cli("plan", "-d", "staging", "--tries", "tries.out", code=1)
    assert "tries.out is not the JSON of tries" in ran.message
    ran = cli("plan", "-d", "staging", "--tries", "nothing.out", code=1)
    assert "cannot read nothing.out" in ran.message


def test_not_without_a_server(cli: Cli, edited: Repo) -> None:
    """An offline plan is about commits, and tries are runs of a server."""
    ran = cli("plan", "--offline", "--base", "HEAD~1", "--tries", "tries.out", code=1)
    assert "leave out" in ran.message


def test_where_no_deployment_is_named_nothing_is_said(cli: Cli, edited: Repo, fake: Served) -> None:
    """Nothing was tried, and nobody asked for it: the comment is as without."""
    deployments(edited, fake)
    edited.commit()
    before = len(fake.server.log)
    tried(cli)
    assert len(fake.server.log) == before
    assert json.loads((edited.root / "tries.out").read_text("utf-8"))["off"]
    found = planned(cli, edited)
    for kind in FORMS:
        assert "tried" not in found[kind], kind
    assert json.loads(found["json"])["tries"] is None


def test_without_a_key_that_is_said(cli: Cli, edited: Repo, fake: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the settings name the deployment for tries and there is no key: one line, and nothing was sent."""
    edited.settings("owner: acme", "deployments:", f"  staging: {{url: '{fake.url}'}}", "try_on: staging")
    edited.commit()
    before = len(fake.server.log)
    tried(cli)
    assert len(fake.server.log) == before
    monkeypatch.setenv("RECONCILER_API_KEY", "a-key")  # of whoever plans
    found = planned(cli, edited)
    assert "Nothing was tried: " in found["comment"]
    assert json.loads(found["json"])["tries"]["trials"] == []
