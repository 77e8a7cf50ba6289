"""The command line's own fixtures, and a repository with something to do of every kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli, _quiet_environment, cli, fake, repo, serve, start  # noqa: F401 - a fixture, met by its name
from tests.cli.places import Repo, Served

ALLOW = ("--allow", "max_update_percent", "--allow", "max_delete_percent")
PERMIT = ("--prune", *ALLOW)


@pytest.fixture
def plan(cli: Cli, repo: Repo, fake: Served) -> Path:  # noqa: F811 - a fixture, met by its name
    """A saved plan that creates `new`, updates `edited`, activates `reverted` and deletes `gone`."""
    repo.deployment(fake.url)
    for key in ("edited", "gone", "kept"):
        repo.manifest(key)
    repo.manifest("reverted", "Write briefly.")
    repo.commit("first")
    cli("apply", "-y", code=0)
    repo.manifest("reverted", "Something else.")
    repo.commit("second")
    cli("apply", "-y", code=0)
    repo.manifest("reverted", "Write briefly.")
    repo.manifest("edited", "Edited.")
    repo.manifest("new", "Write anew.")
    repo.remove("assistants/gone.yaml")
    repo.commit("third")
    cli("plan", *PERMIT, "--out", "plan.json", code=0)
    fake.server.log.clear()
    return repo.root / "plan.json"
