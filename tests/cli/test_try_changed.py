"""`reconciler try --changed`: what a pull request is about, on the deployment that the settings name, or nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.cli.conftest import Cli, Start
from tests.cli.places import Repo, Served

TRIES = "tries: [{name: short, input: Write about the tent}]"


def settings(repo: Repo, fake: Served, *lines: str, try_on: str | None = "staging") -> None:
    said = [f"owner: {repo.owner}", "deployments:", "  staging:", f"    url: {fake.url}", *lines]
    repo.settings(*said, *([f"try_on: {try_on}"] if try_on else []))


@pytest.fixture
def base(repo: Repo, fake: Served, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> str:
    """Three assistants, applied and committed, and a key."""
    monkeypatch.setenv("LANGSMITH_API_KEY", "lsv2_pt_some_key")
    settings(repo, fake)
    for key in ("a", "b", "c"):
        repo.manifest(key, f"Prompt of {key}.", TRIES)
    commit = repo.commit()
    cli("apply", "-y", code=0)
    return commit


def tried(cli: Cli, base: str, *words: object, code: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        cli("try", "--changed", "--base", base, "--format", "json", *words, code=code).out
    )
    return found


def keys(said: Mapping[str, Any]) -> list[str]:
    return [trial["key"] for trial in said["trials"]]


def test_what_makes_answers(repo: Repo, fake: Served, cli: Cli, base: str) -> None:
    """A changed prompt and a changed try are tried; a changed description is not."""
    repo.manifest("a", "New prompt.", TRIES)
    repo.manifest("b", "Prompt of b.", "tries: [{name: other, input: x}]")
    repo.manifest("c", "Prompt of c.", "description: new", TRIES)
    said = tried(cli, base)
    assert keys(said) == ["a", "b"]
    assert [trial["before"] is not None for trial in said["trials"]] == [True, False]
    assert said["off"] is None


def test_nothing_changed(cli: Cli, fake: Served, base: str) -> None:
    """Nothing is run, and that is no failure."""
    said = tried(cli, base)
    assert (keys(said), said["off"], said["untried"]) == ([], None, {})
    assert fake.server.runs.asked == []


def test_changed_without_tries(repo: Repo, cli: Cli, base: str) -> None:
    """It is named, and no failure."""
    repo.manifest("a", "New prompt.")
    assert tried(cli, base)["untried"] == {"a": "no tries"}


def test_equal_changes(repo: Repo, fake: Served, cli: Cli, base: str) -> None:
    """Of five with one change three are tried, and the others are named beside them."""
    for number in range(5):
        repo.manifest(f"n{number}", "Same.", TRIES)
    new = repo.commit()
    cli("apply", "-y", "--allow", "max_update_percent", code=0)
    for number in range(5):
        repo.manifest(f"n{number}", "Same, and new.", TRIES)
    said = tried(cli, new)
    assert keys(said) == ["n0", "n1", "n2"]
    assert said["alike"] == {key: ["n3", "n4"] for key in ("n0", "n1", "n2")}
    ran = cli("try", "--changed", "--base", new, code=0)
    assert "`n3`, `n4` have the same change, so they were not tried: `n0`, `n1`, `n2`" in " ".join(ran.out.split())


def test_equal_changes_that_nobody_stands_for(repo: Repo, fake: Served, cli: Cli, base: str) -> None:
    """Where none of those that were to be tried can be, the others are named with the same reason."""
    repo.write("schemas/nowhere.json", '{"type": "object"}')
    for number in range(5):
        repo.manifest(f"n{number}", "Same.", TRIES, graph="nowhere")
    found = tried(cli, base)
    assert (keys(found), found["alike"]) == ([], {})
    assert list(found["untried"]) == [f"n{number}" for number in range(5)]
    assert set(found["untried"].values()) == {"graph `nowhere` is not deployed on this server"}


def test_equal_changes_with_a_stop_that_is_not_there(repo: Repo, fake: Served, cli: Cli, base: str) -> None:
    """It fails, and the check with it, also where nothing of it is run: a green one would let it in."""
    stops = "tries: [{name: short, input: x, interrupt_before: [nowhere]}]"
    for number in range(5):
        repo.manifest(f"n{number}", "Same.", stops)
    found = tried(cli, base, code=1)
    assert (keys(found), found["untried"]) == (["n0", "n1", "n2"], {})
    assert {trial["verdict"] for trial in found["trials"]} == {"failed"}
    assert found["alike"] == {key: ["n3", "n4"] for key in ("n0", "n1", "n2")}
    assert fake.server.runs.asked == []


def test_named_on_another_deployment(repo: Repo, fake: Served, cli: Cli, base: str) -> None:
    """Where the settings try elsewhere nothing is sent, not even with -y, and it says why."""
    production = ("  production:", f"    url: {fake.url.replace('127.0.0.1', 'localhost')}")
    settings(repo, fake, *production)
    repo.manifest("a", "New prompt.", TRIES)
    sent = len(fake.server.log)
    said = tried(cli, base, "-d", "production", "-y")
    assert said["off"] == "tries run on `staging`, as `try_on` in the settings says, and this is `production`"
    assert said["deployment"]["name"] == "production"
    assert len(fake.server.log) == sent


def test_no_deployment_named(repo: Repo, fake: Served, cli: Cli, base: str) -> None:
    """Without `try_on` it is off."""
    settings(repo, fake, try_on=None)
    assert tried(cli, base)["off"] == "the settings name no deployment for it; `try_on: NAME` does"


def test_another_address(cli: Cli, fake: Served, base: str) -> None:
    """The name alone is not the place: --url leads elsewhere."""
    assert "and this is not" in tried(cli, base, "-d", "staging", "--url", fake.url)["off"]


def test_no_key(repo: Repo, fake: Served, cli: Cli, base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a key nothing is sent, as for a fork, whether the settings name its variable or not."""
    monkeypatch.delenv("LANGSMITH_API_KEY")
    sent = len(fake.server.log)
    assert tried(cli, base)["off"].startswith("no key is set (none of ")
    settings(repo, fake, "    api_key_env: STAGING_API_KEY")
    assert "STAGING_API_KEY" in tried(cli, base)["off"]
    assert len(fake.server.log) == sent


