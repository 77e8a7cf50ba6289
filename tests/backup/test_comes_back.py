"""Deleted with a backup, pulled from it, applied: the same assistant, on the real server."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from reconciler.model.identity import derived_id
from reconciler.model.json import same
from reconciler.sandbox import Sandbox
from tests.backup.conftest import Delete, saved
from tests.cli.conftest import Cli
from tests.cli.places import Repo
from tests.cli.test_real_server import ask

PROMPT = "Zeile eins\r\n\ttab, “quotes” and blanks   \n\n# not a comment\nlast line without an end"
MANIFEST = """\
graph_id: writer
name: "no: it is, 'a' name"
description: Short posts
context:
  model_name: openai
  system_prompt: !file prompts/text.md
  temperature: 0.7
config:
  recursion_limit: 25
  tags: [a, "on"]
metadata:
  team: social
  nested: {a: [1, {b: null}], "yes": "12:30:45"}
"""
CONTENT = ("graph_id", "name", "description", "context", "config")


@pytest.fixture
def team(repo: Repo, real_server: Sandbox, cli: Cli) -> str:
    """An owner of its own, with one assistant of two versions; its key."""
    repo.owner = f"team-{uuid.uuid4().hex[:12]}"
    repo.settings(f"owner: {repo.owner}")
    key = "writer/short-posts"
    repo.write(f"assistants/{key}.yaml", MANIFEST)
    repo.write("assistants/writer/prompts/text.md", "The first prompt.\n")
    repo.write("schemas/writer.json", "{}")
    cli("apply", "-y", "--url", real_server.url, code=0)
    repo.write("assistants/writer/prompts/text.md", PROMPT)
    cli("apply", "-y", "--url", real_server.url, code=0)
    return key


def live(url: str, identifier: str) -> tuple[int, Any]:
    status, body = ask(url, "GET", f"/assistants/{identifier}")
    return status, json.loads(body) if status == 200 else None


def test_the_same_content_under_the_same_id(
    team: str, cli: Cli, repo: Repo, real_server: Sandbox, delete: Delete, tmp_path: Path
) -> None:
    """The whole history is in the file; the manifest made of it needs no id, and apply makes the same content."""
    url, identifier = real_server.url, derived_id(repo.owner, team)
    before = live(url, identifier)[1]
    versions = json.loads(ask(url, "POST", f"/assistants/{identifier}/versions", {"limit": 100})[1])
    folder = tmp_path / "saved"
    ran = delete(url, team)
    assert live(url, identifier)[0] == 404
    (file,) = folder.iterdir()
    assert file.name == f"writer__short-posts-{identifier}.json"
    assert file.name in ran.out
    document = saved(folder)
    assert same(document["assistant"], before)
    assert same(document["versions"], versions)
    assert len(versions) == 2
    (repo.root / "assistants/writer/prompts/text.md").unlink()
    said = cli("pull", "--from", file, code=0).err
    made = (repo.root / f"assistants/{team}.yaml").read_text("utf-8")
    assert "assistant_id" not in made
    assert f"assistants/{team}.yaml" in said
    assert (repo.root / "assistants/writer/prompts/short-posts.system_prompt.md").read_bytes() == PROMPT.encode()
    cli("apply", "-y", "--url", url, code=0)
    after = live(url, identifier)[1]
    for field in CONTENT:
        assert same(after[field], before[field]), field
    assert same(_theirs(after), _theirs(before))
    delete(url, team, folder=tmp_path / "again")


def test_an_older_version(
    team: str, cli: Cli, repo: Repo, real_server: Sandbox, delete: Delete, tmp_path: Path
) -> None:
    """`--version N` takes that one; under another key its id is written out."""
    delete(real_server.url, team)
    (file,) = (tmp_path / "saved").iterdir()
    cli("pull", "--from", file, "--version", 1, "--key", "other", code=0)
    made = (repo.root / "assistants/other.yaml").read_text("utf-8")
    assert f"assistant_id: {derived_id(repo.owner, team)}" in made.replace('"', "")
    assert (repo.root / "assistants/prompts/other.system_prompt.md").read_bytes() == b"The first prompt.\n"
    said = cli("pull", "--from", file, "--version", 9, code=1)
    assert "no version 9" in said.message
    assert "it has 1, 2" in said.message


def _theirs(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row["metadata"].items() if name != "reconciler"}
