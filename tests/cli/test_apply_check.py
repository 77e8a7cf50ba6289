"""`apply --check`: when it runs, what it says before and after, its exit codes, and a stop while it goes on."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Callable

import jsonschema
import pytest

from reconciler.render import json as rendered
from tests.cli.conftest import Cli, Start, Terminal
from tests.cli.places import Repo, Served
from tests.fake import Ends, Given

Open = Callable[..., Terminal]
TRIES = "tries: [{name: tent, input: {messages: [{role: user, content: A tent}]}, expect: {contains: good}}]"
HOSTILE = "\x1b[2J\n::add-mask::x\n</details>\u202e@everyone"


@pytest.fixture
def applied(cli: Cli, repo: Repo, fake: Served) -> Served:
    """An assistant that answers as expected, applied; settings that name the server."""
    repo.deployment(fake.url)
    repo.manifest("tweet", "good a", TRIES)
    repo.commit("a")
    cli("apply", "-y", code=0)
    return fake


def say(repo: Repo, prompt: str) -> None:
    """Commit another prompt."""
    repo.manifest("tweet", prompt, TRIES)
    repo.commit(prompt)


def test_only_where_it_is_asked_for(cli: Cli, repo: Repo, applied: Served) -> None:
    """By the option, or by the settings of the deployment; `--no-check` goes before those."""
    for prompt, words, lines, checked in (
        ("bad b", [], [], False),
        ("good c", ["--check"], [], True),
        ("good d", [], ["check: true"], True),
        ("bad e", ["--no-check"], ["check: true"], False),
    ):
        repo.deployment(applied.url, *lines)
        say(repo, prompt)
        before = len(applied.server.runs.asked)
        cli("apply", "-y", *words, code=0)
        assert (len(applied.server.runs.asked) > before, applied.prompt("tweet")) == (checked, prompt)


def test_what_is_said_of_one_that_fails(cli: Cli, repo: Repo, applied: Served) -> None:
    """That it was taken back, why, what it answered, what answers now, and what to do; progress on stderr."""
    say(repo, "bad b")
    ran = cli("apply", "-y", "--check", code=5)
    said = " ".join(ran.out.split())
    assert "tweet: written and TAKEN BACK, what was live before is live again, as version 3" in said
    assert "try `tent`: does not contain `good`" in said
    assert "the answer, in 0.0 s: [no model in this context] bad b" in said
    assert "the answer of what is live again, in 0.0 s: [no model in this context] good a" in said
    assert "What was taken back stays so until git says something else of it" in said
    assert "what was taken back is as it was before, all else is exactly as git says" in said
    assert "Besides: 1 taken back." in said
    assert "Checked by 1 try: 1 failed. A try is a real run" in said
    assert ran.err.splitlines() == [
        "[1/1] update tweet",
        "check tweet, try `tent`: answered in 0.0 s",
        "check tweet: taken back",
        "check, what is live again: tweet, try `tent`: answered in 0.0 s",
        "reconciler: incomplete",
    ]


def test_only_reported(cli: Cli, repo: Repo, applied: Served) -> None:
    """--no-rollback."""
    say(repo, "bad b")
    said = " ".join(cli("apply", "-y", "--check", "--no-rollback", code=5).out.split())
    assert "updated, version 2 is live; it FAILS its check and stays live: --no-rollback: it is only reported" in said
    assert "`reconciler rollback KEY`" in said
    assert applied.prompt("tweet") == "bad b"


def test_a_created_one(cli: Cli, repo: Repo, fake: Served) -> None:
    """It stays and is named; nobody is sent to a version before that there is not."""
    repo.manifest("tweet", "bad a", TRIES)
    said = " ".join(cli("apply", "-y", "--check", "--url", fake.url, code=5).out.split())
    assert "it FAILS its check and stays live: it was created by this apply, so there is nothing to go back to" in said
    assert "was not taken back is live: put it right. Read" in said


def test_an_end_that_is_not_known(cli: Cli, repo: Repo, applied: Served) -> None:
    """Exit 6, and nothing is taken back."""
    say(repo, "good b")
    applied.server.runs.ends = lambda given: Ends(seconds=None)
    said = " ".join(cli("apply", "-y", "--check", "--check-timeout", "1", code=6).out.split())
    assert "updated, version 2 is live; how its check ended is NOT KNOWN, so it stays live" in said
    assert "no end within 1 s" in said
    assert "`reconciler try KEY` asks once more" in said
    assert applied.server.runs.threads == []


def test_nothing_to_run(cli: Cli, repo: Repo, applied: Served) -> None:
    """Whoever asked for a check is told that there was none."""
    repo.manifest("tweet", "bad b")
    said = "nothing that was written has tries, so nothing is checked"
    assert said in cli("apply", "-y", "--check", code=0).err
    repo.deployment(applied.url, "check: true")
    repo.manifest("tweet", "bad c")
    assert said not in cli("apply", "-y", code=0).err


def test_json_and_markdown(cli: Cli, repo: Repo, applied: Served) -> None:
    """The published schema holds; the check has its runs; a file is written beside."""
    say(repo, "bad b")
    ran = cli("apply", "-y", "--check", "--format", "json", "--format", "markdown=out.md", code=5)
    said = json.loads(ran.out)
    jsonschema.Draft202012Validator(rendered.schema()).validate(said)
    (change,) = said["changes"]
    assert (change["outcome"], change["version"], said["converged"]) == ("rolled_back", 3, False)
    assert change["error"] == "try `tent`: does not contain `good`"
    (check,) = said["checks"]
    assert (check["key"], check["verdict"], check["before"], check["kept"]) == ("tweet", "failed", 1, None)
    assert check["proof"]["text"].endswith("good a")
    (trial,) = check["trials"]
    assert (trial["try"], trial["path"], trial["failures"]) == (
        "tent",
        "assistants/tweet.yaml",
        ["does not contain `good`"],
    )
    assert trial["after"]["end"] == "answered"
    page = (repo.root / "out.md").read_text("utf-8")
    assert "### Not as planned (1)" in page
    assert "TAKEN BACK" in page
    assert "**The answer of what is live again**" in page


def test_without_a_check_there_are_none(cli: Cli, repo: Repo, applied: Served) -> None:
    """An empty list, so that a reader need not ask."""
    say(repo, "bad b")
    assert json.loads(cli("apply", "-y", "--format", "json", code=0).out)["checks"] == []


def test_answers_steer_nothing(cli: Cli, repo: Repo, applied: Served) -> None:
    """What a model says is text of others, in every format."""
    say(repo, "bad b")
    answer = {"messages": [{"type": "ai", "content": HOSTILE}]}
    applied.server.runs.ends = lambda given: Ends(output=answer)
    ran = cli("apply", "-y", "--check", "-v", "--format", "text", "--format", "json=out.json", code=5)
    cli("apply", "-y", "--check", "--on-drift", "overwrite", "tweet", "--format", "markdown", code=5)
    for text in (ran.said, (repo.root / "out.json").read_text("utf-8")):
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert not any(line.startswith("::") for line in text.splitlines())


def test_of_a_saved_plan(cli: Cli, repo: Repo, applied: Served) -> None:
    """As of any other."""
    say(repo, "bad b")
    cli("plan", "--out", "plan.json", code=0)
    repo.write(".gitignore", "plan.json\n")
    cli("apply", "plan.json", "--check", code=5)
    assert applied.prompt("tweet") == "good a"


def test_what_is_held_is_not_run(cli: Cli, repo: Repo, applied: Served) -> None:
    """The next merge leaves it as it is, asks nothing and runs nothing; named, it is tried again."""
    say(repo, "bad b")
    cli("apply", "-y", "--check", code=5)
    runs = len(applied.server.runs.asked)
    repo.commit("something else")
    cli("apply", "-y", "--check", code=0)
    assert len(applied.server.runs.asked) == runs
    cli("apply", "-y", "--check", "--on-drift", "overwrite", "tweet", code=5)
    assert len(applied.server.runs.asked) == runs + 2


def test_the_question_says_it(repo: Repo, applied: Served, terminal: Open) -> None:
    """How many tries will run, and that they are real."""
    say(repo, "good b")
    shown = terminal("apply", "--check")
    shown.until("Only 'yes' applies it")
    assert "Then 1 try of 1 assistant run there. They are real runs: what tools do, they do." in shown.shown
    shown.type("no\n")
    assert shown.end() == 1
    assert applied.server.runs.asked == []


def test_a_stop_while_it_runs(repo: Repo, applied: Served, start: Start) -> None:
    """The run is cancelled and cleared away, nothing is taken back, and the report says what was not checked."""
    say(repo, "bad b")
    arrived = threading.Event()

    def hangs(given: Given) -> Ends:
        arrived.set()
        return Ends(seconds=None)

    applied.server.runs.ends = hangs
    process = start("apply", "-y", "--check")
    assert arrived.wait(20)
    process.popen.send_signal(signal.SIGINT)
    ran = process.end()
    said = " ".join(ran.out.split())
    assert ran.code == 6
    assert "how its check ended is NOT KNOWN" in said
    assert "it was interrupted" in said
    assert applied.server.runs.threads == []
    assert applied.prompt("tweet") == "bad b"
