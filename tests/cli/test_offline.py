"""`plan --offline --base`: what the files say, beside what a commit said; no server, no key. And `--base` with one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.conftest import Cli
from tests.cli.places import Repo, Served


@pytest.fixture
def based(repo: Repo) -> Repo:
    """Three assistants at the base."""
    repo.settings(
        "owner: acme",
        "deployments:",
        "  staging: {url: 'https://staging.example.com', api_key_env: STAGING_API_KEY, prune: true}",
        "  production: {url: 'https://production.example.com', api_key_env: PRODUCTION_API_KEY}",
    )
    for key in ("one", "two", "three"):
        repo.manifest(key)
    repo.commit()
    return repo


def planned(cli: Cli, *words: str, code: int = 0) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(cli("plan", "--offline", "--format", "json", *words, code=code).out)
    return said


def test_what_changed(cli: Cli, based: Repo) -> None:
    """New, changed and gone, each with its fields; what is the same is counted."""
    based.manifest("one", "Write better.")
    based.manifest("four")
    based.remove("assistants/two.yaml")
    said = planned(cli, "-d", "staging", "--base", "HEAD")
    assert [(c["action"], c["key"]) for c in said["changes"]] == [
        ("create", "four"),
        ("update", "one"),
        ("delete", "two"),
    ]
    assert said["changes"][1]["fields"] == [
        {"path": ["context", "system_prompt"], "op": "replace", "before": "Write well.", "after": "Write better."}
    ]
    assert said["summary"]["unchanged"] == 1
    assert said["offline"] is True
    assert {change["proposed"] for change in said["changes"]} == {True}


def test_nothing_changed(cli: Cli, based: Repo) -> None:
    """A change that no assistant reads is none."""
    based.write("README.md", "Hello\n")
    based.commit()
    assert planned(cli, "-d", "staging", "--base", "HEAD~1", "--detailed-exitcode")["changes"] == []
    based.manifest("one", "Other")
    assert planned(cli, "-d", "staging", "--base", "HEAD", "--detailed-exitcode", code=2)["changes"] != []


def test_no_variable_is_read(cli: Cli, based: Repo) -> None:
    """No key, and an address of which nothing answers: it asks nobody."""
    based.manifest("one", "Other")
    assert "update one" in cli("plan", "--offline", "--base", "HEAD", "-d", "production", code=0).out


def test_guards(cli: Cli, based: Repo) -> None:
    """The guards judge it, and a trailer since the base lets one pass."""
    for key in ("one", "two", "three"):
        based.remove(f"assistants/{key}.yaml")
    base = based.git("rev-parse", "HEAD")
    based.manifest("four")
    based.commit("all new")
    said = planned(cli, "-d", "staging", "--base", base)
    assert [(g["guard"], g["verdict"]) for g in said["guards"] if g["guard"] == "max_delete_percent"] == [
        ("max_delete_percent", "blocked")
    ]
    based.commit("all new\n\nReconciler-Allow: max_delete_percent")
    said = planned(cli, "-d", "staging", "--base", base)
    assert [g["verdict"] for g in said["guards"] if g["guard"] == "max_delete_percent"] == ["allowed"]


@pytest.mark.parametrize(
    ("before", "after", "action"),
    [
        ("graph_id: writer\nname: A\nprotected: true\n", "graph_id: writer\nname: A\n", "update"),
        ("graph_id: writer\ndefault: true\n", "graph_id: writer\ndefault: true\ncontext: {model_name: b}\n", "update"),
        ("graph_id: writer\nname: A\n", "removed: delete\n", "delete"),
        ("graph_id: writer\nname: A\n", "removed: keep\n", "update"),
        ("graph_id: writer\nname: A\n", "graph_id: writer\nname: A\ndeployments: [production]\n", "delete"),
        ("graph_id: writer\nname: A\noverrides: {production: {name: B}}\n", "graph_id: writer\nname: A\n", None),
        ("graph_id: writer\nname: A\n", "graph_id: writer\nname: A\non_drift: block\n", None),
    ],
)
def test_every_kind_of_manifest(cli: Cli, based: Repo, before: str, after: str, action: str | None) -> None:
    """What stands for a live assistant is as an apply of the base leaves it."""
    based.write("assistants/a.yaml", before)
    base = based.commit()
    based.write("assistants/a.yaml", after)
    based.commit()
    changes = planned(cli, "-d", "staging", "--base", base)["changes"]
    assert [change["action"] for change in changes] == ([action] if action else [])


def test_a_moved_file(cli: Cli, based: Repo) -> None:
    """A manifest that moves and says so in the settings stays the assistant that it was."""
    base = based.git("rev-parse", "HEAD")
    based.remove("assistants/one.yaml")
    based.manifest("more/one")
    assert [c["action"] for c in planned(cli, "-d", "staging", "--base", base)["changes"]] == ["create", "delete"]
    settings = (based.root / "reconciler.yaml").read_text()
    based.write("reconciler.yaml", f"{settings}moved: [{{from: one, to: more/one}}]\n")
    changes = planned(cli, "-d", "staging", "--base", base)["changes"]
    assert [(c["action"], c["key"], [f["path"] for f in c["fields"]]) for c in changes] == [
        ("update", "one", [["name"]])
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--offline"], "--offline compares with a commit"),
        (["--offline", "--base", "HEAD"], "there are several deployments: `staging` and `production`"),
        (["--offline", "--base", "HEAD", "-d", "staging", "--url", "http://127.0.0.1:1"], "--offline asks no server"),
        (["--offline", "--base", "HEAD", "-d", "staging", "--out", "p.json"], "nothing that could be applied"),
        (["--offline", "--base", "HEAD", "-d", "stagging"], "there is no deployment `stagging`"),
    ],
)
def test_what_makes_no_sense(cli: Cli, based: Repo, words: list[str], said: str) -> None:
    """Each has its own message."""
    assert said in cli("plan", *words, code=1).message


def test_outside_git(cli: Cli, repo: Repo) -> None:
    """Where there is no repository there is nothing to compare with."""
    repo.manifest("one")
    assert "no git repository" in cli("plan", "--offline", "--base", "HEAD", code=1).message


def test_proposed(cli: Cli, repo: Repo, fake: Served) -> None:
    """With a server, --base tells what this change is about from what waits on main; without it nobody knows."""
    for key in ("one", "two", "three"):
        repo.manifest(key)
    repo.commit()
    cli("apply", "-y", "--url", fake.url, code=0)
    repo.manifest("one", "Merged, and not applied.")
    repo.commit()
    repo.manifest("two", "Proposed.")
    repo.commit()
    said = json.loads(cli("plan", "--format", "json", "--url", fake.url, "--base", "HEAD~1", code=0).out)
    assert {change["key"]: change["proposed"] for change in said["changes"]} == {"one": False, "two": True}
    said = json.loads(cli("plan", "--format", "json", "--url", fake.url, code=0).out)
    assert {change["proposed"] for change in said["changes"]} == {None}


def test_drift_default(cli: Cli, repo: Repo, fake: Served) -> None:
    """--on-drift-default counts where neither settings nor manifest say; each of them is stronger."""
    repo.manifest("one")
    repo.manifest("two", "Write well.", "on_drift: overwrite")
    repo.commit()
    cli("apply", "-y", "--url", fake.url, code=0)
    for key in ("one", "two"):
        fake.server.patch(fake.id(key), context={"system_prompt": "By hand."})

    def held(*words: str) -> list[str]:
        said = json.loads(cli("plan", "--format", "json", "--url", fake.url, *words, code=0).out)
        return [one["key"] for one in said["held"]]

    assert held() == []
    assert held("--on-drift-default", "hold") == ["one"]
    assert held("--on-drift-default", "hold", "--on-drift", "overwrite") == []
    repo.settings("owner: acme", "on_drift: overwrite")
    assert held("--on-drift-default", "hold") == []
