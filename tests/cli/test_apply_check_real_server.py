"""`apply --check` on the real server: what fails is as it was before, proven by a run, and is held like a rollback."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Cli
from tests.cli.test_real_server import PROMPT, TWEET, Team, ask, team

__all__ = ["team"]

TRIES = """\
tries:
  - name: greets
    input: {messages: [{role: user, content: A tent}]}
    expect: {contains: short posts}
  - name: no shouting
    input: {messages: [{role: user, content: A tent}]}
    expect: {not_contains: BUY}
"""


@pytest.fixture
def tried(team: Team, cli: Cli) -> Team:
    """Applied, with two tries of one assistant."""
    manifest = team.repo.root / f"assistants/{TWEET}.yaml"
    said = manifest.read_text("utf-8")
    manifest.write_text(f"{said.partition(chr(10) + 'tries:')[0].rstrip()}\n{TRIES}", encoding="utf-8")
    for beside in (f"assistants/{TWEET}.tries.yaml", "assistants/writer/_base.tries.yaml"):
        (team.repo.root / beside).unlink(missing_ok=True)
    team.repo.commit("tries")
    cli("apply", "-y", "--url", team.url, code=0)
    return team


def say(team: Team, prompt: str) -> None:
    """Commit another prompt."""
    (team.repo.root / PROMPT).write_text(prompt, encoding="utf-8")
    team.repo.commit(prompt.strip())


def answer(team: Team) -> str:
    """What a run of the assistant says."""
    question = {"messages": [{"role": "user", "content": "A tent"}]}
    found = team.mine()[TWEET]["assistant_id"]
    status, content = ask(team.url, "POST", "/runs/wait", {"assistant_id": found, "input": question})
    assert status == 200
    said: str = json.loads(content)["answer"]
    return said


def threads(team: Team) -> list[str]:
    """What runs left behind."""
    return [row["thread_id"] for row in json.loads(ask(team.url, "POST", "/threads/search", {"limit": 100})[1])]


def test_what_passes_stays(cli: Cli, tried: Team) -> None:
    """The report says how many tries there were; nothing is left of the runs."""
    say(tried, "You write cheerful short posts.\n")
    before = threads(tried)
    ran = cli("apply", "-y", "--check", "--url", tried.url, code=0)
    assert "checked: its 2 tries answer as expected" in " ".join(ran.out.split())
    assert answer(tried).endswith("You write cheerful short posts.")
    assert threads(tried) == before


def test_what_fails_is_taken_back(cli: Cli, tried: Team) -> None:
    """The run answers with the old prompt; the next apply holds it under every policy; a new commit ends that."""
    before, others = answer(tried), {k: v for k, v in tried.versions().items() if k != TWEET}
    say(tried, "BUY A TENT.\n")
    tried.repo.manifest("other", "Write.")
    tried.repo.commit("another assistant")
    left = threads(tried)
    cli("apply", "-y", "--check", "--url", tried.url, code=5)
    assert (answer(tried), threads(tried)) == (before, left)
    assert "other" in tried.versions(), "the other changes stand"
    assert {k: v for k, v in tried.versions().items() if k not in (TWEET, "other")} == others
    held = tried.versions()
    for policy in ("overwrite", "hold", "block"):
        again = cli("apply", "-y", "--check", "--url", tried.url, "--on-drift", policy, code=0)
        assert "it was rolled back, and git still says what was rolled back from" in " ".join(again.out.split())
    assert (tried.versions(), answer(tried)) == (held, before)
    say(tried, "You write kind short posts.\n")
    cli("apply", "-y", "--check", "--url", tried.url, code=0)
    assert answer(tried).endswith("You write kind short posts.")


@pytest.mark.needs_all
def test_a_revert_that_fails(cli: Cli, tried: Team) -> None:
    """Git goes back to what does not answer as expected: an older version is made active and repaired; then the newer
    one, which was live before, is live again, and held."""
    for prompt in ("BUY A TENT.\n", "You write calm short posts.\n"):
        say(tried, prompt)
        cli("apply", "-y", "--no-check", "--url", tried.url, code=0)
    before = answer(tried)
    tried.repo.git("revert", "--no-edit", "HEAD")
    planned = json.loads(cli("plan", "--url", tried.url, "--format", "json", code=0).out)
    assert [(c["key"], c["action"], c["target_version"]) for c in planned["changes"]] == [(TWEET, "activate", 2)]
    applied = json.loads(cli("apply", "-y", "--check", "--url", tried.url, "--format", "json", code=5).out)
    assert [change["outcome"] for change in applied["changes"]] == ["rolled_back"]
    assert answer(tried) == before
    for policy in ("overwrite", "hold", "block"):
        cli("apply", "-y", "--check", "--url", tried.url, "--on-drift", policy, code=0)
    assert answer(tried) == before
