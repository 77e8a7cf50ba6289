"""A folder without manifests is no wish to delete everything."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Cli
from tests.cli.places import Repo, Served


@pytest.fixture
def emptied(cli: Cli, repo: Repo, fake: Served) -> Served:
    """Two assistants are live, and assistants/ is empty now."""
    repo.manifest("one")
    repo.manifest("two")
    cli("apply", "-y", "--url", fake.url, code=0)
    repo.remove("assistants/one.yaml")
    repo.remove("assistants/two.yaml")
    fake.server.log.clear()
    return fake


@pytest.mark.parametrize("prune", [[], ["--prune"]])
def test_an_empty_folder_blocks_apply(cli: Cli, emptied: Served, prune: list[str]) -> None:
    """With and without --prune: plan shows the guard and ends with 0, apply stops with 3 and prints the override."""
    ran = cli("plan", *prune, "--url", emptied.url, code=0)
    assert "empty_source: no manifest was found under assistants/" in " ".join(ran.out.split())
    ran = cli("apply", "-y", *prune, "--url", emptied.url, code=3)
    assert "Blocked: apply stops here and writes nothing." in ran.out
    assert "--allow empty_source" in ran.out
    assert emptied.writes == []


def test_the_printed_override_works(cli: Cli, emptied: Served) -> None:
    """What is blocked says what to type, and that does it."""
    command = ["apply", "-y", "--prune", "--url", emptied.url]
    blocked = cli(*command, code=3)
    allow = [line.split() for line in blocked.out.splitlines() if line.strip().startswith("--allow")]
    assert allow
    ran = cli(*command, *(word for words in allow for word in words), code=0)
    assert "2 deleted" in ran.out
    assert len(emptied.server.ids()) == 3


def test_no_folder_at_all(cli: Cli, repo: Repo, emptied: Served) -> None:
    """Where assistants/ itself is missing nothing is planned, whatever is allowed: it is the wrong place, perhaps."""
    (repo.root / "assistants").rmdir()
    for command in (["plan"], ["apply", "-y", "--allow", "empty_source"]):
        ran = cli(*command, "--prune", "--url", emptied.url, code=1)
        assert "there is no folder `assistants` beside reconciler.yaml" in ran.message
        assert "mkdir assistants" in ran.message
    assert emptied.server.log == []
