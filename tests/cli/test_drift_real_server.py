"""Drift, list and history on the real Agent Server: what Studio does at night, and what is said of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.sandbox import Sandbox
from tests.cli.conftest import Cli
from tests.cli.places import Repo
from tests.cli.test_real_server import ask
from tests.core.case import derived_id

OWNER = "night"
KEYS = ("writer/blog", "writer/tweet")


class Studio:
    """Somebody who works past git on the real server."""

    def __init__(self, url: str) -> None:
        self.url = url

    def patch(self, key: str, **fields: Any) -> None:
        status, _ = ask(self.url, "PATCH", f"/assistants/{derived_id(key, OWNER)}", fields)
        assert status == 200

    def set_latest(self, key: str, version: int) -> None:
        status, _ = ask(self.url, "POST", f"/assistants/{derived_id(key, OWNER)}/latest", {"version": version})
        assert status == 200

    def versions(self, key: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(
            ask(self.url, "POST", f"/assistants/{derived_id(key, OWNER)}/versions", {"limit": 100})[1]
        )
        return found


def _say(repo: Repo, prompt: str, limit: int) -> None:
    for key in KEYS:
        repo.write(
            f"assistants/{key}.yaml",
            f"graph_id: writer\nname: {key}\nmetadata: {{team: social}}\n"
            f"context:\n  system_prompt: {json.dumps(prompt)}\nconfig: {{recursion_limit: {limit}}}\n",
        )


@pytest.fixture
def studio(cli: Cli, repo: Repo, real_server: Sandbox) -> Iterator[Studio]:
    """Two assistants, applied from two commits, and Studio beside them."""
    repo.owner = OWNER
    repo.deployment(real_server.url)
    _say(repo, "The same prompt.", 25)
    repo.commit("Our writers")
    cli("apply", "-y", code=0)
    _say(repo, "The same prompt.", 50)
    repo.commit("More steps")
    cli("apply", "-y", code=0)
    yield Studio(real_server.url)
    for key in KEYS:
        ask(real_server.url, "DELETE", f"/assistants/{derived_id(key, OWNER)}")


def test_an_edit_in_studio(cli: Cli, studio: Studio) -> None:
    """`drift` ends with 2 and names the field, the live version with its time, and the version that git applied."""
    cli("drift", "--detailed-exitcode", code=0)
    studio.patch("writer/tweet", context={"system_prompt": "Edited at night."})
    said = json.loads(cli("drift", "--detailed-exitcode", "--format", "json", code=2).out)
    (one,) = said["drift"]
    assert (one["key"], one["state"], one["who"]) == ("writer/tweet", "edited", "outside")
    assert ["context", "system_prompt"] in [field["path"] for field in one["fields"]]
    assert (one["live"]["version"], one["applied"]["version"]) == (3, 2)
    times = {row["version"]: row["created_at"] for row in studio.versions("writer/tweet")}
    assert (one["live"]["created_at"], one["applied"]["created_at"]) == (times[3], times[2])
    assert said["summary"]["as_applied"] == 1
    text = cli("drift", code=0).out
    assert '"The same prompt." -> "Edited at night."' in text
    assert text.splitlines()[-1] == "1 assistant was changed outside git; 1 is as git applied it."


def test_a_set_latest_in_studio(cli: Cli, studio: Studio) -> None:
    """An older version made active, all of which this server restores, is rolled back; by whom is not guessed."""
    studio.set_latest("writer/tweet", 1)
    said = json.loads(cli("drift", "--detailed-exitcode", "--format", "json", code=2).out)
    (one,) = said["drift"]
    assert (one["state"], one["who"], one["live"]["version"], one["applied"]["version"]) == (
        "rolled-back",
        "unknown",
        1,
        2,
    )
    assert [(f["path"], f["before"], f["after"]) for f in one["fields"]] == [(["config", "recursion_limit"], 50, 25)]


def test_a_set_latest_that_takes_half(cli: Cli, repo: Repo, studio: Studio) -> None:
    """Where the context differs too, this server brings back only part: nobody's edit, so no drift."""
    _say(repo, "Another prompt.", 75)
    repo.commit("Another prompt")
    cli("apply", "-y", code=0)
    studio.set_latest("writer/tweet", 1)
    ran = cli("drift", "--detailed-exitcode", code=0)
    assert "1 left half-way by a set-latest" in ran.out
    assert "half-restored" in cli("list", code=0).out


def test_foreign_metadata_is_no_drift(cli: Cli, studio: Studio) -> None:
    """A key that somebody else or an auth handler adds is not git's, before and after git moves on."""
    studio.patch("writer/tweet", metadata={"reviewed_by": "ana"})
    cli("drift", "--detailed-exitcode", code=0)
    listed = {row["key"]: row for row in json.loads(cli("list", "--format", "json", code=0).out)["assistants"]}
    assert (listed["writer/tweet"]["state"], listed["writer/tweet"]["version"]) == ("in-step", 3)


def test_history_tells_ours_from_what_is_outside(cli: Cli, repo: Repo, studio: Studio) -> None:
    """Each of ours with its commit; an edit, and an edit of metadata that keeps our marker, are outside git."""
    head = repo.git("rev-parse", "HEAD")
    studio.patch("writer/tweet", metadata={"reviewed_by": "ana"})
    studio.patch("writer/tweet", context={"system_prompt": "Edited at night."})
    said = json.loads(cli("history", "writer/tweet", "--format", "json", code=0).out)
    rows = [(row["version"], row["by"], row["subject"]) for row in said["versions"]]
    assert rows == [
        (4, "outside", None),
        (3, "outside", None),
        (2, "git", "More steps"),
        (1, "git", "Our writers"),
    ]
    assert said["versions"][2]["commit"] == head
    assert [field["path"] for field in said["versions"][1]["fields"]] == [["metadata", "reviewed_by"]]
    assert said["active"] == 4
    assert listed(cli)["writer/tweet"] == "edited"


def listed(cli: Cli) -> dict[str, str]:
    """key -> state."""
    rows = json.loads(cli("list", "--format", "json", code=0).out)["assistants"]
    return {row["key"]: row["state"] for row in rows}
