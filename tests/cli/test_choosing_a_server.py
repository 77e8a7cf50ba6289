"""Which server a run is about: where that cannot be said, one message says what to write."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.cli.places import Repo, Served

TWO = """owner: acme
deployments:
  staging: {url: "https://staging.example.com", api_key_env: STAGING_API_KEY}
  production: {url: "https://production.example.com", headers: {X-Team: "${RECONCILER_TEAM}"}}"""


def test_no_settings_file(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says which file is missing and which command makes one."""
    monkeypatch.chdir(tmp_path)
    ran = cli("plan", code=1)
    assert "no reconciler.yaml in . or any folder above it" in ran.message
    assert "-C DIR" in ran.message
    assert "`reconciler init`" in ran.message


def test_unknown_deployment(cli: Cli, repo: Repo) -> None:
    """It lists those that there are, and the nearest one as it is typed."""
    repo.settings(TWO)
    ran = cli("plan", "-d", "stagin", code=1)
    assert "no deployment `stagin`; reconciler.yaml lists `staging` and `production`" in ran.message
    assert "did you mean -d staging?" in ran.message


def test_several_deployments_and_none_chosen(cli: Cli, repo: Repo) -> None:
    """It names them, and shows how one is chosen."""
    repo.settings(TWO)
    ran = cli("apply", "-y", code=1)
    assert ran.message == "error: there are several deployments: `staging` and `production` choose one: -d staging"


def test_no_server_at_all(cli: Cli, repo: Repo) -> None:
    """It shows the lines that list one."""
    ran = cli("plan", code=1)
    assert "no server is named" in ran.message
    assert "deployments: staging: url: https://" in ran.message


@pytest.mark.parametrize(("name", "variable"), [("staging", "STAGING_API_KEY"), ("production", "RECONCILER_TEAM")])
def test_a_missing_variable(cli: Cli, repo: Repo, name: str, variable: str) -> None:
    """It names the variable, who needs it, and the line to paste; only the chosen deployment's count."""
    repo.settings(TWO)
    ran = cli("plan", "-d", name, code=1)
    assert f"the variable {variable} is not set, and deployment `{name}` needs it export {variable}=…" in ran.message


def test_the_order_of_addresses(
    cli: Cli, repo: Repo, fake: Served, serve: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--url` before RECONCILER_URL, which goes before the only deployment listed; `-d` before RECONCILER_URL."""
    repo.manifest("tweet")
    repo.deployment("http://127.0.0.1:9")
    monkeypatch.setenv("RECONCILER_URL", fake.url)
    assert f"Deployment at {fake.url}" in cli("plan", code=0).out
    assert "nothing answers at http://127.0.0.1:9 " in cli("plan", "-d", "staging", code=1).message
    monkeypatch.setenv("RECONCILER_URL", "http://127.0.0.1:9")
    assert f"Deployment at {fake.url}" in cli("plan", "--url", fake.url, code=0).out
    assert f"Deployment staging at {fake.url}" in cli("plan", "-d", "staging", "--url", fake.url, code=0).out


def test_settings_are_looked_for_upwards(cli: Cli, repo: Repo, fake: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command works in every folder of the repository."""
    repo.manifest("writer/tweet")
    monkeypatch.chdir(repo.root / "assistants" / "writer")
    assert "create writer/tweet" in cli("plan", "--url", fake.url, code=0).out
