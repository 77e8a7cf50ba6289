"""All errors of all files in one run: a manifest with an error of its own has its context checked too."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.app.source import Source, open_repository, read_source
from reconciler.errors import UsageError

from .conftest import write

SETTINGS = "owner: acme\ndeployments:\n  staging: {url: https://staging.example.com}\n"
SCHEMA = """{
  "properties": {
    "model_name": {"enum": ["openai", "anthropic"]},
    "prompt": {"type": "string"},
    "limits": {"type": "object", "properties": {"max_words": {"type": "integer"}}}
  },
  "required": ["model_name"]
}"""


def source(root: Path, manifest: str, name: str = "case.yaml") -> Source:
    write(root, {"reconciler.yaml": SETTINGS, "schemas/writer.json": SCHEMA, f"assistants/{name}": manifest})
    return read_source(open_repository(root), None)


@pytest.mark.parametrize(
    ("manifest", "expected"),
    [
        (
            "graph_id: writer\nnmae: A\ncontext:\n  model_name: opnai\n",
            ["2:1 field-unknown", "4:15 context-enum"],
        ),
        (
            "graphId: writer\nname: A\ncontext:\n  model_name: openai\n  promt: x\n",
            ["1:1 field-unknown", "5:3 context-unknown"],
        ),
        (
            "graph_id: writer\nname: A\ncontxt:\n  model_name: opnai\n",
            ["3:1 field-unknown", "4:15 context-enum"],
        ),
        ("graph_id: writer\nnmae: A\n", ["1:1 context-missing", "2:1 field-unknown"]),
        ("graphId: writr\nname: A\n", ["1:1 field-unknown", "1:10 schema-absent"]),
        (
            "graph_id: writer\nname: A\nprotected: yes\ncontext: {model_name: openai}\n"
            "ignore: [context.limits.words]\n",
            ["3:12 field-type", "5:10 ignore-unknown"],
        ),
    ],
)
def test_its_own_errors_and_those_of_its_context(tmp_path: Path, manifest: str, expected: list[str]) -> None:
    """Each at its place, also under a misspelt name."""
    found = source(tmp_path, manifest)
    assert [f"{d.line}:{d.column} {d.code}" for d in found.diagnostics] == expected
    assert found.loaded.wanted == ()


@pytest.mark.parametrize(
    ("manifest", "code"),
    [
        ("graph_id: writer\nname: A\ncontext:\n  model_name: !file no.md\n", "bad-file"),
        ("graph_id: writer\nname: A\ncontext:\n  model_name: !flie no.md\n", "yaml-tag"),
        ("graph_id: writer\nname: A\ncontext: {model_name: openai, limits: {max_words: .nan}}\n", "yaml-number"),
        ("graph_id: writer\nname: A\nmodel_name: openai\n", "field-unknown"),
        ("graph_id: writer\nname: A\nconfig: {model_name: openai}\n", "field-unknown"),
        ("graph_id: writer\nname: A\nconfig: {configurable: {model_name: openai}}\n", "configurable"),
        ("graph_id: writer\nname: A\nmetadata: &a {model_name: openai}\ncontext:\n  <<: *a\n", "yaml-merge"),
        ("graph_id: writer\nname: A\ncontext: {model_name: openai, langgraph_auth_user: me}\n", "dropped"),
        ("graph_id: writer\nname: A\ncontext: [model_name]\n", "field-type"),
        ("graph_id: writer\nname: A\nextends: base.yaml\n", "bad-file"),
        ("graph_id: [writer]\nname: A\ncontext: {x: 1}\n", "field-type"),
        ("name: A\ncontext: {x: 1}\n", "field-missing"),
        ("graph_id: writer\nname: [\n", "yaml-syntax"),
    ],
)
def test_one_mistake_is_told_once(tmp_path: Path, manifest: str, code: str) -> None:
    """What cannot be read, or stands in a wrong place, is neither wrong nor missing in the context as well."""
    assert [d.code for d in source(tmp_path, manifest).diagnostics] == [code]


def test_tries_with_errors_hide_nothing(tmp_path: Path) -> None:
    """A field of a try that is called as one of the context is another one."""
    write(tmp_path, {"assistants/case.tries.yaml": "- {name: a, input: {}, model_name: {context: x}}\n"})
    found = source(tmp_path, "graph_id: writer\nname: A\ncontext: {model_name: opnai}\n")
    assert [d.code for d in found.diagnostics] == ["field-unknown", "context-enum"]


def test_what_is_under_a_bad_key_is_checked(tmp_path: Path) -> None:
    """The name of the file is wrong, and so is what stands in it."""
    found = source(tmp_path, "graph_id: writer\nname: A\ncontext: {model_name: opnai}\n", "-a.yaml")
    assert [d.code for d in found.diagnostics] == ["key-grammar", "context-enum"]


def test_the_others_are_checked_as_before(tmp_path: Path) -> None:
    """A manifest with errors changes nothing about the next one, and is wanted by nobody."""
    write(tmp_path, {"assistants/b.yaml": "graph_id: writer\nname: B\ncontext: {model_name: openai}\n"})
    found = source(tmp_path, "graph_id: writer\nnmae: A\ncontext: {model_name: openai}\n", "a.yaml")
    assert [one.key for one in found.loaded.wanted] == ["b"]
    assert [one.key for one in found.loaded.partial] == ["a"]
    assert [d.code for d in found.diagnostics] == ["field-unknown"]


def test_an_unknown_deployment_is_refused(tmp_path: Path) -> None:
    """As `plan` does, with the nearest name: its own schemas would silently not be looked at."""
    source(tmp_path, "graph_id: writer\nname: A\ncontext: {model_name: openai}\n")
    with pytest.raises(UsageError, match="there is no deployment `stagng`") as error:
        read_source(open_repository(tmp_path), "stagng")
    assert error.value.hint == "did you mean -d staging?"
    assert not read_source(open_repository(tmp_path), "staging").failed
