"""The main job on the real Agent Server: applied once, applied again, reverted."""

from __future__ import annotations

import json
import shutil
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Sandbox
from tests.cli.conftest import ROOT, Cli
from tests.cli.places import Answer, Repo, answering

TWEET, PROMPT = "writer/tweet", "assistants/writer/prompts/tweet.md"


def ask(url: str, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
    """One request that no proxy sees."""
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url + path, content, {"Content-Type": "application/json"}, method=method)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=30) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


class Team:
    """This repository's own assistants under an owner of their own, in a git repository, on a shared server."""

    def __init__(self, repo: Repo, url: str) -> None:
        self.repo, self.url = repo, url

    def mine(self) -> dict[str, dict[str, Any]]:
        """key -> live row."""
        rows = json.loads(ask(self.url, "POST", "/assistants/search", {"limit": 1000})[1])
        marked = [(row, (row["metadata"] or {}).get("reconciler")) for row in rows]
        return {mark["key"]: row for row, mark in marked if mark and mark["owner"] == self.repo.owner}

    def versions(self) -> dict[str, list[int]]:
        """key -> the numbers of all its versions."""
        return {
            key: [
                row["version"]
                for row in json.loads(
                    ask(self.url, "POST", f"/assistants/{live['assistant_id']}/versions", {"limit": 100})[1]
                )
            ]
            for key, live in self.mine().items()
        }


@pytest.fixture
def team(repo: Repo, real_server: Sandbox) -> Iterator[Team]:
    repo.owner = f"team-{uuid.uuid4().hex[:12]}"
    repo.deployment("https://staging.northwind.example")  # whose overrides the manifests have
    for folder in ("assistants", "schemas"):
        shutil.rmtree(repo.root / folder)
        shutil.copytree(ROOT / folder, repo.root / folder)
    for path in (repo.root / "assistants").rglob("*.yaml"):
        if "default: true" in path.read_text("utf-8"):
            path.unlink()  # the graph's default assistant is one for all who use this server
    repo.commit()
    made = Team(repo, real_server.url)
    yield made
    for row in made.mine().values():
        ask(made.url, "DELETE", f"/assistants/{row['assistant_id']}")


def test_a_second_apply_adds_no_version(cli: Cli, team: Team) -> None:
    """Nothing to do means no request that writes: every assistant keeps the versions it has."""
    cli("apply", "-y", "--url", team.url, code=0)
    before = team.versions()
    assert set(before) >= {TWEET, "support/tier1"}
    assert all(numbers == [1] for numbers in before.values())
    for _ in range(2):
        ran = cli("apply", "-y", "--url", team.url, code=0)
        assert "No changes" in ran.out
    assert team.versions() == before
    assert "No changes" in cli("plan", "--detailed-exitcode", "--url", team.url, code=0).out


def test_a_reverted_prompt_is_activated(cli: Cli, team: Team) -> None:
    """`git revert` plans activate; apply sets the old version, reads it back, and repairs what was not restored."""
    cli("apply", "-y", "--url", team.url, code=0)
    prompt = team.repo.root / PROMPT
    first = prompt.read_text("utf-8")
    prompt.write_text(first + "Never use hashtags.\n", encoding="utf-8")
    team.repo.commit("No hashtags")
    cli("apply", "-y", "--url", team.url, code=0)
    assert team.versions()[TWEET] == [2, 1]
    team.repo.git("revert", "--no-edit", "HEAD")
    planned = json.loads(cli("plan", "--url", team.url, "--format", "json", code=0).out)
    assert [(c["key"], c["action"], c["target_version"]) for c in planned["changes"]] == [(TWEET, "activate", 1)]
    applied = json.loads(cli("apply", "-y", "--url", team.url, "--format", "json", code=0).out)
    (change,) = applied["changes"]
    assert (change["outcome"], change["by"]) == ("applied", "set-latest, then PATCH")
    assert team.mine()[TWEET]["context"]["system_prompt"] == first
    assert "No changes" in cli("plan", "--detailed-exitcode", "--url", team.url, code=0).out
    before = team.versions()
    cli("apply", "-y", "--url", team.url, code=0)
    assert team.versions() == before


def test_a_recording_proxy_sees_only_reads(cli: Cli, team: Team) -> None:
    """What `plan` and `schemas check` send to the real server, with something to do of every kind."""
    cli("apply", "-y", "--url", team.url, code=0)
    (team.repo.root / PROMPT).write_text("Another prompt.\n", encoding="utf-8")
    team.repo.remove("assistants/support/tier1.yaml")
    before = team.versions()

    def forward(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        status, content = ask(team.url, method, path, json.loads(body) if body else None)
        return status, {"Content-Type": "application/json"}, content

    with answering(forward) as seen:
        cli("plan", "--prune", "--url", seen.url, "--detailed-exitcode", code=2)
        cli("schemas", "check", "--url", seen.url, code=0)
    assert len(seen.requests) > 4
    for method, path, _ in seen.requests:
        assert method == "GET" or (method == "POST" and path.endswith(("/search", "/count", "/versions"))), path
    assert team.versions() == before


def test_schemas_of_the_real_server(cli: Cli, team: Team) -> None:
    """Its stand-in graphs say the schemas of this repository: pulled, they are the same bytes."""
    ran = cli("schemas", "pull", "--url", team.url, code=0)
    of_graphs = [line for line in ran.err.splitlines()[:-1] if "schemas/editor/" not in line]
    assert {line.split()[0] for line in of_graphs} == {"same"}
    for path in sorted(Path(ROOT / "schemas").glob("*.json")):
        assert (team.repo.root / "schemas" / path.name).read_bytes() == path.read_bytes()
