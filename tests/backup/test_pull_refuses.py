"""A backup is anybody's file: what is wrong with it is said in a line, and then nothing is written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reconciler.repo.backup import BadBackup, read
from reconciler.repo.yaml import load
from tests.cli.conftest import Cli
from tests.cli.places import Repo
from tests.core.case import derived_id

ID = derived_id("w/one", "acme")
ROW: dict[str, Any] = {
    "assistant_id": ID,
    "graph_id": "writer",
    "version": 2,
    "name": "One",
    "description": None,
    "context": {"system_prompt": "Line one.\nLine two."},
    "config": {"configurable": {"system_prompt": "Line one.\nLine two."}},
    "metadata": {
        "created_by": "user",
        "thread_id": "x",
        "team": "a",
        "given_up": None,
        "reconciler": {"owner": "acme", "key": "w/one", "id": ID, "protected": True, "keys": ["team"]},
    },
}
BACKUP: dict[str, Any] = {
    "format_version": "1.0",
    "deployment": {"name": None, "url": "http://127.0.0.1:1"},
    "server": {"langgraph_py_version": "1.0"},
    "owner": "acme",
    "taken_at": "2026-11-21T00:00:00+00:00",
    "assistant": ROW,
    "versions": [ROW],
}


@pytest.fixture
def pull(cli: Cli, repo: Repo, tmp_path: Path) -> Callable[..., Any]:
    """`pull(backup, code=1)`, where `backup` is a document or bytes; says what was said and what was written."""

    def call(backup: Any, *words: object, code: int) -> tuple[str, list[str]]:
        file = tmp_path / "b.json"
        file.write_bytes(backup if isinstance(backup, bytes) else json.dumps(backup).encode())
        before = set(repo.root.rglob("*"))
        ran = cli("pull", "--from", file, *words, code=code)
        new = set(repo.root.rglob("*")) - before
        return ran.message, sorted(str(path.relative_to(repo.root)) for path in new if path.is_file())

    return call


def row(**fields: Any) -> dict[str, Any]:
    """A backup whose live row has these fields; its configurable is what a healthy server says."""
    made = {**ROW, **fields}
    if "config" not in fields:
        made["config"] = {"configurable": made["context"]}
    return {**BACKUP, "assistant": made}


def test_what_is_written(pull: Callable[..., Any], repo: Repo) -> None:
    """The manifest and the prompt beside it, without the marker and what servers keep for themselves."""
    _, new = pull(BACKUP, code=0)
    assert new == ["assistants/w/one.yaml", "assistants/w/prompts/one.system_prompt.md"]
    assert (repo.root / new[0]).read_text("utf-8") == (
        "graph_id: writer\n"
        "name: One\n"
        "context:\n"
        "  system_prompt: !file prompts/one.system_prompt.md\n"
        "metadata:\n"
        "  team: a\n"
        "protected: true\n"
    )


@pytest.mark.parametrize(
    ("listed", "name", "alone"),
    [
        (["staging", "production"], "staging", True),
        (["staging"], "staging", False),
        (["staging", "production"], "gone", False),
        (["staging", "production"], None, False),
    ],
)
def test_where_it_was(pull: Callable[..., Any], repo: Repo, listed: list[str], name: str | None, alone: bool) -> None:
    """Of several deployments the one that it was deleted from, and that is said: it is not made elsewhere."""
    deployments = "".join(f"  {one}: {{url: 'http://127.0.0.1:{port}'}}\n" for port, one in enumerate(listed, 1))
    repo.settings("owner: acme", f"deployments:\n{deployments}")
    said, new = pull({**BACKUP, "deployment": {"name": name, "url": "http://127.0.0.1:1"}}, code=0)
    manifest = (repo.root / new[0]).read_text("utf-8")
    assert ("deployments:\n- staging\n" in manifest.replace("  -", "-")) is alone
    assert ("deployments" in manifest) is alone
    assert ("it is for `staging` alone" in said) is alone


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"a": 1, "a": 2}', "not JSON as a backup is"),
        (b'{"a": NaN}', "not JSON as a backup is"),
        (b"[]", "the file is not a(n) object"),
        ({**BACKUP, "format_version": "2.0"}, "format_version is not '1.0'"),
        ({**BACKUP, "more": 1}, "the file is not known here"),
        ({**BACKUP, "assistant": []}, "assistant is not a(n) object"),
        ({**BACKUP, "assistant": {**ROW, "context": [1]}}, "assistant.context is not a(n) object or null"),
        ({**BACKUP, "versions": [1]}, "versions[0] is not a(n) object"),
        ({name: BACKUP[name] for name in BACKUP if name != "owner"}, "the file lacks a field"),
        ({**BACKUP, "server": {"name": "Aegra", "version": "0.6"}}, "loses what a PATCH omits"),
        (row(metadata={}), "does not say which key"),
        (row(metadata={"reconciler": {**ROW["metadata"]["reconciler"], "id": "another"}}), "does not say which key"),
        (row(metadata={"reconciler": {**ROW["metadata"]["reconciler"], "key": "../../x"}}), "cannot be part"),
        (row(config={"configurable": {"a": "other"}}), "two different sets of values"),
        (row(context={"a": {"b": [1, 2**60]}}), "context.a.b[1] is past 2^53"),
        (row(context={"a": 1e300}), "context.a is past 2^53"),
        (row(context={"a\ud800": 1}), "half of a surrogate pair"),
        (row(context={"a": "x\x00"}), "context.a holds NUL"),
        (row(context={"a": "\\u0000"}), "context.a holds NUL"),
        (row(context={"a": {"__proto__": 1}}), "breaks servers written in JavaScript"),
        (row(context={"api_key": "0123456789abcdef0"}), "context field `api_key` looks like a secret"),
        (row(context={"a": "x" * 1_000_001}), "larger than 1 MB"),
        (row(context={"a": ["x" * 600_000, "y" * 600_000]}), "larger than 1 MB"),
        (row(config={"configurable": ROW["context"], "callbacks": 1}), "config.callbacks"),
        (row(name=""), "field `name` is empty"),
        (row(name="x" * 513), "513 characters"),
        (row(assistant_id="../x"), "does not say which key"),
        (row(assistant_id="../x", metadata={"reconciler": {**ROW["metadata"]["reconciler"], "id": "../x"}}), "UUID"),
    ],
)
def test_named_and_nothing_written(pull: Callable[..., Any], content: Any, said: str) -> None:
    """Each of these is one line that says what is wrong."""
    message, new = pull(content, code=1)
    assert said in message
    assert new == []


def test_values_nested_too_deep(pull: Callable[..., Any]) -> None:
    """What no manifest may hold is named at its top, however deep it goes."""
    deep: Any = 1
    for _ in range(150):
        deep = [deep]
    message, new = pull(row(context={"a": deep}), code=1)
    assert "nested more than 100 levels" in message
    assert new == []


def test_however_deep(tmp_path: Path) -> None:
    """What can just be read, and is too deep to be said, is refused by name as well."""
    start = json.dumps({name: value for name, value in BACKUP.items() if name != "versions"})[:-1]
    for depth in range(700, 1010):
        (tmp_path / "b.json").write_text(f'{start}, "versions": {"[" * depth}{"]" * depth}}}')
        with pytest.raises(BadBackup):
            read(tmp_path / "b.json")


@pytest.mark.parametrize("path", ["assistants/w/one.yaml", "assistants/w/prompts/one.system_prompt.md"])
def test_never_overwrites(pull: Callable[..., Any], repo: Repo, path: str) -> None:
    """A file that is there is named and stays; the other one is not written either."""
    repo.write(path, "mine")
    message, new = pull(BACKUP, code=1)
    assert f"{path} is there already" in message
    assert (new, (repo.root / path).read_text()) == ([], "mine")


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("assistants/w/one.yml", "graph_id: writer\nname: x\n"),
        ("assistants/W/one.yaml", "graph_id: writer\nname: x\n"),
        ("assistants/other.yaml", f"graph_id: writer\nname: x\nassistant_id: {ID}\n"),
    ],
)
def test_beside_another_manifest(pull: Callable[..., Any], repo: Repo, path: str, content: str) -> None:
    """One of the same key, of a key that differs in case, or of the same assistant: said, and not written."""
    repo.write(path, content)
    message, new = pull(BACKUP, code=1)
    assert "`" in message
    assert new == []


def test_beside_a_broken_manifest(pull: Callable[..., Any], repo: Repo) -> None:
    """Another manifest's errors are not this one's."""
    repo.write("assistants/broken.yaml", "graph_id: [")
    assert len(pull(BACKUP, code=0)[1]) == 2


def test_a_linked_folder(pull: Callable[..., Any], repo: Repo, tmp_path: Path) -> None:
    """Nothing is written through a link that leads out."""
    (tmp_path / "elsewhere").mkdir()
    (repo.root / "assistants/w").symlink_to(tmp_path / "elsewhere")
    assert "a link leads elsewhere" in pull(BACKUP, code=1)[0]
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_fields_with_hostile_names_stay_in_the_manifest(pull: Callable[..., Any], repo: Repo) -> None:
    """A long text whose field is no name for a file has none; of two that differ in case one has."""
    text = "one\ntwo"
    _, new = pull(row(context={"../x": text, "a b": text, "A": text, "a": text, "": text}), code=0)
    assert new == ["assistants/w/one.yaml", "assistants/w/prompts/one.A.md"]
    content = load((repo.root / new[0]).read_bytes(), new[0]).value
    assert content["context"]["../x"] == text


def test_another_owner_or_key(pull: Callable[..., Any], repo: Repo) -> None:
    """Then the id is written, and that is said."""
    message, _ = pull(BACKUP, "--key", "two", code=0)
    assert "so the manifest names it" in message
    assert f"assistant_id: {ID}" in (repo.root / "assistants/two.yaml").read_text().replace('"', "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--drift"], "pull takes one of --drift and --from"),
        (["--new"], "pull takes one of --new and --from"),
        (["--shared"], "KEY and --shared go with --drift"),
        (["writer/tweet@3"], "KEY and --shared go with --drift"),
    ],
)
def test_other_ways_to_pull(cli: Cli, repo: Repo, words: list[str], said: str) -> None:
    """A backup is one thing, what a server has is another: asked for together, a mistake of usage."""
    assert said in cli("pull", "--from", "b.json", *words, code=1).message
