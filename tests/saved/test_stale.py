"""What moved since the plan was saved is not written, and is named with how it differs now."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli, Ran
from tests.cli.places import Repo, Served
from tests.saved.conftest import ALLOW, PERMIT

APPLY = ("apply", "plan.json", *PERMIT)


def found(ran: Ran) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """key -> change with its outcome, and the diagnostics."""
    said = json.loads(ran.out)
    return {one["key"]: one for one in said["changes"]}, said["diagnostics"]


def test_nothing_moved(cli: Cli, plan: Path, fake: Served) -> None:
    """All of it is done, without a question; the same file once more finds that it is so, and writes nothing."""
    ran = cli(*APPLY, "--format", "json", code=0)
    changes, notes = found(ran)
    assert {key: one["outcome"] for key, one in changes.items()} == dict.fromkeys(changes, "applied")
    assert sorted(changes) == ["edited", "gone", "new", "reverted"]
    assert notes == []
    fake.server.log.clear()
    changes, notes = found(cli(*APPLY, "--format", "json", code=0))
    assert changes == {}
    assert [note["code"] for note in notes] == ["already-so"] * 4
    assert fake.writes == []


def test_a_live_edit(cli: Cli, plan: Path, fake: Served) -> None:
    """The edit stays, and the report shows the difference to it; the rest is done."""
    fake.server.patch(fake.id("edited"), context={"system_prompt": "By hand."})
    fake.server.log.clear()
    changes, _ = found(cli(*APPLY, "--format", "json", code=4))
    assert changes["edited"]["outcome"] == "stale"
    assert changes["edited"]["error"] == "live version 1 -> 2, since the plan was saved"
    assert changes["edited"]["live_version"] == 2
    assert [(f["before"], f["after"]) for f in changes["edited"]["fields"]] == [("By hand.", "Edited.")]
    assert {one["outcome"] for key, one in changes.items() if key != "edited"} == {"applied"}
    assert fake.prompt("edited") == "By hand."


@pytest.mark.parametrize("format", ["text", "markdown"])
def test_it_is_shown(cli: Cli, plan: Path, fake: Served, format: str) -> None:
    """What moved, and both sides of what differs now, also for people."""
    fake.server.patch(fake.id("edited"), context={"system_prompt": "By hand."})
    said = cli(*APPLY, "--format", format, code=4).out
    assert "live version 1 -> 2" in said.replace("\\", "").replace("&gt;", ">")
    sides = ('"By hand." -> "Edited."',) if format == "text" else ('\n- "By hand."\n', '\n+ "Edited."\n')
    assert all(side in said for side in sides)


def test_a_git_edit(cli: Cli, plan: Path, repo: Repo, fake: Served) -> None:
    """What git says now was approved by nobody: it is not written."""
    repo.manifest("edited", "Edited once more.")
    repo.commit("fourth")
    changes, notes = found(cli(*APPLY, "--format", "json", code=4))
    assert (changes["edited"]["outcome"], changes["new"]["outcome"]) == ("stale", "applied")
    assert changes["edited"]["error"] == "git content changed, since the plan was saved"
    assert changes["edited"]["fields"][0]["after"] == "Edited once more."
    assert [note["code"] for note in notes] == ["other-commit"]
    assert fake.prompt("edited") == "Write well."


def test_more_than_content_is_decided_on(cli: Cli, plan: Path, repo: Repo) -> None:
    """`protected` and `ignore` are part of what was planned."""
    repo.manifest("edited", "Edited.", "protected: true")
    changes, _ = found(cli(*APPLY, "--format", "json", code=4))
    assert changes["edited"]["outcome"] == "stale"


def test_deleted_meanwhile(cli: Cli, plan: Path, fake: Served) -> None:
    """What was to be updated is not made anew; what was to be deleted needs nothing more."""
    fake.server.delete(fake.id("edited"))
    fake.server.delete(fake.id("gone"))
    changes, notes = found(cli(*APPLY, "--format", "json", code=4))
    assert (changes["edited"]["outcome"], changes["edited"]["action"]) == ("stale", "create")
    assert "version 1 was live, and now it is not there" in changes["edited"]["error"]
    assert [(n["code"], n["key"]) for n in notes] == [("already-so", "gone")]
    assert fake.id("edited") not in fake.server.ids()


def test_created_meanwhile(cli: Cli, plan: Path, fake: Served) -> None:
    """What was to be created is there, made by somebody else: it is left alone."""
    fake.server.create(assistant_id=fake.id("new"), graph_id="writer", name="theirs")
    changes, _ = found(cli(*APPLY, "--format", "json", code=4))
    assert changes["new"]["outcome"] == "stale"
    assert "it was not there, and now version 1 is live" in changes["new"]["error"]
    assert fake.live("new")["name"] == "theirs"


def test_other_content_of_the_same_version(cli: Cli, plan: Path, fake: Served) -> None:
    """A server that was reset counts from one again: the number is the same, the content is not."""
    fake.server.delete(fake.id("edited"))
    fake.server.create(assistant_id=fake.id("edited"), graph_id="writer", name="theirs")
    changes, _ = found(cli(*APPLY, "--format", "json", code=4))
    assert (changes["edited"]["outcome"], changes["edited"]["live_version"]) == ("stale", 1)
    assert "live content changed within version 1" in changes["edited"]["error"]
    assert fake.live("edited")["name"] == "theirs"


def test_git_went_back(cli: Cli, plan: Path, repo: Repo, fake: Served) -> None:
    """What git wants no more is not needed, and said to be stale: the file's decision can never be carried out."""
    repo.manifest("edited")
    repo.manifest("gone")
    changes, notes = found(cli(*APPLY, "--format", "json", code=4))
    assert sorted(changes) == ["new", "reverted"]
    stale = {note["key"]: note["message"] for note in notes if note["code"] == "stale"}
    assert "git content changed, and what it says now is live: no longer needed" in stale["edited"]
    assert "git has a manifest for it again" in stale["gone"]


