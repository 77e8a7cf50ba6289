"""The exit code is decided once, after all output, and is the same in every format."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Cli, Serve
from tests.cli.places import Repo, Served

FORMATS = ["text", "json", "markdown"]


@pytest.mark.parametrize("format", FORMATS)
def test_plan_with_detailed_exitcode(cli: Cli, repo: Repo, fake: Served, format: str) -> None:
    """2 where there are changes, 0 where there are none; without the option always 0."""
    repo.manifest("tweet")
    plan = ("plan", "--url", fake.url, "--format", format)
    cli(*plan, code=0)
    cli(*plan, "--detailed-exitcode", code=2)
    cli("apply", "-y", "--url", fake.url, code=0)
    cli(*plan, "--detailed-exitcode", code=0)


@pytest.mark.parametrize("format", FORMATS)
def test_a_guard(cli: Cli, repo: Repo, fake: Served, format: str) -> None:
    """apply ends with 3 and writes nothing; plan never does; each prints the override, which works."""
    for number in range(4):
        repo.manifest(f"a{number}")
    repo.manifest("precious", "Write.", "protected: true")
    cli("apply", "-y", "--url", fake.url, code=0)
    repo.remove("assistants/precious.yaml")
    fake.server.log.clear()
    words = ("--prune", "--url", fake.url, "--format", format)
    assert "--allow-delete precious" in cli("plan", *words, code=0).out.replace("\\", "")
    cli("plan", *words, "--detailed-exitcode", code=2)
    assert "--allow-delete precious" in cli("apply", "-y", *words, code=3).out.replace("\\", "")
    assert fake.writes == []
    cli("apply", "-y", *words, "--allow-delete", "precious", code=0)
    assert fake.writes == [f"DELETE /assistants/{fake.id('precious')}"]


@pytest.mark.parametrize("format", FORMATS)
def test_held_drift(cli: Cli, repo: Repo, fake: Served, format: str) -> None:
    """0 where git had nothing to say, 5 where git has changed it too; --on-drift block is 3, and plan never is."""
    repo.manifest("tweet")
    repo.commit()
    words = ("--url", fake.url, "--format", format)
    cli("apply", "-y", *words, code=0)
    fake.server.patch(fake.id("tweet"), context={"system_prompt": "By hand."})
    fake.server.log.clear()
    cli("apply", "-y", *words, "--on-drift", "hold", code=0)
    cli("plan", *words, "--on-drift", "hold", "--detailed-exitcode", code=2)
    cli("plan", *words, "--on-drift", "block", code=0)
    cli("apply", "-y", *words, "--on-drift", "block", code=3)
    repo.manifest("tweet", "Git is ahead.")
    repo.commit()
    cli("apply", "-y", *words, "--on-drift", "hold", code=5)
    assert fake.writes == []
    assert fake.prompt("tweet") == "By hand."
    cli("apply", "-y", *words, "--on-drift", "overwrite", code=0)
    assert fake.prompt("tweet") == "Git is ahead."


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("plam",),
        ("plan", "--nonsense"),
        ("plan", "--on-drift", "ignore"),
        ("plan", "--format", "yaml"),
        ("plan", "--format", "json="),
        ("plan", "--allow", "everything"),
        ("plan", "-C", "no/such/folder"),
        ("plan", "--url"),
        ("plan", "--url", "agents.example.com"),
        ("plan", "--url", "ftp://agents.example.com"),
        ("plan", "--url", "https://ana:hunter2@agents.example.com"),
        ("plan", "twet"),
        ("plan", "--graph", "writr"),
        ("plan", "--exclude", "twet"),
        ("plan", "--prune", "tweet"),
        ("plan", "--prune", "--graph", "writer"),
        ("apply", "-y", "--prune", "--exclude", "tweet"),
        ("apply", "--parallelism", "0"),
        ("schemas", "pull", "--own"),
        ("schemas", "push"),
    ],
)
def test_usage_errors(cli: Cli, repo: Repo, words: tuple[str, ...]) -> None:
    """1, with one message; nothing is sent. 2 would mean changes."""
    repo.manifest("tweet")
    repo.deployment("http://127.0.0.1:9")
    ran = cli(*words, code=1)
    assert ran.out == ""
    assert ran.err.strip()
    assert "nothing answers" not in ran.err
    assert "hunter2" not in ran.err


def test_a_typing_mistake_in_a_target(cli: Cli, repo: Repo, fake: Served) -> None:
    """The nearest key, graph or guard is named."""
    repo.manifest("writer/tweet")
    assert "did you mean `writer/tweet`?" in cli("plan", "writer/twet", "--url", fake.url, code=1).message
    assert "did you mean `writer`?" in cli("plan", "--graph", "writr", "--url", fake.url, code=1).message
    assert "max_deletes" in cli("plan", "--allow", "max_delete", "--url", fake.url, code=1).message


def test_prune_with_a_key(cli: Cli, repo: Repo, fake: Served) -> None:
    """It says why the two do not go together."""
    repo.manifest("tweet")
    ran = cli("apply", "-y", "--prune", "tweet", "--url", fake.url, code=1)
    assert "--prune looks at everything, so it cannot be used together with KEY" in ran.message
    assert fake.server.log == []


def test_apply_as_json(cli: Cli, repo: Repo, fake: Served) -> None:
    """The document on stdout says what became of each change, and holds nothing beside it."""
    repo.manifest("tweet")
    said = json.loads(cli("apply", "-y", "--url", fake.url, "--format", "json", code=0).out)
    assert said["converged"] is True
    assert [(c["key"], c["outcome"], c["version"]) for c in said["changes"]] == [("tweet", "applied", 1)]


def test_a_write_that_does_not_take(cli: Cli, repo: Repo, serve: Serve) -> None:
    """A server that says yes and does not do it is found out by reading: 5."""
    served = serve(equal_changes="unseen", write_answer="sent")
    repo.write("assistants/plain.yaml", "graph_id: plain\nname: plain\ncontext: {flag: true}\n")
    cli("apply", "-y", "--url", served.url, code=0)
    repo.write("assistants/plain.yaml", "graph_id: plain\nname: plain\ncontext: {flag: 1}\n")
    ran = cli("apply", "-y", "--url", served.url, code=5)
    assert "reads back different: `context.flag`" in " ".join(ran.out.split())
