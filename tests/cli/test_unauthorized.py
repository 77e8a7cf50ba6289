"""401 and 403: the message says whether an API key was sent, why not, and what to do."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Cli, Serve
from tests.cli.places import Repo


@pytest.mark.parametrize("status", ["401", "403"])
@pytest.mark.parametrize("command", [("plan",), ("apply", "-y"), ("schemas", "pull"), ("schemas", "check")])
def test_no_key_was_sent(cli: Cli, repo: Repo, serve: Serve, status: str, command: tuple[str, ...]) -> None:
    """It says that none was sent, why, and the line that sets one."""
    repo.manifest("tweet")
    served = serve(api_key=status)
    ran = cli(*command, "--url", served.url, code=1)
    assert f"{served.url} wants an API key, and none was sent ({status}: Missing or bad key)" in ran.message
    assert "none of `RECONCILER_API_KEY`" in ran.message
    assert "export RECONCILER_API_KEY=…" in ran.message
    assert ran.message.count("error:") == 1


@pytest.mark.parametrize(("status", "words"), [("401", "refused this API key"), ("403", "forbids this to the API key")])
def test_a_key_was_sent(
    cli: Cli, repo: Repo, serve: Serve, monkeypatch: pytest.MonkeyPatch, status: str, words: str
) -> None:
    """It does not ask for a key again: the one that was sent is not the right one."""
    repo.manifest("tweet")
    monkeypatch.setenv("LANGSMITH_API_KEY", "key-of-mallory")
    ran = cli("plan", "--url", serve(api_key=status).url, code=1)
    assert words in ran.message
    assert "is the key right for this deployment, and not expired?" in ran.message
    assert "none was sent" not in ran.message


def test_settings_that_say_no_key(cli: Cli, repo: Repo, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """`api_key_env: null` is the reason, and the message says so."""
    repo.manifest("tweet")
    monkeypatch.setenv("RECONCILER_API_KEY", "key-of-alice")
    repo.deployment(serve(api_key="401").url, "api_key_env: null")
    assert "deployment `staging` says api_key_env: null" in cli("plan", code=1).message


def test_the_key_is_stripped_of_blanks_and_quotes(
    cli: Cli, repo: Repo, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key pasted with quotes and a line end works."""
    repo.manifest("tweet")
    monkeypatch.setenv("RECONCILER_API_KEY", ' "key-of-alice"\n')
    served = serve(api_key="401")
    cli("plan", "--url", served.url, code=0)
    assert {r.headers.get("x-api-key") for r in served.server.log} == {"key-of-alice"}


def test_a_handler_that_forbids_writing(cli: Cli, repo: Repo, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that may only read plans; apply names each assistant that was refused, and ends with 5."""
    repo.manifest("tweet")
    monkeypatch.setenv("RECONCILER_API_KEY", "key-of-alice")
    served = serve(auth_handler="read_only")
    cli("plan", "--url", served.url, code=0)
    ran = cli("apply", "-y", "--url", served.url, code=5)
    assert "tweet: FAILED" in ran.out
    assert "forbids this to the API key" in " ".join(ran.out.split())
