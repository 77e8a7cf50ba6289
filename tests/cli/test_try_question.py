"""The question before a real run: where the settings do not name the server, only `yes` runs anything."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cli.conftest import Cli, Start, Terminal
from tests.cli.places import Repo, Served

Open = Callable[..., Terminal]
QUESTION = "Only 'yes' runs them"
TRIES = "tries: [{name: short, input: Write}, {name: long, input: Write more}]"


@pytest.fixture(autouse=True)
def _there(repo: Repo, fake: Served, cli: Cli) -> None:
    """One assistant is live and changed; nothing says where to try."""
    repo.deployment(fake.url)
    repo.manifest("tweet", "Old.", TRIES)
    cli("apply", "-y", code=0)
    repo.manifest("tweet", "New.", TRIES)


def test_yes(fake: Served, terminal: Open) -> None:
    """It says how many runs of whom, and where, and that they are real."""
    shown = terminal("try", "tweet")
    shown.until(QUESTION)
    assert f"Make 4 runs on staging ({fake.url}), of tweet?" in shown.shown
    assert "They are real runs: what the graph's tools do in it, they do." in shown.shown
    assert fake.server.runs.asked == []
    shown.type("yes\n")
    assert shown.end() == 0
    assert len(fake.server.runs.asked) == 4


@pytest.mark.parametrize("answer", ["no\n", "y\n", "\n"])
def test_anything_else(fake: Served, terminal: Open, answer: str) -> None:
    """Nothing is run, it says so, and ends with 1."""
    shown = terminal("try", "tweet")
    shown.until(QUESTION)
    shown.type(answer)
    assert shown.end() == 1
    assert "not tried: the answer was not yes" in shown.shown
    assert fake.server.runs.asked == []


def test_where_nothing_is_to_be_run(repo: Repo, fake: Served, terminal: Open) -> None:
    """Nobody is asked: the only try names a node that is not there, and has failed."""
    repo.manifest("tweet", "New.", "tries: [{name: short, input: x, interrupt_before: [nowhere]}]")
    shown = terminal("try", "tweet")
    assert shown.end() == 1
    assert QUESTION not in shown.shown
    assert "has no node `nowhere`" in shown.shown
    assert fake.server.runs.asked == []


def test_without_a_terminal(fake: Served, start: Start) -> None:
    """It needs -y, and nothing is sent without."""
    sent = len(fake.server.log)
    ran = start("try", "tweet").end()
    assert ran.code == 1
    assert ran.message == "error: try asks for a yes on this server, and this is no terminal to run without asking: -y"
    assert len(fake.server.log) == sent
    assert start("try", "tweet", "-y").end().code == 0


def test_another_deployment_than_that_of_the_settings(repo: Repo, fake: Served, start: Start) -> None:
    """`try_on` is for itself alone."""
    repo.settings(
        f"owner: {repo.owner}",
        f"deployments: {{staging: {{url: 'https://staging.example'}}, production: {{url: '{fake.url}'}}}}",
        "try_on: staging",
    )
    assert start("try", "tweet", "-d", "production").end().code == 1
    assert fake.server.runs.asked == []


def test_in_the_sandbox(fake: Served, start: Start) -> None:
    """What runs there hurts nobody, so nobody is asked."""
    environ = {"RECONCILER_SANDBOX": fake.url, "RECONCILER_URL": fake.url}
    assert start("try", "tweet", env=environ).end().code == 0
    assert len(fake.server.runs.asked) == 4


def test_progress_on_a_terminal(fake: Served, terminal: Open) -> None:
    """One line that is drawn again, and gone at the end."""
    shown = terminal("try", "tweet", "-y")
    assert shown.end() == 0
    assert "0/4" in shown.shown
    assert "4/4" in shown.shown
