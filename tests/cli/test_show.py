"""`reconciler show` and `reconciler deployments`, as they are typed."""

from __future__ import annotations

import json

import pytest

from .conftest import Cli
from .places import Repo

BASE = "graph_id: writer\ncontext:\n  model_name: openai\n"
TWEET = """\
extends: _base.yaml
name: Tweet writer
context:
  system_prompt: !file prompts/tweet.md
overrides:
  production:
    context: {model_name: anthropic}
"""


def _write(repo: Repo) -> None:
    repo.write(
        "reconciler.yaml",
        "owner: acme\ndeployments:\n  staging: {url: https://s.example}\n"
        "  production: {url: https://p.example/agents, api_key_env: PROD_API_KEY}\n",
    )
    repo.write("assistants/_base.yaml", BASE)
    repo.write("assistants/tweet.yaml", TWEET)
    repo.write("assistants/prompts/tweet.md", "Write.\nShort.\n")


def test_each_value_has_its_place(cli: Cli, repo: Repo) -> None:
    """The merged manifest, and beside each value the file and line that it is from."""
    _write(repo)
    out = cli("show", "tweet", "-d", "production", "--origin", code=0).out
    assert out == (
        "# tweet, assistant_id 60308e2b-f388-5944-80c0-997d558df6fb, in deployment production\n"
        "key: tweet  # assistants/tweet.yaml\n"
        "graph_id: writer  # assistants/_base.yaml:1\n"
        "name: Tweet writer  # assistants/tweet.yaml:2\n"
        "context:\n"
        "  model_name: anthropic  # assistants/tweet.yaml:7\n"
        "  system_prompt: |  # assistants/prompts/tweet.md:1\n"
        "    Write.\n"
        "    Short.\n"
    )


def test_its_tries_are_shown_too(cli: Cli, repo: Repo) -> None:
    """As they are written, inherited ones with the file that they are from; it is a manifest that says the same."""
    _write(repo)
    repo.write("assistants/_base.tries.yaml", "- name: a\n  input: Hello\n  expect: {max_seconds: 1.50}\n")
    out = cli("show", "tweet", "-d", "production", "--origin", code=0).out
    assert out.endswith(
        "tries:\n"
        "  - name: a  # assistants/_base.tries.yaml:1\n"
        "    input: Hello  # assistants/_base.tries.yaml:2\n"
        "    expect:\n"
        "      max_seconds: 1.5  # assistants/_base.tries.yaml:3\n"
    )
    repo.write("assistants/tweet.yaml", cli("show", "tweet", "-d", "production", code=0).out)
    repo.remove("assistants/_base.tries.yaml")
    assert cli("show", "tweet", "-d", "production", "--origin", code=0).out.endswith("# assistants/tweet.yaml:14\n")


def test_without_a_deployment(cli: Cli, repo: Repo) -> None:
    """Where several are listed and none is named, no override counts, and the first line says so."""
    _write(repo)
    out = cli("show", "assistants/tweet.yaml", code=0).out
    assert out.startswith(
        "# tweet, assistant_id 60308e2b-f388-5944-80c0-997d558df6fb, without a deployment's overrides\n"
    )
    assert "model_name: openai\n" in out


def test_several(cli: Cli, repo: Repo) -> None:
    """A glob prints each, as documents of their own."""
    _write(repo)
    repo.write("assistants/blog.yaml", BASE + "name: Blog\n")
    out = cli("show", "*", code=0).out
    assert out.count("---\n") == 1
    assert out.index("# blog") < out.index("# tweet")


def test_a_broken_file_is_told(cli: Cli, repo: Repo) -> None:
    """What cannot be read is named with its place; nothing is printed."""
    _write(repo)
    repo.write("assistants/_base.yaml", "graph_id: [")
    ran = cli("show", "tweet", code=1)
    assert ran.out == ""
    assert "assistants/_base.yaml:2:1" in ran.message


def test_an_assistant_that_is_not_there(cli: Cli, repo: Repo) -> None:
    """A typing mistake is answered with the nearest key."""
    _write(repo)
    assert "did you mean `tweet`?" in cli("show", "twet", code=1).message


def test_deployments(cli: Cli, repo: Repo) -> None:
    """In the order of the settings; as JSON a list that a matrix takes. Nothing of the environment is in it."""
    _write(repo)
    assert cli("deployments", code=0).out == "staging     https://s.example\nproduction  https://p.example/agents\n"
    assert json.loads(cli("deployments", "--format", "json", code=0).out) == [
        {"name": "staging", "url": "https://s.example", "api_key_env": None},
        {"name": "production", "url": "https://p.example/agents", "api_key_env": "PROD_API_KEY"},
    ]


def test_no_deployment(cli: Cli, repo: Repo) -> None:
    """Where none is listed, that is said, and the JSON is an empty list."""
    repo.write("reconciler.yaml", "owner: acme\n")
    assert "lists no deployment" in cli("deployments", code=0).message
    assert cli("deployments", "--format", "json", code=0).out == "[]\n"


def test_an_assistant_of_another_deployment(cli: Cli, repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is there, and why it is not in this one is said; so of one that git gives up."""
    _write(repo)
    monkeypatch.setenv("PROD_API_KEY", "key")
    repo.write("assistants/beta.yaml", BASE + "name: Beta\ndeployments: [staging]\n")
    repo.write("assistants/old.yaml", "removed: delete\n")
    for command in ("show", "plan"):
        said = cli(command, "beta", "-d", "production", code=1).message
        assert "assistant `beta` is not in deployment `production`: its `deployments` say so" in said
    assert "`old` is given up" in cli("show", "old", "-d", "staging", code=1).message


def test_the_path_of_a_prompt_or_a_base(cli: Cli, repo: Repo) -> None:
    """It stands for every assistant that takes something from it, and for no other."""
    _write(repo)
    repo.write("assistants/blog.yaml", "extends: _base.yaml\nname: Blog\n")
    repo.write("assistants/plain.yaml", BASE + "name: Plain\n")
    for path, keys in {"assistants/prompts/tweet.md": ["tweet"], "assistants/_base.yaml": ["blog", "tweet"]}.items():
        out = cli("show", path, code=0).out
        assert [line.split(",")[0] for line in out.splitlines() if line.startswith("# ")] == [
            f"# {key}" for key in keys
        ]
