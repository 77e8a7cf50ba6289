"""`new`, over drawn schemas: what it writes parses, and only what the schema leaves open is complained about."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reconciler.app.new import new
from reconciler.app.source import open_repository, read_source
from reconciler.contexts.suggest import suggest
from reconciler.errors import ReconcilerError

names = st.sampled_from(
    [
        "tone",
        "model_name",
        "system_prompt",
        "Prompt",
        "prompt",
        "yes",
        "no",
        "12",
        "a: b",
        "#x",
        "- y",
        "é",
        "null",
        "a.b",
    ]
) | st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), min_size=1, max_size=12).filter(
    lambda name: name != "__proto__" and "\\u0000" not in name  # no manifest can say that one
)
words = st.sampled_from(["", "Loud: or not", "# no", "a\nb", "a\x1b[31mb", "x" * 300, "…", "\u202e", "ends with \\"])
texts = st.sampled_from(["", "no", "1.0", "~", "a\nb\n", "a: b", " x ", "'", '"', "!file x", "w" * 90, "a\r\nb"])
integers = st.integers(-5, 5)


def plain() -> st.SearchStrategy[dict[str, Any]]:
    """A field's schema, with a default that fits it or without one."""
    return st.one_of(
        st.builds(lambda d: {"type": "string"} | d, defaults(texts)),
        st.builds(lambda d: {"type": "string", "langgraph_type": "prompt"} | d, defaults(texts)),
        st.builds(lambda d: {"type": "integer", "minimum": -5} | d, defaults(integers)),
        st.builds(lambda d: {"type": "number"} | d, defaults(st.floats(-2, 2))),
        st.builds(lambda d: {"type": "boolean"} | d, defaults(st.booleans())),
        st.builds(lambda values: {"enum": values}, st.lists(texts | integers, min_size=1, max_size=3, unique_by=repr)),
        st.builds(lambda value: {"const": value}, texts | integers | st.none()),
        st.builds(lambda d: {"anyOf": [{"type": "null"}, {"type": "string"}]} | d, defaults(texts | st.none())),
        st.builds(lambda d: {"type": ["string", "null"]} | d, defaults(texts)),
        st.sampled_from([{}, {"type": "null"}, {"$ref": "#/$defs/part"}, {"allOf": [{"$ref": "#/$defs/part"}]}]),
    )


