"""What `validate` says where several assistants, or several deployments, share a line."""

from __future__ import annotations

import json

from tests.cli.conftest import Cli
from tests.cli.places import Repo

TWO = ("owner: acme", "deployments:", "  staging: {url: https://s.example}", "  production: {url: https://p.example}")
THREE = (*TWO, "  demo: {url: https://d.example}")
TOKEN = "ghp_" + "0123456789abcdefABCDEF0123456789abcd"


def _schema(repo: Repo, deployment: str, kind: str) -> None:
    properties = {"system_prompt": {"type": kind}}
    repo.write(f"schemas/{deployment}/writer.json", json.dumps({"type": "object", "properties": properties}))


def test_what_one_schema_refuses_names_its_deployment(cli: Cli, repo: Repo) -> None:
    """The line is right for the others, so the message says where it is not."""
    repo.settings(*THREE)
    repo.manifest("tweet")
    _schema(repo, "production", "integer")
    _schema(repo, "demo", "string")
    said = cli("validate", code=1).message
    assert "assistants/tweet.yaml:4:18: context field `system_prompt`: 'Write well.' is not a whole number" in said
    assert "is not a whole number, in deployment `production` [context-type]" in said
    assert "1 error" in said
    _schema(repo, "demo", "integer")
    assert "in deployments `production` and `demo` [context-type]" in cli("validate", code=1).message


def test_what_all_refuse_names_none(cli: Cli, repo: Repo) -> None:
    """Once, as if there were one schema."""
    repo.settings(*TWO)
    repo.manifest("tweet")
    _schema(repo, "production", "integer")
    _schema(repo, "staging", "integer")
    said = cli("validate", code=1).message
    assert "is not a whole number [context-type]" in said
    assert "1 error" in said


def test_a_value_of_many_is_let_pass_at_once(cli: Cli, repo: Repo) -> None:
    """A value that looks like a secret in a base is told once, with an entry for each assistant that has it."""
    repo.write("assistants/_base.yaml", f"graph_id: writer\ncontext: {{system_prompt: {TOKEN}}}\n")
    rows = ", ".join(f"{{id: r{number}}}" for number in range(20))
    repo.write("assistants/a.yaml", f"extends: _base.yaml\nname: !each id\nfor_each: [{rows}]\n")
    ran = cli("validate", code=1)
    assert ran.err.count("[secret]") == 1
    entries = next(line for line in ran.err.splitlines() if "secrets_allowed:" in line).partition("secrets_allowed:")[2]
    repo.settings("owner: acme", f"secrets_allowed:{entries}")
    cli("validate", code=0)


def test_a_prompt_beside_the_folder_is_compared_too(cli: Cli, repo: Repo) -> None:
    """A prompt need not stand under assistants/ for a lost placeholder to be seen; other files do not count."""
    repo.write("prompts/tweet.md", "You are {name}.\n")
    repo.write("prompts/other.md", "Anything.\n")
    repo.write(
        "assistants/tweet.yaml",
        "graph_id: writer\nname: Tweet\ncontext:\n  system_prompt: !file ../prompts/tweet.md\n",
    )
    repo.commit()
    repo.write("prompts/tweet.md", "You are nobody.\n")
    assert "prompts/tweet.md:1:1: warning: context field `system_prompt` has no `{name}`" in cli("validate").message
    repo.commit()
    repo.write("prompts/other.md", "Something.\n")
    assert "[placeholder-lost]" in cli("validate", code=0).message