def test_a_server_without_keys(repo: Repo, fake: Served, cli: Cli, base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the settings say that there is none, none is missing."""
    monkeypatch.delenv("LANGSMITH_API_KEY")
    settings(repo, fake, "    api_key_env: null")
    repo.manifest("a", "New prompt.", TRIES)
    assert keys(tried(cli, base)) == ["a"]


def test_settings_of_the_base(repo: Repo, fake: Served, cli: Cli, base: str) -> None:
    """What is proposed cannot say where it runs: the commit's `try_on` counts."""
    settings(repo, fake, try_on=None)
    then = repo.commit()
    settings(repo, fake)
    repo.manifest("a", "New prompt.", TRIES)
    said = tried(cli, base, "--settings-from", then)
    assert said["off"] == "the settings name no deployment for it; `try_on: NAME` does"


def test_try_on_is_the_default(repo: Repo, fake: Served, cli: Cli, base: str) -> None:
    """Of several deployments, the one to try on where nothing says which."""
    settings(repo, fake, "  production:", "    url: https://production.example")
    repo.manifest("a", "New prompt.", TRIES)
    assert cli("try", "a", code=0).out.startswith("Deployment staging at")


def test_it_asks_nobody(repo: Repo, fake: Served, start: Start, base: str) -> None:
    """On `try_on` there is no question, so a job needs no -y."""
    repo.manifest("a", "New prompt.", TRIES)
    ran = start("try", "--changed", "--base", base, env={"LANGSMITH_API_KEY": "k" * 20}).end()
    assert (ran.code, "1 try: 1 answered" in ran.out) == (0, True)
