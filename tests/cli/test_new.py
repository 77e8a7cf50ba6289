"""`new`: a manifest to fill in, and what is said where there cannot be one."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Cli
from tests.cli.places import Repo, Served

PROMPTED = {"properties": {"system_prompt": {"type": "string"}}, "required": ["system_prompt"]}


def test_it_can_be_applied_at_once(cli: Cli, repo: Repo, fake: Served) -> None:
    """Where the schema gives every value the manifest is valid, and plan creates it."""
    ran = cli("new", "tweets/short", "--graph", "writer", code=0)
    assert ran.err.splitlines()[:2] == [
        "new     assistants/tweets/prompts/short.md",
        "new     assistants/tweets/short.yaml",
    ]
    assert cli("validate", "--strict", code=0).err.startswith("1 assistant: valid")
    assert "create tweets/short" in cli("plan", "--url", fake.url, code=0).out


def test_what_is_left_is_named(cli: Cli, repo: Repo) -> None:
    """Values that the schema does not give are named at their line, and a prompt that is blank by its file."""
    schema = {
        "properties": {"tone": {"type": "string"}} | PROMPTED["properties"],
        "required": ["tone", "system_prompt"],
    }
    repo.write("schemas/writer.json", json.dumps(schema))
    ran = cli("new", "short", "--graph", "writer", "--name", "Short: posts", code=0)
    assert "to be written: assistants/prompts/short.md" in ran.err
    assert "assistants/short.yaml:4:9: context field `tone`" in ran.err
    cli("validate", code=1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("a b", "--graph", "writer"), "cannot be part of an assistant's key"),
        (("a//b", "--graph", "writer"), "cannot be part of an assistant's key"),
        (("../a", "--graph", "writer"), "cannot be part of an assistant's key"),
        (("_base", "--graph", "writer"), "cannot be part of an assistant's key"),
        (("a" * 101, "--graph", "writer"), "100 are the most"),
        (("a.tries", "--graph", "writer"), "would be read as the tries of another assistant"),
        (("assistants/a.yaml", "--graph", "writer"), "reconciler new a"),
        (("a.yml", "--graph", "writer"), "reconciler new a"),
        (("a", "--graph", "writr"), "did you mean `writer`?"),
        (("a", "--graph", "../../etc/passwd"), "there is no graph"),
        (("a", "--graph", "x\x1b[31m"), "there is no graph `x\\x1b[31m`"),
        (("a", "--graph", "writer", "-d", "live"), "there is no deployment `live`"),
        (("a",), "Missing option '--graph'"),
        (("a", "--graph", "writer", "--name", ""), ""),
    ],
)
def test_what_cannot_be(cli: Cli, repo: Repo, words: tuple[str, ...], said: str) -> None:
    """It is an error that says what was meant, and nothing is written."""
    if not said:
        cli("new", *words, code=0)
        assert "name: A\n" in (repo.root / "assistants/a.yaml").read_text("utf-8")
        return
    ran = cli("new", *words, code=1)
    assert said in ran.err
    assert list((repo.root / "assistants").iterdir()) == []


@pytest.mark.parametrize("there", ["assistants/a.yaml", "assistants/a.yml", "assistants/A.yaml"])
def test_it_overwrites_nothing(cli: Cli, repo: Repo, there: str) -> None:
    """A manifest of that key is left alone, with either ending, and in letters of another case."""
    repo.write(there, "graph_id: writer\nname: Mine\n")
    assert f"{there} is there already" in cli("new", "a", "--graph", "writer", code=1).err
    assert [path.name for path in (repo.root / "assistants").iterdir()] == [there[11:]]


def test_an_open_graph(cli: Cli, repo: Repo) -> None:
    """One whose contexts are not checked, with no schema at all, gets a manifest without a context."""
    repo.settings("owner: acme", "schemas: {research: open}")
    cli("new", "a", "--graph", "research", code=0)
    assert cli("validate", code=0).err.startswith("1 assistant: valid")


def test_a_schema_that_cannot_be_read(cli: Cli, repo: Repo) -> None:
    """Its own error is said."""
    repo.write("schemas/writer.json", "{")
    assert "schemas/writer.json:1:2: not JSON" in cli("new", "a", "--graph", "writer", code=1).err


def test_the_schema_of_a_deployment(cli: Cli, repo: Repo, fake: Served) -> None:
    """With `-d` it is that deployment's own, where it has one."""
    repo.deployment(fake.url)
    repo.write("schemas/staging/writer.json", json.dumps(PROMPTED))
    cli("new", "a", "--graph", "writer", "-d", "staging", code=0)
    assert (repo.root / "assistants/prompts/a.md").read_text("utf-8") == "…\n"
