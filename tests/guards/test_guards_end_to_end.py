"""Guards from the command line: real commits, real settings, what is printed, the exit code."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Cli, _quiet_environment, cli, fake, repo, serve
from tests.cli.places import Repo, Served

__all__ = ["_quiet_environment", "cli", "fake", "repo", "serve"]


@pytest.fixture
def ten(cli: Cli, repo: Repo, fake: Served) -> Served:
    """Ten assistants, applied from a first commit."""
    repo.deployment(fake.url, "prune: true")
    for number in range(10):
        repo.manifest(f"a{number}")
    repo.commit()
    cli("apply", "-y", code=0)
    return fake


def _rewrite(repo: Repo, words: str) -> None:
    for number in range(10):
        repo.manifest(f"a{number}", f"{words} {number}.")


def test_a_trailer_counts_for_its_apply_only(cli: Cli, repo: Repo, ten: Served) -> None:
    """The commit that changes all and says so is applied, the report names it; the next one is blocked again."""
    _rewrite(repo, "New")
    sha = repo.commit("All anew\n\nReconciler-Allow: max_update_percent")
    ran = cli("apply", "-y", code=0)
    assert f"trailer of {sha[:12]}" in " ".join(ran.out.split())
    _rewrite(repo, "Newer")
    repo.commit("All anew once more")
    cli("apply", "-y", code=3)
    assert ten.prompt("a0") == "New 0."


def test_a_trailer_names_a_deletion(cli: Cli, repo: Repo, ten: Served) -> None:
    """A protected one goes where a reviewed commit says so by name, and the JSON says who."""
    repo.manifest("a0", "Keep.", "protected: true")
    repo.commit()
    cli("apply", "-y", code=0)
    repo.remove("assistants/a0.yaml")
    repo.commit()
    cli("apply", "-y", code=3)
    sha = repo.commit("Really\n\nReconciler-Allow: delete a0")
    (guard,) = json.loads(cli("plan", "--format", "json", code=0).out)["guards"]
    assert (guard["guard"], guard["verdict"], guard["by"]) == ("protected", "allowed", f"trailer of {sha[:12]}")
    cli("apply", "-y", code=0)
    assert ten.id("a0") not in ten.server.ids()


def test_last_weeks_job_run_again(cli: Cli, repo: Repo, ten: Served) -> None:
    """An older commit is blocked and writes nothing; its plan still ends with 0; --allow goes back."""
    repo.manifest("a0", "Newer.")
    repo.commit()
    cli("apply", "-y", code=0)
    repo.git("checkout", "-q", "HEAD^")
    assert "older_commit" in cli("plan", code=0).out
    cli("apply", "-y", code=3)
    assert ten.prompt("a0") == "Newer."
    cli("apply", "-y", "--allow", "older_commit", code=0)
    assert ten.prompt("a0") == "Write well."


def test_a_limit_and_what_it_held_back_in_one_commit(cli: Cli, repo: Repo, ten: Served) -> None:
    """Raising the limit together with the deletions does not pass; as a commit of its own, allowed, it does."""
    for number in range(4):
        repo.remove(f"assistants/a{number}.yaml")
    lines = (repo.root / "reconciler.yaml").read_text()
    repo.write("reconciler.yaml", lines + "guards: {max_delete_percent: 50}\n")
    repo.commit()
    ran = cli("apply", "-y", code=3)
    assert "guards.max_delete_percent from 20 to 50" in " ".join(ran.out.split())
    assert ten.id("a0") in ten.server.ids()
    cli("apply", "-y", "--allow", "guards_changed", code=0)
    assert ten.id("a0") not in ten.server.ids()


def test_the_address_of_another_deployment(cli: Cli, repo: Repo, ten: Served) -> None:
    """Staging's server under the name of production: nothing there is written."""
    repo.deployment(ten.url, "prune: true", name="production")
    repo.manifest("new")
    repo.commit()
    assert "other_deployment" in cli("apply", "-y", code=3).out
    assert ten.id("new") not in ten.server.ids()


def test_a_renamed_folder_and_the_lines_that_keep_it(cli: Cli, repo: Repo, ten: Served) -> None:
    """Blocked, with a line for each file; with those lines the same assistants stay, and nothing is created."""
    ids = set(ten.server.ids())
    for number in range(10):
        repo.remove(f"assistants/a{number}.yaml")
        repo.write(f"assistants/b/a{number}.yaml", _moved(number))
    repo.commit()
    shown = cli("apply", "-y", code=3).out
    for number in range(10):
        line = f"assistant_id: {ten.id(f'a{number}')}"
        assert line in shown
        repo.write(f"assistants/b/a{number}.yaml", f"{_moved(number)}{line}\n")
    repo.commit()
    cli("apply", "-y", code=0)
    assert set(ten.server.ids()) == ids
    assert {ten.live(f"a{n}")["metadata"]["reconciler"]["key"] for n in range(10)} == {f"b/a{n}" for n in range(10)}


def _moved(number: int) -> str:
    return f"graph_id: writer\nname: a{number}\ncontext:\n  system_prompt: Write well.\n"
