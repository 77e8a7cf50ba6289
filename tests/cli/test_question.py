"""The question before the first write: only `yes` is a yes, and nobody is asked where nobody can answer."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable

import pytest

from tests.cli.conftest import Cli, Start, Terminal
from tests.cli.places import Repo, Served

Open = Callable[..., Terminal]
QUESTION = "Only 'yes' applies it"


def test_yes(repo: Repo, fake: Served, terminal: Open) -> None:
    """The plan is shown, the question names the deployment, and `yes` applies it."""
    repo.manifest("tweet")
    repo.deployment(fake.url)
    shown = terminal("apply")
    shown.until(QUESTION)
    assert "create tweet" in shown.shown
    assert f"Apply this to staging ({fake.url})?" in shown.shown
    assert fake.writes == []
    shown.type("yes\n")
    assert shown.end() == 0
    assert fake.writes == ["POST /assistants"]


@pytest.mark.parametrize("answer", ["no\n", "y\n", "YES\n", "\n", "yes please\n"])
def test_anything_else(repo: Repo, fake: Served, terminal: Open, answer: str) -> None:
    """Nothing is written, it says so, and ends with 1."""
    repo.manifest("tweet")
    shown = terminal("apply", "--url", fake.url)
    shown.until(QUESTION)
    shown.type(answer)
    assert shown.end() == 1
    assert "not applied: the answer was not yes" in shown.shown
    assert fake.writes == []


@pytest.mark.parametrize("keys", ["\x03", "\x04"])
def test_leaving_the_question(repo: Repo, fake: Served, terminal: Open, keys: str) -> None:
    """Ctrl-C and Ctrl-D write nothing and say so."""
    repo.manifest("tweet")
    shown = terminal("apply", "--url", fake.url)
    shown.until(QUESTION)
    shown.press(keys, until="interrupted; nothing was written to the server")
    assert shown.end() == 5
    assert fake.writes == []


def test_without_a_terminal(repo: Repo, fake: Served, start: Start) -> None:
    """It does not wait for an answer that cannot come: the option is named, and nothing is sent."""
    repo.manifest("tweet")
    ran = start("apply", "--url", fake.url).end()
    assert ran.code == 1
    assert ran.message == "error: apply asks for a yes, and this is no terminal to apply without asking: -y"
    assert fake.server.log == []


def test_the_plan_is_seen_where_stdout_goes_to_a_file(repo: Repo, fake: Served, terminal: Open) -> None:
    """Who is asked sees what they are asked about."""
    repo.manifest("tweet")
    shown = terminal("apply", "--url", fake.url, stdout=subprocess.PIPE)
    shown.until(QUESTION)
    assert "create tweet" in shown.shown
    shown.type("no\n")
    shown.process.popen.stdout.read()
    assert shown.end() == 1


def test_nothing_to_do_asks_nothing(cli: Cli, repo: Repo, fake: Served, terminal: Open) -> None:
    """No question, no write."""
    repo.manifest("tweet")
    cli("apply", "-y", "--url", fake.url, code=0)
    shown = terminal("apply", "--url", fake.url)
    assert shown.end() == 0
    assert QUESTION not in shown.shown
    assert len(fake.writes) == 1


def test_what_moved_while_the_question_stood(cli: Cli, repo: Repo, fake: Served, terminal: Open) -> None:
    """That one is not written and is named; the others are; the code is 4."""
    repo.manifest("one")
    repo.manifest("two")
    cli("apply", "-y", "--url", fake.url, code=0)
    repo.manifest("one", "From git.")
    repo.manifest("two", "From git.")
    shown = terminal("apply", "--url", fake.url)
    shown.until(QUESTION)
    fake.server.patch(fake.id("one"), context={"system_prompt": "By hand."})
    shown.type("yes\n")
    assert shown.end() == 4
    assert re.search(r"\bone: NOT written", shown.shown)
    assert (fake.prompt("one"), fake.prompt("two")) == ("By hand.", "From git.")
