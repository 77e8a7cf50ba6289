"""Tries are no part of an assistant: whoever adds, changes or takes away some has nothing to apply."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Cli
from tests.cli.places import Repo, Served

TRIES = "- {name: a, input: Hello, expect: {contains: b}}\n"
PLACES = {
    "beside it": {"assistants/tweet.tries.yaml": TRIES},
    "beside its base": {"assistants/_base.tries.yml": TRIES},
    "in its base": {"assistants/_base.yaml": "graph_id: writer\ntries: [{name: a, input: {}}]\n"},
}


@pytest.fixture
def written(cli: Cli, repo: Repo, fake: Served) -> Repo:
    """An assistant over a base, live as git says it."""
    repo.write("assistants/_base.yaml", "graph_id: writer\n")
    repo.write("assistants/tweet.yaml", "extends: _base.yaml\nname: tweet\ncontext: {system_prompt: Write.}\n")
    repo.commit()
    cli("apply", "-y", "--url", fake.url, code=0)
    fake.server.log.clear()
    return repo


@pytest.mark.parametrize("files", PLACES.values(), ids=PLACES)
def test_there_is_nothing_to_do(cli: Cli, written: Repo, fake: Served, files: dict[str, str]) -> None:
    """On the server, and beside the commit before; apply writes nothing, though another commit is checked out."""
    before = written.git("rev-parse", "HEAD")
    for path, text in files.items():
        written.write(path, text)
    written.commit("tries")
    assert "No changes." in cli("plan", "--detailed-exitcode", "--url", fake.url, code=0).out
    cli("plan", "--offline", "--base", before, "--detailed-exitcode", code=0)
    cli("apply", "-y", "--url", fake.url, code=0)
    assert fake.writes == []


def test_the_file_of_tries_names_its_assistant(cli: Cli, written: Repo) -> None:
    """As that of a prompt does, where a command takes an assistant."""
    written.write("assistants/tweet.tries.yaml", TRIES)
    assert "name: tweet" in cli("show", "assistants/tweet.tries.yaml", code=0).out


def test_a_wrong_try_stops_a_plan(cli: Cli, written: Repo, fake: Served) -> None:
    """As every mistake in the files does: nothing is sent."""
    written.write("assistants/tweet.tries.yaml", "- {name: a}\n")
    assert "[field-missing]" in cli("plan", "--url", fake.url, code=1).message
    assert fake.server.log == []
