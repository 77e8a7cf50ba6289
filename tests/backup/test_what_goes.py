"""A plan says what goes with a deletion, as the server counts it."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from reconciler.model.change import Losses
from reconciler.model.identity import derived_id
from reconciler.render import words
from reconciler.sandbox import Sandbox
from tests.backup.conftest import Delete
from tests.cli.conftest import Cli, Serve
from tests.cli.places import Repo, Served
from tests.cli.test_real_server import ask


def planned(cli: Cli, url: str) -> Any:
    """The losses of the only deletion in the plan."""
    ran = cli("plan", "--prune", "--url", url, "--format", "json", code=0)
    (change,) = json.loads(ran.out)["changes"]
    assert change["action"] == "delete"
    return change["losses"]


@pytest.fixture
def gone(cli: Cli, repo: Repo, fake: Served) -> Served:
    """One assistant whose manifest is gone, with two threads and a cron."""
    return apply_and_remove(cli, repo, fake)


def apply_and_remove(cli: Cli, repo: Repo, served: Served) -> Served:
    repo.manifest("b")
    repo.manifest("a")
    cli("apply", "-y", "--url", served.url, code=0)
    repo.remove("assistants/a.yaml")
    served.server.threads[served.id("a")] = 2
    served.server.crons[served.id("a")] = 1
    return served


def test_counted(cli: Cli, gone: Served) -> None:
    """Versions, threads and crons, in every form."""
    assert planned(cli, gone.url) == {"versions": 1, "more_versions": False, "threads": 2, "crons": 1}
    said = "takes its 1 version with it; 2 threads stay, 1 cron goes (its runs are interrupted)"
    assert said in " ".join(cli("plan", "--prune", "--url", gone.url, code=0).out.split())
    assert said in cli("plan", "--prune", "--url", gone.url, "--format", "markdown", code=0).out


@pytest.mark.parametrize(("versions", "more"), [(50, False), (51, True)])
def test_many_versions(cli: Cli, gone: Served, versions: int, more: bool) -> None:
    """Past fifty they are not all read."""
    for number in range(versions - 1):
        gone.server.patch(gone.id("a"), name=f"name {number}")
    losses = planned(cli, gone.url)
    assert (losses["versions"], losses["more_versions"]) == (50, more)


@pytest.mark.parametrize("status", ["404", "405"])
def test_a_server_that_does_not_count(cli: Cli, repo: Repo, serve: Serve, status: str) -> None:
    """It is unknown, and no reason to fail."""
    served = apply_and_remove(cli, repo, serve(other_counts=status))
    assert planned(cli, served.url) == {"versions": 1, "more_versions": False, "threads": None, "crons": None}
    ran = cli("plan", "--prune", "--url", served.url, code=0)
    assert "threads and crons: unknown on this server" in " ".join(ran.out.split())


def test_only_of_deletions(cli: Cli, repo: Repo, gone: Served) -> None:
    """Without --prune nothing is counted."""
    repo.manifest("b", "Another.")
    gone.server.log.clear()
    cli("plan", "--url", gone.url, code=0)
    assert [request.path for request in gone.server.log if request.path.endswith("/count")] == []


def test_the_real_server_counts(cli: Cli, repo: Repo, real_server: Sandbox, delete: Delete) -> None:
    """A thread that it ran on, and a cron."""
    url, repo.owner = real_server.url, f"team-{uuid.uuid4().hex[:12]}"
    repo.settings(f"owner: {repo.owner}")
    repo.write("schemas/writer.json", "{}")
    repo.manifest("a")
    cli("apply", "-y", "--url", url, code=0)
    identifier = derived_id(repo.owner, "a")
    thread = json.loads(ask(url, "POST", "/threads", {})[1])["thread_id"]
    ask(url, "POST", f"/threads/{thread}/runs/wait", {"assistant_id": identifier, "input": {}})
    cron = {"assistant_id": identifier, "schedule": "0 0 1 1 *", "input": {}}
    assert ask(url, "POST", "/runs/crons", cron)[0] == 200
    repo.remove("assistants/a.yaml")
    assert planned(cli, url) == {"versions": 1, "more_versions": False, "threads": 1, "crons": 1}
    repo.manifest("a")
    delete(url, "a")
    ask(url, "DELETE", f"/threads/{thread}")


@pytest.mark.parametrize(
    ("losses", "said"),
    [
        (Losses(), "takes all its versions with it; threads and crons: unknown on this server"),
        (Losses(versions=12, threads=3, crons=0), "takes its 12 versions with it; 3 threads stay, no crons"),
        (Losses(versions=1, threads=0, crons=0), "takes its 1 version with it; no threads, no crons"),
        (
            Losses(versions=50, more=True, threads=1, crons=2),
            "takes more than 50 versions with it; 1 thread stays, 2 crons go (their runs are interrupted)",
        ),
        (Losses(threads=None, crons=0), "takes all its versions with it; threads: unknown on this server, no crons"),
        (Losses(threads=0), "takes all its versions with it; no threads, crons: unknown on this server"),
    ],
)
def test_in_words(losses: Losses, said: str) -> None:
    """Every number reads well."""
    assert words.goes(losses) == said
