"""A source that is wrong: said with its place, before anything is sent, and never taken for a deletion."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Cli
from tests.cli.places import Repo, Served

BOMB = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
MANIFESTS = {
    "not-utf-8": (b"graph_id: writer\nname: \xff\n", "assistants/bad.yaml:2:7: not UTF-8: byte 0xff"),
    "brackets": (b"[" * 100_000, "assistants/bad.yaml:1:101: nested more than 100 levels deep"),
    "braces": (b"graph_id: writer\ncontext: " + b"{a: " * 100_000, "nested more than 100 levels deep"),
    "alias-bomb": (BOMB.encode(), "more than 100,000 values once its aliases are expanded"),
    "list": (b"- graph_id: writer\n", "a manifest is a mapping of fields, and this is a list"),
    "syntax": (b"graph_id: [writer\n", "assistants/bad.yaml:"),
    "field": (b"graph_id: writer\nname: a\nprompt: b\n", "assistants/bad.yaml:3:1: field `prompt` is not known"),
    "camel": (b"graphId: writer\nname: a\n", "graph_id"),
    "no-graph": (b"graph_id: writr\nname: a\n", "there is no schemas/writr.json for graph `writr`"),
    "file": (b"graph_id: writer\nname: a\ncontext: {system_prompt: !file no.md}\n", "no.md"),
    "context": (b"graph_id: writer\nname: a\ncontext: {tone: warm}\n", "tone"),
    "key": (b"graph_id: writer\nname: a\nkey: a//b\n", "key"),
}


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_broken_manifest_blocks_apply(cli: Cli, repo: Repo, fake: Served, name: str) -> None:
    """Also where another manifest is fine, and with --prune: not one request is sent."""
    repo.manifest("tweet")
    cli("apply", "-y", "--url", fake.url, code=0)
    repo.manifest("tweet", "Another prompt.")
    repo.remove("assistants/tweet.yaml")
    data, words = MANIFESTS[name]
    repo.write("assistants/bad.yaml", data)
    fake.server.log.clear()
    for command in (("apply", "-y"), ("plan",)):
        ran = cli(*command, "--prune", "--url", fake.url, code=1)
        assert ran.out == ""
        assert words in ran.message
        assert ran.message.endswith("error: 1 error")
    assert words in cli("validate", code=1).message
    assert fake.server.log == []


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ('{"$ref": "other.json"}', "`$ref: other.json` leaves the document; nothing is fetched"),
        ('{"$ref": "https://schemas.example.com/a.json"}', "leaves the document; nothing is fetched"),
        ('{"properties": {"a": {"$ref": "file:///etc/passwd"}}}', "leaves the document; nothing is fetched"),
        ("[1]", "a context schema is a JSON object"),
        ("{", "not JSON"),
        ("[" * 100_000, "schemas/writer.json"),
    ],
)
def test_a_schema_that_cannot_be_used(cli: Cli, repo: Repo, fake: Served, schema: str, words: str) -> None:
    """Its place and its fault are said; nothing is fetched and nothing is sent."""
    repo.manifest("tweet")
    repo.write("schemas/writer.json", schema)
    ran = cli("apply", "-y", "--url", fake.url, code=1)
    assert "schemas/writer.json" in ran.message
    assert words in ran.message
    assert fake.server.log == []


def test_all_errors_of_all_files_in_one_run(cli: Cli, repo: Repo) -> None:
    """One run names every file that is wrong."""
    for number in range(5):
        repo.write(f"assistants/bad{number}.yaml", "graph_id: writer\n")
    ran = cli("validate", code=1)
    assert all(f"assistants/bad{number}.yaml:" in ran.err for number in range(5))
    assert ran.err.splitlines()[-2] == "5 errors"


def test_the_same_assistant_twice(cli: Cli, repo: Repo) -> None:
    """Two manifests of one assistant name each other, by id, by key, and as a graph's default."""
    same = "assistant_id: 62e209ca-9154-432a-b9e9-2d75c7a9219b"
    repo.manifest("one", "Write.", same)
    repo.manifest("two", "Write.", same)
    ran = cli("validate", code=1)
    assert "assistants/two.yaml:1:1: `assistants/one.yaml` is about the same assistant" in ran.message
    repo.remove("assistants/two.yaml")
    repo.write("assistants/one.yml", "graph_id: writer\nname: one\n")
    assert "describes assistant `one` too" in cli("validate", code=1).message
    repo.remove("assistants/one.yml")
    repo.write("assistants/d1.yaml", "graph_id: writer\ndefault: true\n")
    repo.write("assistants/d2.yaml", "graph_id: writer\ndefault: true\n")
    assert "the default assistant of graph `writer`" in cli("validate", code=1).message


def test_what_is_no_file(cli: Cli, repo: Repo) -> None:
    """A link out of the repository is refused."""
    repo.manifest("tweet")
    (repo.root / "assistants" / "out.yaml").symlink_to("/etc/hostname")
    assert "assistants/out.yaml: the manifest leads out of the repository" in cli("validate", code=1).message


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (b"", "reconciler.yaml:1:1: the file is empty"),
        (b"\xff", "reconciler.yaml:1:1: not UTF-8"),
        (b"owner: a b\nfoo: 1\n", "reconciler.yaml:2:1: field `foo` is not known"),
        (b"- owner\n", "reconciler.yaml:1:1:"),
        (b"{}", "owner: acme-agents"),
    ],
)
def test_settings_that_cannot_be_used(cli: Cli, repo: Repo, settings: bytes, words: str) -> None:
    """Their faults are said with their places, all at once."""
    repo.write("reconciler.yaml", settings)
    assert words in cli("plan", code=1).message


def test_strict_counts_warnings(cli: Cli, repo: Repo) -> None:
    """`validate` passes with a warning, `validate --strict` does not; both say it."""
    repo.manifest("anything", graph="plain")
    ran = cli("validate", code=0)
    assert "warning" in ran.message
    assert ran.message.endswith("1 assistant, 1 warning: valid")
    ran = cli("validate", "--strict", code=1)
    assert ran.message.endswith("1 assistant, 1 warning")


def test_an_own_schema_of_a_deployment(cli: Cli, repo: Repo) -> None:
    """A deployment's own schemas/NAME/ stands for it, and `validate` looks at every deployment."""
    repo.deployment("https://staging.example.com")
    repo.manifest("tweet")
    repo.write("schemas/staging/writer.json", '{"type": "object", "properties": {"model_name": {"type": "string"}}}')
    for words in ((), ("-d", "staging")):
        assert "system_prompt" in cli("validate", *words, code=1).message
