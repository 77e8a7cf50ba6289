"""Composed manifests on the real Agent Server: what one edit changes, what a row adds, and how git gives one up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.sandbox import Sandbox
from tests.cli.conftest import Cli
from tests.cli.places import Repo
from tests.cli.test_real_server import ask

BASE = "graph_id: writer\ncontext:\n  model_name: openai\n  system_prompt: !file prompts/shared.md\n"
ROWS = """\
graph_id: writer
name: !template 'Shop ${city}'
context:
  system_prompt: !template {file: prompts/shop.md}
for_each:
"""


@pytest.fixture
def here(repo: Repo, real_server: Sandbox) -> Iterator[Repo]:
    """A repository with a base, two that extend it, and rows, for a real server; its assistants are gone afterwards."""
    repo.owner = "composed"
    repo.deployment(real_server.url)
    repo.write("assistants/_base.yaml", BASE)
    repo.write("assistants/prompts/shared.md", "Be brief.\n")
    repo.write("assistants/prompts/shop.md", "You stand in ${city}.\n")
    for key in ("one", "two"):
        more = (
            "metadata: {peer: !ref two}\n"
            if key == "one"
            else "overrides:\n  staging: {context: {model_name: anthropic}}\n"
        )
        repo.write(f"assistants/{key}.yaml", f"extends: _base.yaml\nname: {key}\n{more}")
    repo.write("assistants/shops.yaml", ROWS + "  - {id: a, city: Vienna}\n  - {id: b, city: Lyon}\n")
    repo.commit()
    yield repo
    for row in _rows(real_server):
        if row["name"] in ("one", "two") or row["name"].startswith("Shop "):
            ask(real_server.url, "DELETE", f"/assistants/{row['assistant_id']}")


def _rows(server: Sandbox) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(ask(server.url, "POST", "/assistants/search", {"limit": 1000})[1])
    return found


def _live(server: Sandbox) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in _rows(server)}


def _versions(server: Sandbox) -> dict[str, int]:
    return {name: row["version"] for name, row in _live(server).items() if name in ("one", "two") or "Shop" in name}


def test_what_comes_out_is_live(cli: Cli, here: Repo, real_server: Sandbox) -> None:
    """Bases, overrides, rows and references are resolved before anything is sent; applied twice, nothing is written."""
    cli("apply", "-y", code=0)
    live = _live(real_server)
    assert live["one"]["context"] == {"model_name": "openai", "system_prompt": "Be brief.\n"}
    assert live["one"]["metadata"]["peer"] == live["two"]["assistant_id"]
    assert live["two"]["context"]["model_name"] == "anthropic"
    assert live["Shop Lyon"]["context"]["system_prompt"] == "You stand in Lyon.\n"
    assert _versions(real_server) == {"one": 1, "two": 1, "Shop Vienna": 1, "Shop Lyon": 1}
    assert "No changes" in cli("apply", "-y", code=0).out
    assert _versions(real_server) == {"one": 1, "two": 1, "Shop Vienna": 1, "Shop Lyon": 1}


def test_one_edit_of_a_shared_prompt(cli: Cli, here: Repo, real_server: Sandbox) -> None:
    """It changes each that uses it and nobody else; the plan shows it once, and names the file."""
    cli("apply", "-y", code=0)
    here.write("assistants/prompts/shared.md", "Be very brief.\n")
    here.commit("briefer")
    plan = cli("plan", code=0).out
    assert "update 2 assistants, all in the same way" in plan
    assert plan.count("context.system_prompt (assistants/prompts/shared.md)") == 1
    cli("apply", "-y", code=0)
    assert _versions(real_server) == {"one": 2, "two": 2, "Shop Vienna": 1, "Shop Lyon": 1}
    here.git("revert", "--no-edit", "HEAD")
    assert "activate 2 assistants" in cli("plan", code=0).out
    cli("apply", "-y", code=0)
    assert _live(real_server)["one"]["context"]["system_prompt"] == "Be brief.\n"


def test_a_new_row_changes_no_other(cli: Cli, here: Repo, real_server: Sandbox) -> None:
    """Put before the others, so that the rows after it move."""
    cli("apply", "-y", code=0)
    here.write(
        "assistants/shops.yaml",
        ROWS + "  - {id: 0, city: Oslo}\n".replace("0", "'0'") + "  - {id: a, city: Vienna}\n  - {id: b, city: Lyon}\n",
    )
    here.commit("a third shop")
    assert "Plan: 1 to create, 0 to update, 0 to activate, 0 to delete; 4 unchanged." in cli("plan", code=0).out
    cli("apply", "-y", code=0)
    assert _versions(real_server)["Shop Oslo"] == 1
    assert _versions(real_server)["Shop Lyon"] == 1


def test_a_file_that_moved(cli: Cli, here: Repo, real_server: Sandbox) -> None:
    """With `key`, or `moved` in the settings, it stays the same assistant, and nothing is written."""
    cli("apply", "-y", code=0)
    here.remove("assistants/one.yaml")
    here.write(
        "assistants/team/first.yaml", "extends: ../_base.yaml\nname: one\nkey: one\nmetadata: {peer: !ref two}\n"
    )
    here.remove("assistants/shops.yaml")
    here.write(
        "assistants/stores/shops.yaml",
        ROWS.replace("prompts/", "../prompts/") + "  - {id: a, city: Vienna}\n  - {id: b, city: Lyon}\n",
    )
    here.settings(
        "owner: composed",
        "moved: [{from: shops, to: stores/shops}]",
        "deployments:",
        f"  staging: {{url: '{real_server.url}'}}",
    )
    here.commit("moved")
    assert "No changes" in cli("apply", "-y", code=0).out
    assert _versions(real_server) == {"one": 1, "two": 1, "Shop Vienna": 1, "Shop Lyon": 1}


def test_git_gives_one_up(cli: Cli, here: Repo, real_server: Sandbox) -> None:
    """`removed: delete` deletes without --prune; `removed: keep` takes the marker and nothing else. Then the files can
    go, and what is left is nobody's."""
    cli("apply", "-y", code=0)
    before = _live(real_server)["two"]
    here.write("assistants/one.yaml", "removed: delete\n")
    here.write("assistants/two.yaml", "removed: keep\n")
    here.commit("one and two go")
    plan = cli("plan", code=0).out
    assert "its manifest says `removed: delete`" in plan
    assert "its manifest says `removed: keep`" in plan
    assert "assistants/one.yaml:1" in plan
    cli("apply", "-y", code=0)
    live = _live(real_server)
    assert "one" not in live
    assert live["two"]["metadata"] == {"reconciler": None}
    assert {name: live["two"][name] for name in ("assistant_id", "graph_id", "context", "config", "description")} == {
        name: before[name] for name in ("assistant_id", "graph_id", "context", "config", "description")
    }
    again = cli("plan", code=0)
    assert again.said.count("the file can go") == 2
    assert "Plan: 0 to create, 0 to update, 0 to activate, 0 to delete" in again.out or "No changes" in again.out
    for key in ("one", "two"):
        here.remove(f"assistants/{key}.yaml")
    here.commit("the files go")
    assert "No changes" in cli("apply", "-y", code=0).out
    assert "two" in _live(real_server)


def test_a_deployment_that_is_left(cli: Cli, here: Repo, real_server: Sandbox) -> None:
    """Leaving a deployment is as if the file had gone there: it stays until --prune."""
    cli("apply", "-y", code=0)
    here.settings(
        "owner: composed",
        "deployments:",
        f"  staging: {{url: '{real_server.url}'}}",
        "  production: {url: 'https://production.example.com'}",
    )
    here.write("assistants/one.yaml", "extends: _base.yaml\nname: one\ndeployments: [production]\n")
    here.commit("one leaves")
    assert "it stays until `--prune` deletes it" in " ".join(cli("plan", "-d", "staging", code=0).said.split())
    cli("apply", "-d", "staging", "--prune", "-y", code=0)
    assert "one" not in _live(real_server)
