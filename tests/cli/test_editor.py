"""`schemas editor`: the file by which an editor knows the graphs is made, and kept, of schemas/ and the settings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.app.editor import stale_editor_files
from reconciler.app.source import open_repository
from reconciler.contexts.vscode import EDITOR_PATH, TRIES_PATH
from tests.cli.conftest import Cli, Serve
from tests.cli.places import Repo, Served

STALE = "schemas/editor/assistant.json:1: warning: the editor's schema is not what schemas/ and reconciler.yaml say now"


def written(repo: Repo) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((repo.root / EDITOR_PATH).read_text("utf-8"))
    return value


def test_it_says_what_it_wrote(cli: Cli, repo: Repo) -> None:
    """`new`, then `same` without touching the file, then `changed`; no server is asked."""
    assert cli("schemas", "editor", code=0).message == f"new {EDITOR_PATH} new {TRIES_PATH}"
    file = repo.root / EDITOR_PATH
    before = file.read_bytes(), file.stat().st_mtime_ns
    assert cli("schemas", "editor", code=0).message == f"same {EDITOR_PATH} same {TRIES_PATH}"
    assert (file.read_bytes(), file.stat().st_mtime_ns) == before
    (repo.root / "schemas" / "another.json").write_text("{}")
    assert cli("schemas", "editor", code=0).message == f"changed {EDITOR_PATH} same {TRIES_PATH}"
    assert "another" in written(repo)["definitions"]["manifest.whole"]["properties"]["graph_id"]["enum"]


def test_pull_writes_it_too(cli: Cli, repo: Repo, serve: Serve) -> None:
    """Of the schemas as they are after it; whatever order the server says them in, the bytes are the same."""
    served: Served = serve()
    assert f"new {EDITOR_PATH}" in cli("schemas", "pull", "--url", served.url, code=0).message
    before = (repo.root / EDITOR_PATH).read_bytes()
    schema = served.server._served["writer"]
    served.server.add_graph("writer", dict(reversed(list(schema.items()))))
    assert f"same {EDITOR_PATH}" in cli("schemas", "pull", "--url", served.url, code=0).message
    assert (repo.root / EDITOR_PATH).read_bytes() == before
    served.server.add_graph("writer", schema | {"properties": {"colour": {"type": "string"}}})
    assert f"changed {EDITOR_PATH}" in cli("schemas", "pull", "--url", served.url, code=0).message
    assert b"colour" in (repo.root / EDITOR_PATH).read_bytes()


def test_validate_says_that_it_is_stale(cli: Cli, repo: Repo) -> None:
    """A warning with the command to run, an error with --strict, and nothing once that command ran."""
    repo.manifest("tweet")
    assert "editor-stale" not in cli("validate", code=0).message, "nobody uses it"
    cli("schemas", "editor", code=0)
    assert "editor-stale" not in cli("validate", "--strict", code=0).message
    (repo.root / "schemas" / "another.json").write_text("{}")
    said = cli("validate", code=0).message
    assert f"{STALE} [editor-stale]" in said
    assert "reconciler schemas editor" in said
    cli("validate", "--strict", code=1)
    cli("schemas", "editor", code=0)
    assert "editor-stale" not in cli("validate", "--strict", code=0).message


@pytest.mark.parametrize("path", [EDITOR_PATH, TRIES_PATH])
def test_one_of_the_two_is_missing(cli: Cli, repo: Repo, path: str) -> None:
    """An editor is told of both, so the one that was lost is stale too."""
    repo.manifest("tweet")
    cli("schemas", "editor", code=0)
    repo.remove(path)
    assert f"{path}:1: warning: the editor's schema is not what" in cli("validate", code=0).message


def test_line_ends_of_a_checkout(cli: Cli, repo: Repo) -> None:
    """As git makes them on Windows, they make nothing stale."""
    repo.manifest("tweet")
    cli("schemas", "editor", code=0)
    for path in (EDITOR_PATH, TRIES_PATH):
        repo.write(path, (repo.root / path).read_bytes().replace(b"\n", b"\r\n"))
    assert "editor-stale" not in cli("validate", code=0).message


def test_a_deployment_more_makes_it_stale(cli: Cli, repo: Repo) -> None:
    """Overrides are by the names of deployments."""
    repo.manifest("tweet")
    cli("schemas", "editor", code=0)
    settings = repo.root / "reconciler.yaml"
    settings.write_text("owner: acme\ndeployments:\n  staging: {url: https://staging.example.com}\n")
    assert "editor-stale" in cli("validate", code=0).message
    cli("schemas", "editor", code=0)
    assert list(written(repo)["definitions"]["manifest.whole"]["properties"]["overrides"]["properties"]) == ["staging"]


def test_a_schema_of_one_deployment(cli: Cli, repo: Repo) -> None:
    """A manifest may be for that one alone, so what its schema knows is no error in the editor."""
    (repo.root / "schemas" / "staging").mkdir()
    own = {"properties": {"colour": {"type": "string"}}}
    (repo.root / "schemas" / "staging" / "writer.json").write_text(json.dumps(own))
    (repo.root / "reconciler.yaml").write_text("owner: a\ndeployments:\n  staging: {url: https://s.example.com}\n")
    cli("schemas", "editor", code=0)
    assert len(written(repo)["definitions"]["writer"]["then"]["properties"]["context"]["anyOf"]) == 2


def test_nodes_are_proposed_for_tries(cli: Cli, repo: Repo) -> None:
    """Those of every deployment; a change of them makes both files stale, and each is named."""
    repo.manifest("tweet")
    cli("schemas", "editor", code=0)
    (repo.root / "schemas" / "staging").mkdir()
    repo.write("schemas/nodes.yaml", "writer:\n  nodes: [draft]\n  tools: []\n")
    repo.write("schemas/staging/nodes.yaml", "writer:\n  nodes: [publish]\n  tools: [publish]\n")
    repo.settings("owner: a", "deployments:", "  staging: {url: https://s.example.com}")
    said = cli("validate", code=0).message
    assert STALE in said
    assert STALE.replace("assistant.json", "tries.json") in said
    cli("schemas", "editor", code=0)
    text = (repo.root / TRIES_PATH).read_text("utf-8")
    assert json.loads(text)["items"]["properties"]["interrupt_before"]["anyOf"][1]["items"] is not None
    assert "Of writer, calls tools." in text
    assert "draft" in text
    assert "publish" in (repo.root / EDITOR_PATH).read_text("utf-8")


@pytest.mark.parametrize("text", ["{", "[]", "\x00"])
def test_a_schema_that_cannot_be_read(cli: Cli, repo: Repo, text: str) -> None:
    """Its graph is known, and its contexts are not checked: what is wrong with the file, `validate` says."""
    (repo.root / "schemas" / "writer.json").write_text(text)
    cli("schemas", "editor", code=0)
    known = written(repo)["definitions"]
    assert "writer" in known["manifest.whole"]["properties"]["graph_id"]["enum"]
    assert "writer" not in known


def test_a_file_in_the_way(cli: Cli, repo: Repo) -> None:
    """What the system refuses is a message with the path."""
    (repo.root / "schemas" / "editor").write_text("")
    assert f"{EDITOR_PATH} cannot be written" in cli("schemas", "editor", code=1).message


def test_this_repositorys_own_files() -> None:
    """They are committed as `schemas editor` writes them."""
    assert stale_editor_files(open_repository(Path(__file__).parent)) == []
