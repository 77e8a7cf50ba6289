"""The command line around a saved plan: which argument is one, what goes with it, where it may be applied."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Serve, Start
from tests.cli.places import Answer, Repo, Served, answering, through
from tests.fake import PROJECT_ID, FakeServer, Traits
from tests.saved.conftest import ALLOW, PERMIT

APPLY = ("apply", "plan.json", *PERMIT)


def test_nothing_to_do_is_a_file_too(cli: Cli, repo: Repo, fake: Served) -> None:
    """A job that always applies the file always finds one; with nothing in it nothing is written."""
    repo.manifest("tweet")
    cli("apply", "-y", "--url", fake.url, code=0)
    cli("plan", "--url", fake.url, "--out", "plan.json", "--detailed-exitcode", code=0)
    assert json.loads((repo.root / "plan.json").read_text("utf-8"))["changes"] == []
    repo.manifest("late")
    fake.server.log.clear()
    said = cli("apply", "plan.json", "--url", fake.url, code=0).out
    assert "[not-in-plan]" in said
    assert "Besides: 1 not in the saved plan." in said
    assert "No changes" not in said
    assert fake.writes == []


def test_the_file_is_there_whatever_the_code(cli: Cli, repo: Repo, fake: Served) -> None:
    """Also where plan ends with 2, and where a guard would stop apply; no time but the one of the clock differs."""
    repo.manifest("tweet")
    for name in ("a.json", "b.json"):
        cli("plan", "--url", fake.url, "--out", name, "--detailed-exitcode", code=2)
    first, second = (json.loads((repo.root / name).read_text("utf-8")) for name in ("a.json", "b.json"))
    assert first.pop("made_at") <= second.pop("made_at")
    assert first == second


def test_guards_run_again(cli: Cli, plan: Path, repo: Repo, fake: Served) -> None:
    """What would be done is judged, not what else is needed by now."""
    repo.remove("assistants/kept.yaml")  # one deletion more is past the share
    assert "max_delete_percent" in cli("apply", "-y", "--prune", code=3).out
    assert fake.writes == []
    cli("apply", "plan.json", "--prune", code=0)
    assert fake.id("kept") in fake.server.ids()
    assert fake.id("gone") not in fake.server.ids()


def test_an_override_is_said_again(cli: Cli, plan: Path, repo: Repo, fake: Served) -> None:
    """The file says what was allowed, and allows nothing."""
    repo.remove("assistants/kept.yaml")
    cli("plan", *PERMIT, "--out", "plan.json", code=0)
    ran = cli("apply", "plan.json", "--prune", code=3)
    assert "max_delete_percent" in ran.out
    assert fake.writes == []
    cli(*APPLY, code=0)
    assert fake.id("kept") not in fake.server.ids()


def test_it_needs_the_options_again(cli: Cli, plan: Path, fake: Served) -> None:
    """A file is no permission to delete: the line to paste is said, and it works."""
    ran = cli("apply", "plan.json", *ALLOW, code=1)
    assert "the plan was saved with --prune, which a file cannot permit" in ran.message
    assert "reconciler apply plan.json --prune" in ran.message
    assert fake.server.log == []


def test_only_what_was_selected(cli: Cli, repo: Repo, fake: Served) -> None:
    """A plan of some assistants stays one of these."""
    for key in ("a", "b"):
        repo.manifest(key)
    cli("plan", "a", "--url", fake.url, "--out", "plan.json", code=0)
    ran = cli("apply", "plan.json", "--url", fake.url, code=0)
    assert "not-in-plan" not in ran.out
    assert fake.id("a") in fake.server.ids()
    assert fake.id("b") not in fake.server.ids()


@pytest.mark.parametrize("more", [("kept",), ("--graph", "writer"), ("--exclude", "kept"), ("other.json",)])
def test_nothing_else_is_chosen(cli: Cli, plan: Path, repo: Repo, fake: Served, more: tuple[str, ...]) -> None:
    """The file says which assistants it is about."""
    repo.write("other.json", "{}")
    assert "says itself which assistants" in cli("apply", "plan.json", *more, code=1).message
    assert fake.server.log == []


def test_a_prompt_is_a_target(cli: Cli, repo: Repo, fake: Served) -> None:
    """A `.json` file that a manifest reads is no saved plan."""
    repo.write("assistants/tools.json", "[1]")
    repo.write("assistants/a.yaml", "graph_id: writer\nname: a\ncontext:\n  system_prompt: !file tools.json\n")
    repo.manifest("b")
    cli("apply", "-y", "assistants/tools.json", "--url", fake.url, code=0)
    assert fake.prompt("a") == "[1]"
    assert fake.id("b") not in fake.server.ids()


def test_an_assistant_is_a_target(cli: Cli, repo: Repo, fake: Served) -> None:
    """A key that ends in `.json` is one; where a file is called so too, both are named."""
    repo.manifest("a.json")
    cli("apply", "-y", "a.json", "--url", fake.url, code=0)
    assert fake.prompt("a.json") == "Write well."
    cli("plan", "--url", fake.url, "--out", "a.json", code=0)
    assert "is both a file and an assistant" in cli("apply", "-y", "a.json", "--url", fake.url, code=1).message
    cli("apply", "./a.json", "--url", fake.url, code=0)
    cli("apply", "-y", "assistants/a.json.yaml", "--url", fake.url, code=0)


@pytest.mark.parametrize("out", ["no/plan.json", "plan.txt", "folder.json", "also.json"])
def test_what_cannot_be_written(cli: Cli, repo: Repo, fake: Served, out: str) -> None:
    """Said before anything is sent."""
    repo.manifest("tweet")
    (repo.root / "folder.json").mkdir()
    cli("plan", "--url", fake.url, "--out", out, "--format", "json=also.json", code=1)
    assert fake.server.log == []


def test_another_deployment(cli: Cli, plan: Path, repo: Repo, serve: Serve, fake: Served) -> None:
    """Another name, another address, another owner: refused before any request, and nothing is chosen by the file."""
    other = serve()
    true = ("deployments:", "  staging:", f"    url: {fake.url}")
    made, address = "it was made for", f"the address `{fake.url}`"
    cases = {
        "is of owner `acme`, and these settings are of `acme-2`": ("owner: acme-2", *true),
        f"{made} deployment `staging`, and this is deployment `production`": (
            "owner: acme",
            "deployments:",
            "  production:",
            f"    url: {fake.url}",
        ),
        f"{made} {address}, and this is the address `{other.url}`": (
            "owner: acme",
            "deployments:",
            "  staging:",
            f"    url: {other.url}",
        ),
    }
    for said, lines in cases.items():
        repo.settings(*lines)
        assert said in cli(*APPLY, code=1).message
    repo.settings("owner: acme")
    said = f"{made} deployment `staging`, and this is no named deployment"
    assert said in cli(*APPLY, "--url", fake.url, code=1).message
    repo.settings("owner: acme", *true, "  production:", f"    url: {other.url}")
    assert "there are several deployments" in cli(*APPLY, code=1).message
    assert other.server.log == []
    assert fake.server.log == []
    cli(*APPLY, "-d", "staging", code=0)


def test_another_server_at_the_same_address(cli: Cli, repo: Repo) -> None:
    """/info says who it is."""
    before, after = FakeServer(Traits(host_ids="set")), FakeServer(Traits())
    servers = [before]

    def handle(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        return through(servers[-1])(method, path, headers, body)

    with answering(handle) as here:
        repo.deployment(here.url)
        repo.manifest("tweet")
        cli("plan", "--out", "plan.json", code=0)
        servers.append(after)
        said = cli("apply", "plan.json", code=1).message
    assert f"made for project_id `{PROJECT_ID}`, and this is a server that does not say its ids (/info)" in said
    assert after.log.writes == []


def test_what_a_file_says_begins_no_line(cli: Cli, plan: Path, fake: Served) -> None:
    """A runner takes a line that begins with `::` for a command, whatever stands before it in blanks."""
    file = json.loads(plan.read_text("utf-8"))
    hostile = "x\n::stop-commands::y\r\n  ::error::z"
    for inner, name in ((file, "owner"), (file["deployment"], "name"), (file["deployment"], "project_id")):
        before, inner[name] = inner[name], hostile
        plan.write_text(json.dumps(file), "utf-8")
        said = cli(*APPLY, code=1).err
        assert not any(line.strip().startswith("::") for line in said.splitlines()), said
        inner[name] = before
    file["changes"] += [file["changes"][0] | {"assistant_id": hostile}] * 2
    plan.write_text(json.dumps(file), "utf-8")
    said = cli(*APPLY, code=1).err
    assert "is in it twice" in said
    assert not any(line.strip().startswith("::") for line in said.splitlines()), said
    assert fake.writes == []


def test_it_asks_nothing(start: Start, plan: Path, fake: Served) -> None:
    """No terminal and no -y are needed: the plan was looked at when it was saved."""
    ran = start(*APPLY).end()
    assert ran.code == 0, ran.said
    assert len(fake.writes) >= 4


def test_help_says_which_argument_it_is(cli: Cli) -> None:
    """The rule stands where it is looked for."""
    said = " ".join(cli("apply", "--help", code=0).out.split())
    assert "A single KEY that ends in .json and is a file, but none that a manifest reads, is a plan saved by" in said
