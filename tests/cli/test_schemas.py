"""`schemas pull` and `schemas check`: files that are, byte for byte, what a deployment says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli, Serve
from tests.cli.places import OPEN, Repo, Served


def files(repo: Repo) -> dict[str, tuple[bytes, int]]:
    """Each graph's schema file: its bytes, and when it was written. The editor's are made of them (test_editor.py), and
    nodes have tests of their own (test_nodes.py)."""
    found = [file for file in sorted((repo.root / "schemas").rglob("*.json")) if file.parent.name != "editor"]
    return {str(f.relative_to(repo.root)): (f.read_bytes(), f.stat().st_mtime_ns) for f in found if f.is_file()}


@pytest.fixture
def bare(repo: Repo) -> Repo:
    """No schema files yet."""
    for file in (repo.root / "schemas").iterdir():
        file.unlink()
    return repo


def test_pull_is_stable(cli: Cli, bare: Repo, fake: Served) -> None:
    """The second time it says `same` of each, and touches no file."""
    ran = cli("schemas", "pull", "--url", fake.url, code=0)
    assert ran.message.split() == [
        *("new", "schemas/plain.json", "new", "schemas/researcher.json", "new", "schemas/writer.json"),
        *("new", "schemas/nodes.yaml", "new", "schemas/editor/assistant.json", "new", "schemas/editor/tries.json"),
    ]
    before = files(bare)
    ran = cli("schemas", "pull", "--url", fake.url, code=0)
    assert ran.message.split()[::2] == ["same"] * 6
    assert files(bare) == before
    assert cli("schemas", "check", "--detailed-exitcode", "--url", fake.url, code=0).message == (
        "3 graphs: the files are what the server says"
    )


def test_the_order_of_a_servers_keys_does_not_matter(cli: Cli, bare: Repo, serve: Serve) -> None:
    """A server that sorts keys gives the same file as one that keeps them."""
    cli("schemas", "pull", "--url", serve().url, code=0)
    before = files(bare)
    reordered = serve()
    schema = reordered.server._served["writer"]
    reordered.server.add_graph("writer", dict(reversed(list(schema.items()))))
    assert "same" in cli("schemas", "pull", "--graph", "writer", "--url", reordered.url, code=0).message
    assert files(bare) == before


def test_a_graph_without_a_schema(cli: Cli, bare: Repo, fake: Served) -> None:
    """Its file is the open form, which says so, and nothing is checked against it."""
    cli("schemas", "pull", "--url", fake.url, code=0)
    assert json.loads((bare.root / "schemas" / "plain.json").read_text("utf-8")) == OPEN
    bare.write("assistants/anything.yaml", "graph_id: plain\nname: a\ncontext: {whatever: [1, {x: y}]}\n")
    ran = cli("validate", code=0)
    assert ran.message.count("[schema-open]") == 1
    assert ran.message.endswith("1 assistant, 1 warning: valid")


def changed(server: Any, **properties: Any) -> None:
    schema = server._served["writer"]
    server.add_graph("writer", schema | {"properties": schema["properties"] | properties})


def test_check_says_what_differs(cli: Cli, repo: Repo, fake: Served) -> None:
    """0, or 2 with --detailed-exitcode; the differences on stdout, what to do on stderr; nothing is written."""
    repo.manifest("tweet")
    cli("schemas", "pull", "--url", fake.url, code=0)
    changed(fake.server, tone={"type": "string"})
    before = files(repo)
    ran = cli("schemas", "check", "--url", fake.url, code=0)
    assert ran.out.startswith("schemas/writer.json differs from graph `writer`:\n")
    assert "tone" in ran.out
    assert "`reconciler schemas pull` takes over what the server says" in ran.message
    cli("schemas", "check", "--detailed-exitcode", "--url", fake.url, code=2)
    assert files(repo) == before
    assert "changed schemas/writer.json" in cli("schemas", "pull", "--url", fake.url, code=0).message
    cli("schemas", "check", "--detailed-exitcode", "--url", fake.url, code=0)


def test_check_says_what_breaks(cli: Cli, repo: Repo, fake: Served) -> None:
    """1 where a manifest would be refused, whatever --detailed-exitcode says; the manifest is named with its line."""
    repo.manifest("tweet")
    changed(fake.server, system_prompt={"type": "integer"})
    for words in ([], ["--detailed-exitcode"]):
        ran = cli("schemas", "check", *words, "--url", fake.url, code=1)
        assert "assistants/tweet.yaml:4" in ran.message
        assert "system_prompt" in ran.message


def test_a_schema_that_the_server_cannot_make(cli: Cli, bare: Repo, fake: Served) -> None:
    """A warning; where no file stands yet the open form is written, and a file that stands is kept."""
    fake.server.fail_schemas("writer")
    ran = cli("schemas", "pull", "--url", fake.url, code=0)
    assert "warning: the server cannot say the context schema of graph `writer`" in ran.message
    assert "without one its contexts are not checked" in ran.message
    assert json.loads((bare.root / "schemas" / "writer.json").read_text("utf-8"))["additionalProperties"] is True
    mine = bare.write("schemas/writer.json", '{"type": "object", "title": "mine"}')
    before = mine.read_bytes()
    assert "kept schemas/writer.json" in cli("schemas", "pull", "--url", fake.url, code=0).message
    assert mine.read_bytes() == before
    bare.manifest("tweet")


def test_another_assistant_is_asked(cli: Cli, bare: Repo, fake: Served) -> None:
    """Where the default assistant's schema fails, any other of the graph may say it."""
    from tests.fake import default_id

    fake.server.create(graph_id="writer", name="By hand")
    fake.server.fail_schemas("writer", default_id("writer"))
    ran = cli("schemas", "pull", "--graph", "writer", "--url", fake.url, code=0)
    assert "schema-failed" not in ran.message
    assert "system_prompt" in (bare.root / "schemas" / "writer.json").read_text("utf-8")


