"""Schema files: read from a tree, named after graphs, written byte-stably."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.contexts import OPEN_FORM, dumps, is_open_form, load_schemas, schema_path
from reconciler.errors import ReconcilerError
from reconciler.model.json import JsonObject, canonical, loads
from reconciler.repo.worktree import WorkTree


def tree(root: Path, files: dict[str, bytes]) -> WorkTree:
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return WorkTree(root)


def test_a_deployments_own_schema_stands_for_it(tmp_path: Path) -> None:
    """schemas/<deployment>/<graph_id>.json, where it exists; other graphs keep theirs."""
    files = {"schemas/a.json": b'{"x": 1}', "schemas/b.json": b'{"x": 2}', "schemas/staging/a.json": b'{"x": 3.0}'}
    here = tree(tmp_path, files)
    assert load_schemas(here).by_graph == {"a": {"x": 1}, "b": {"x": 2}}
    staging = load_schemas(here, "staging")
    assert staging.by_graph == {"a": {"x": 3}, "b": {"x": 2}}
    assert staging.paths == {"a": "schemas/staging/a.json", "b": "schemas/b.json"}
    assert load_schemas(here, "production").by_graph == load_schemas(here).by_graph


def test_no_folder_is_no_schema(tmp_path: Path) -> None:
    """Each manifest then says that its graph's file is absent."""
    assert load_schemas(tree(tmp_path, {})).by_graph == {}


@pytest.mark.parametrize(
    ("data", "place", "said"),
    [
        (b"{\n  oops", (2, 3), "not JSON"),
        (b"[]", (1, 1), "is a JSON object"),
        (b'{"a": "\xff"}', (1, 1), "not UTF-8"),
        (b'{"a": NaN}', (1, 1), "NaN is not JSON"),
        (b'{"a": ' + b"[" * 100_000, (1, 1), "nested too deeply"),
        (b"", (1, 1), "not JSON"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, data: bytes, place: tuple[int, int], said: str) -> None:
    """One error with its place, and the command that writes the file again."""
    schemas = load_schemas(tree(tmp_path, {"schemas/a.json": data}))
    (found,) = schemas.diagnostics
    assert (found.code, found.path, (found.line, found.column)) == ("schema-unreadable", "schemas/a.json", place)
    assert said in found.message
    assert "reconciler schemas pull" in str(found.hint)
    assert schemas.by_graph == {}


def test_names_of_files_match_the_grammar(tmp_path: Path) -> None:
    """A file that no graph can have is an error; other files and folders are somebody else's."""
    files = {"schemas/-x.json": b"{}", "schemas/notes.md": b"", "schemas/editor/assistant.json": b"{"}
    assert [d.code for d in load_schemas(tree(tmp_path, files)).diagnostics] == ["schema-name"]


@pytest.mark.parametrize("graph", ["../x", "a/b", "", ".hidden", "a\n", "über"])
def test_a_graphs_file_stays_in_its_folder(graph: str) -> None:
    """A server's graph ids are untrusted."""
    with pytest.raises(ReconcilerError):
        schema_path(graph)
    with pytest.raises(ReconcilerError):
        schema_path("writer", graph)


def test_names_of_graphs_and_deployments() -> None:
    """Where a schema is written."""
    assert schema_path("writer.v-2") == "schemas/writer.v-2.json"
    assert schema_path("writer", "staging") == "schemas/staging/writer.json"


def test_the_open_form_as_it_is_written() -> None:
    """Exactly these bytes."""
    text = '{\n  "$comment": "this graph declares no context schema",\n  "additionalProperties": true\n}\n'
    assert dumps(OPEN_FORM) == text.encode()
    assert is_open_form({"additionalProperties": True, "$comment": OPEN_FORM["$comment"]})
    assert not is_open_form({"additionalProperties": True})


@given(st.dictionaries(st.text(max_size=5), st.none() | st.booleans() | st.integers() | st.text(max_size=5)))
def test_writing_is_stable(schema: JsonObject) -> None:
    """The order in which a server says a schema changes no byte, and reading gives it back."""
    data = dumps(schema)
    assert data == dumps(dict(reversed(schema.items())))
    assert canonical(loads(data)) == canonical(schema)