def defaults(values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.just({}) | st.builds(lambda value: {"default": value}, values)


def objects(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    described = st.builds(lambda schema, said: schema | {"description": said}, inner, words)
    properties = st.dictionaries(names, described, max_size=4)
    return st.builds(
        lambda named, which: {
            "type": "object",
            "properties": named,
            "required": [name for number, name in enumerate(named) if which >> number & 1],
        },
        properties,
        st.integers(0, 15),
    )


fields = st.recursive(
    plain(),
    lambda inner: (
        st.builds(lambda items: {"type": "array", "items": items}, inner)
        | st.builds(lambda items: {"type": "array", "items": items, "minItems": 1}, inner)
        | objects(inner)
    ),
    max_leaves=4,
)


def with_parts(schema: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    return schema | {"$defs": {"part": part}}


schemas = st.builds(with_parts, objects(fields), plain().filter(lambda schema: "#/$defs" not in repr(schema)))


def repository(root: Path, schema: Any) -> Path:
    (root / "schemas").mkdir()
    (root / "assistants").mkdir()
    (root / "schemas" / "writer.json").write_text(json.dumps(schema), "utf-8")
    (root / "reconciler.yaml").write_text("owner: acme\n", "utf-8")
    return root


@given(schemas)
def test_only_what_is_open_is_complained_about(schema: dict[str, Any]) -> None:
    """The manifest is read without an error, and `validate` names fields only that the schema gives no value for."""
    with tempfile.TemporaryDirectory() as folder:
        root = repository(Path(folder), schema)
        made = new(open_repository(root), "posts/short", "writer", name=None, deployment=None)
        source = read_source(open_repository(root), None)
        (want,) = source.loaded.wanted
        errors = [d for d in source.diagnostics if d.severity == "error"]
        assert {d.code.split("-")[0] for d in errors} <= {"context"}
        assert sorted(d.message for d in made.left) == sorted(d.message for d in errors)
        still_open = {field.name for field in suggest(schema) if field.is_open}
        for d in errors:
            assert any(d.message.startswith(f"context field `{name}") for name in still_open), d
        for field in suggest(schema):
            if field.is_required and not field.is_open:
                assert want.spec.context[field.name] == field.value


@given(schemas)
def test_a_comment_is_a_field_once_its_sign_is_gone(schema: dict[str, Any]) -> None:
    """Taking `# ` away from what stands as a comment gives YAML with the field and its default."""
    with tempfile.TemporaryDirectory() as folder:
        root = repository(Path(folder), schema)
        new(open_repository(root), "short", "writer", name=None, deployment=None)
        optional = [field for field in suggest(schema) if not field.is_required and not field.is_open]
        shown = (root / "assistants" / "short.yaml").read_text("utf-8")
        lines = [re.sub(r"^( *)# ", r"\1", line) for line in shown.split("\n") if not re.match(r" *(# )+ *# ", line)]
        for field in optional:
            if not field.is_prompt and "\n" not in str(field.value):
                assert any(line.lstrip().startswith(yaml_name(field.name)) for line in lines), field


def yaml_name(name: str) -> str:
    from reconciler.repo.yaml import dump

    return dump({name: None}).removesuffix(" null\n")


SCHEMA = {
    "properties": {
        "tone": {"type": "string", "description": "How it\nsounds."},
        "model": {"enum": ["a", "b"]},
        "length": {"type": "integer", "default": 3, "description": "Words."},
        "system_prompt": {"type": "string"},
        "style_prompt": {"type": "string", "default": "Be\nbrief.\n"},
        "other_prompt": {"type": "string"},
        "tools": {"type": "array", "items": {"type": "string"}},
        "step": {
            "type": "object",
            "properties": {"kind": {"const": "x"}, "to": {"type": "string"}},
            "required": ["kind", "to"],
        },
    },
    "required": ["tone", "model", "system_prompt", "tools", "step", "length"],
}
WRITTEN = """\
graph_id: writer
name: Release notes
context:
  # How it sounds.
  tone: null   # to be put in: text
  model: a
  system_prompt: !file prompts/release-notes.system_prompt.md
  tools: []
  step:
    kind: x
    to: null
  # Words.
  # length: 3
  style_prompt: !file prompts/release-notes.style_prompt.md
  # other_prompt: !file prompts/release-notes.other_prompt.md
"""


def test_what_is_written(tmp_path: Path) -> None:
    """What is required with the value that the schema gives, or to be put in; prompts in files; comments."""
    root = repository(tmp_path, SCHEMA)
    made = new(open_repository(root), "posts/release-notes", "writer", name=None, deployment=None)
    assert (root / "assistants/posts/release-notes.yaml").read_text("utf-8") == WRITTEN
    prompts = "assistants/posts/prompts/release-notes"
    assert made.files == (
        f"{prompts}.system_prompt.md",
        f"{prompts}.style_prompt.md",
        "assistants/posts/release-notes.yaml",
    )
    assert made.blank == (f"{prompts}.system_prompt.md",)
    assert (root / f"{prompts}.style_prompt.md").read_bytes() == b"Be\nbrief.\n"
    assert [(d.line, d.code) for d in made.left] == [(5, "context-type"), (11, "context-type")]


def test_the_line_for_editors(tmp_path: Path) -> None:
    """It leads from the manifest to the editor's schema, where there is one."""
    root = repository(tmp_path, {})
    (root / "schemas" / "editor").mkdir()
    (root / "schemas" / "editor" / "assistant.json").write_text("{}")
    new(open_repository(root), "a/b/c", "writer", name="C", deployment=None)
    first = (root / "assistants/a/b/c.yaml").read_text("utf-8").splitlines()[0]
    found = re.fullmatch(r"# yaml-language-server: \$schema=(.+)", first)
    assert found is not None
    assert (root / "assistants/a/b" / found[1]).resolve() == (root / "schemas/editor/assistant.json").resolve()


def test_a_schema_that_names_itself(tmp_path: Path) -> None:
    """It comes to an end, also where each level has many of the next."""
    wide = {"$ref": "#/$defs/node"}
    node = {
        "type": "object",
        "properties": {f"n{i}": wide for i in range(30)},
        "required": [f"n{i}" for i in range(30)],
    }
    root = repository(tmp_path, {"properties": {"top": wide}, "required": ["top"], "$defs": {"node": node}})
    new(open_repository(root), "a", "writer", name=None, deployment=None)
    context = yaml.safe_load((root / "assistants/a.yaml").read_text("utf-8"))["context"]
    assert context == {"top": {f"n{i}": None for i in range(30)}}


def test_nothing_is_left_where_something_is_there(tmp_path: Path) -> None:
    """Where one of the files is there, none is written."""
    root = repository(tmp_path, SCHEMA)
    (root / "assistants/prompts").mkdir()
    (root / "assistants/prompts/a.style_prompt.md").write_text("mine")
    with pytest.raises(ReconcilerError, match="is there already"):
        new(open_repository(root), "a", "writer", name=None, deployment=None)
    assert [path.name for path in (root / "assistants").rglob("*") if path.is_file()] == ["a.style_prompt.md"]