def test_without_its_manifest(cli: Cli, plan: Path, repo: Repo, fake: Served) -> None:
    """What was to be updated would be deleted now: neither is done."""
    repo.remove("assistants/edited.yaml")
    changes, _ = found(cli(*APPLY, "--format", "json", code=4))
    assert (changes["edited"]["outcome"], changes["edited"]["action"]) == ("stale", "delete")
    assert "it would be delete now, not update" in changes["edited"]["error"]
    assert fake.id("edited") in fake.server.ids()


def test_held_now(cli: Cli, plan: Path, repo: Repo, fake: Served) -> None:
    """A policy that leaves it as it is counts, and the file's change is stale."""
    repo.manifest("edited", "Edited.", "on_drift: hold")
    fake.server.patch(fake.id("edited"), context={"system_prompt": "By hand."})
    ran = cli(*APPLY, "--format", "json")
    notes = [note for note in json.loads(ran.out)["diagnostics"] if note["code"] == "stale"]
    assert ran.code in (4, 5)
    assert "it is left as it is: it was changed outside git" in notes[0]["message"]
    assert "live version 1 -> 2" in notes[0]["message"]
    assert fake.prompt("edited") == "By hand."


def test_newly_needed(cli: Cli, plan: Path, repo: Repo, fake: Served) -> None:
    """What is not in the file is not written, and named; nothing of the file is stale, so the code is 0."""
    repo.manifest("late")
    repo.manifest("kept", "Changed too.")
    changes, notes = found(cli(*APPLY, "--format", "json", code=0))
    assert sorted(changes) == ["edited", "gone", "new", "reverted"]
    said = {note["key"]: note["message"] for note in notes if note["code"] == "not-in-plan"}
    assert sorted(said) == ["kept", "late"]
    assert "create is needed now and is not in the saved plan" in said["late"]
    assert fake.id("late") not in fake.server.ids()
    assert fake.prompt("kept") == "Write well."


def test_another_commit(cli: Cli, plan: Path, repo: Repo) -> None:
    """Made at one commit, applied at another that changes nothing of it: done, and said."""
    first = repo.git("rev-parse", "HEAD")
    repo.write("notes.txt", "unrelated")
    second = repo.commit("fourth")
    changes, notes = found(cli(*APPLY, "--format", "json", code=0))
    assert {one["outcome"] for one in changes.values()} == {"applied"}
    (note,) = notes
    assert (note["code"], note["severity"]) == ("other-commit", "warning")
    assert first[:12] in note["message"]
    assert second[:12] in note["message"]


def test_all_of_it_is_stale(cli: Cli, plan: Path, repo: Repo, fake: Served) -> None:
    """Then nothing is written, and the code says so in every format."""
    for key in ("edited", "reverted"):
        fake.server.patch(fake.id(key), context={"system_prompt": "By hand."})
    fake.server.delete(fake.id("gone"))
    repo.remove("assistants/new.yaml")
    fake.server.log.clear()
    for format in ("text", "json", "markdown"):
        assert "By hand." in cli(*APPLY, "--format", format, code=4).out
    assert fake.writes == []


def test_given_up_by_name(cli: Cli, repo: Repo, fake: Served) -> None:
    """`removed` is a decision like any other: done once, and then it is so already."""
    for key in ("a", "b", "c"):
        repo.manifest(key)
    cli("apply", "-y", "--url", fake.url, code=0)
    repo.write("assistants/a.yaml", "removed: keep\n")
    repo.write("assistants/b.yaml", "removed: delete\n")
    more = ("--url", fake.url, *ALLOW)
    cli("plan", *more, "--out", "plan.json", code=0)
    changes, _ = found(cli("apply", "plan.json", *more, "--format", "json", code=0))
    assert {key: one["action"] for key, one in changes.items()} == {"a": "update", "b": "delete"}
    assert fake.live("a")["metadata"].get("reconciler") is None
    assert fake.id("b") not in fake.server.ids()
    changes, notes = found(cli("apply", "plan.json", *more, "--format", "json", code=0))
    assert changes == {}
    assert sorted((n["code"], n["key"]) for n in notes if n["code"] == "already-so") == [
        ("already-so", "a"),
        ("already-so", "b"),
    ]


def test_given_up_instead_of_changed(cli: Cli, repo: Repo, fake: Served) -> None:
    """What was planned as an update is not what takes the marker away."""
    for key in ("a", "c"):
        repo.manifest(key)
    cli("apply", "-y", "--url", fake.url, code=0)
    repo.manifest("a", "Write well.", "protected: true")
    cli("plan", "--url", fake.url, "--out", "plan.json", code=0)
    repo.write("assistants/a.yaml", "removed: keep\n")
    changes, _ = found(cli("apply", "plan.json", "--url", fake.url, "--format", "json", code=4))
    assert changes["a"]["outcome"] == "stale"
    assert fake.live("a")["metadata"]["reconciler"]["key"] == "a"
