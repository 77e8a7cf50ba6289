"""`deployments`: what a CI's matrix is made of."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Cli
from tests.cli.places import Repo

ONE = """\
graph_id: writer
name: one
context: {system_prompt: Write well.}
overrides: {production: {name: Uno}}
"""


@pytest.fixture
def two(repo: Repo) -> Repo:
    """Two deployments, and one manifest with an override."""
    repo.settings(
        "owner: acme",
        "deployments:",
        "  staging: {url: 'https://staging.example.com', api_key_env: STAGING_API_KEY}",
        "  production: {url: 'https://production.example.com'}",
    )
    repo.write("assistants/one.yaml", ONE)
    repo.commit()
    return repo


def listed(cli: Cli, *words: str) -> list[str]:
    return [one["name"] for one in json.loads(cli("deployments", "--format", "json", *words, code=0).out)]


def test_all(cli: Cli, two: Repo) -> None:
    """All of them, in their order, with the variable that holds the key where the settings name one."""
    said = json.loads(cli("deployments", "--format", "json", code=0).out)
    assert said == [
        {"name": "staging", "url": "https://staging.example.com", "api_key_env": "STAGING_API_KEY"},
        {"name": "production", "url": "https://production.example.com", "api_key_env": None},
    ]


@pytest.mark.parametrize(
    ("path", "content", "expected"),
    [
        ("README.md", "Hello\n", []),
        (
            "assistants/one.yaml",
            "graph_id: writer\nname: one\ncontext: {system_prompt: B}\n",
            ["staging", "production"],
        ),
        (
            "assistants/one.yaml",
            ONE.replace("Uno", "Eins"),
            ["production"],
        ),
        ("assistants/one.yaml", "graph_id: [\n", ["staging", "production"]),
        ("assistants/prompts/unused.md", "Hello\n", []),
        ("reconciler.yaml", "owner: acme\ndeployments: {staging: {url: 'https://s.example.com'}}\n", ["staging"]),
    ],
)
def test_changed_since(cli: Cli, two: Repo, path: str, content: str, expected: list[str]) -> None:
    """Only those for which something else comes out; all where the settings differ or a file cannot be read."""
    two.write(path, content)
    two.commit()
    assert listed(cli, "--changed-since", "HEAD~1") == expected


def test_changed_tries_are_tried(cli: Cli, two: Repo) -> None:
    """Where only tries are others it is the deployment where they run, if there is one; where they only stand elsewhere
    nothing has changed."""
    tried = "tries:\n  - {name: greets, input: Hello, expect: {contains: Hi}}\n"
    two.write("assistants/one.yaml", ONE + tried)
    two.commit()
    assert listed(cli, "--changed-since", "HEAD~1") == []
    settings = (two.root / "reconciler.yaml").read_text("utf-8")
    two.write("reconciler.yaml", f"{settings}try_on: production\n")
    two.commit()
    two.write("assistants/one.yaml", ONE + tried.replace("contains: Hi", "contains: Hello"))
    two.commit()
    assert listed(cli, "--changed-since", "HEAD~1") == ["production"]
    two.write("assistants/one.yaml", f"# said\n{ONE}{tried.replace('contains: Hi', 'contains: Hello')}")
    two.commit()
    assert listed(cli, "--changed-since", "HEAD~1") == []
    two.write("assistants/one.yaml", ONE)
    two.commit()
    assert listed(cli, "--changed-since", "HEAD~1") == []


def test_changed_since_with_the_settings_of_the_base(cli: Cli, two: Repo) -> None:
    """The names come from the base, which alone says where there is a key."""
    two.write("reconciler.yaml", "owner: acme\ndeployments: {elsewhere: {url: 'https://s.example.com'}}\n")
    two.commit()
    assert listed(cli, "--changed-since", "HEAD~1", "--settings-from", "HEAD~1") == ["staging", "production"]