def test_schemas_that_are_hidden(cli: Cli, bare: Repo, serve: Serve) -> None:
    """An auth handler hides every assistant: an error, and the ways out are said, one as the lines to paste."""
    bare.manifest("tweet")
    ran = cli("schemas", "pull", "--url", serve(auth_handler="owner").url, code=1)
    assert "no assistant of graph `writer` can be seen" in ran.message
    assert "use a key that sees them; or write the schema by hand to schemas/writer.json" in ran.message
    assert "schemas: {writer: open}" in ran.message
    assert files(bare) == {}
    bare.settings("owner: acme", "schemas: {writer: open}")
    cli("validate", code=0)


def test_an_unknown_graph(cli: Cli, bare: Repo, fake: Served) -> None:
    """An error with the server's list, and the manifest that names it; the others are written."""
    bare.write("assistants/lost.yaml", "graph_id: writr\nname: lost\n")
    ran = cli("schemas", "pull", "--url", fake.url, code=1)
    assert "assistants/lost.yaml:1: graph `writr` is not deployed on this server" in ran.message
    assert "`plain`, `researcher`, `writer` [graph-unknown] did you mean `writer`?" in ran.message
    assert len(files(bare)) == 3
    assert "[graph-unknown]" in cli("schemas", "check", "--graph", "writers", "--url", fake.url, code=1).message


def test_an_absent_schema(cli: Cli, bare: Repo, fake: Served) -> None:
    """A manifest whose graph has no file: the message says how to get it, and that works."""
    bare.manifest("tweet")
    ran = cli("plan", "--url", fake.url, code=1)
    assert "there is no schemas/writer.json for graph `writer` [schema-absent]" in ran.message
    assert "reconciler schemas pull" in ran.message
    cli("schemas", "pull", "--url", fake.url, code=0)
    cli("plan", "--url", fake.url, code=0)


@pytest.mark.parametrize("name", ["../../evil", "a/b", "..", ".hidden", "con trol"])
def test_names_of_a_server_stay_in_their_folder(cli: Cli, bare: Repo, fake: Served, name: str) -> None:
    """A graph whose name can be no file's is a warning; nothing is written for it."""
    fake.server.add_graph(name, {"type": "object"})
    outside = sorted(Path(bare.root.parent).rglob("*"))
    ran = cli("schemas", "pull", "--url", fake.url)
    assert "schema-name" in ran.message
    assert set(files(bare)) == {"schemas/plain.json", "schemas/researcher.json", "schemas/writer.json"}
    names = ("plain", "researcher", "writer", "editor/assistant", "editor/tries")
    written = {f"{bare.root}/schemas/{n}.json" for n in names}
    written |= {f"{bare.root}/schemas/editor", f"{bare.root}/schemas/nodes.yaml"}
    assert {str(p) for p in Path(bare.root.parent).rglob("*")} - {str(p) for p in outside} == written


def test_a_folder_in_the_way(cli: Cli, bare: Repo, fake: Served) -> None:
    """What the system refuses is a message with the path; the others are written."""
    (bare.root / "schemas" / "researcher.json").mkdir()
    ran = cli("schemas", "pull", "--url", fake.url, code=1)
    assert "schemas/researcher.json: Is a directory [schema-unwritten]" in ran.message
    assert set(files(bare)) == {"schemas/plain.json", "schemas/writer.json"}
