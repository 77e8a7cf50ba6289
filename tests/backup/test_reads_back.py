"""Whatever can be written as a manifest is read back as the very same content."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reconciler.model.json import number, same
from reconciler.model.spec import Spec
from reconciler.repo.manifests import load
from reconciler.repo.manifests.make import make, problems
from reconciler.repo.settings.types import Settings
from reconciler.repo.tree import MissingFile
from reconciler.repo.yaml import dump
from reconciler.repo.yaml import load as load_yaml
from reconciler.repo.yaml.write import text
from tests.render.strategies import NASTY

SETTINGS = Settings(owner="acme")
CONFUSING = st.sampled_from(
    ["no", "Yes", "on", "~", "null", "0o17", "0x1F", "1e5", "12:30:45", "2024-01-01", ".5", "-", "- a", "a: b", "a #b",
     "<<", "!file x", "!!str", "&a", "*a", "%", "@", "`", "'", '"', "?", "? a", ":", "a:", "{}", "[]", " a", "a ", "=",
     "---", "...", "\\u0041", "\\", "a\r\nb\r\n", "a\rb", "\ufeffa", "no end", "\t", "𝒳" * 70, "a\x85b", "\x7f",
     "\uffff"]
)  # in columns, to be read as a table # fmt: skip
texts = st.one_of(CONFUSING, st.lists(NASTY | CONFUSING, max_size=4).map("".join), st.text(max_size=200))
numbers = st.integers(-(2**53), 2**53) | st.floats(-(2.0**53), 2.0**53).map(lambda value: number(repr(value)))
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=10,
)
objects = st.dictionaries(texts, values, max_size=4)


class Memory:
    """A tree of these files and no other."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files

    def folder_exists(self, folder: str) -> bool:
        return any(path.startswith(f"{folder}/") for path in self.files)

    def paths(self, folder: str) -> Sequence[str]:
        return sorted(path for path in self.files if path.startswith(f"{folder}/"))

    def read(self, path: str) -> bytes:
        if path not in self.files:
            raise MissingFile
        return self.files[path]

    def ignored(self, paths: Iterable[str]) -> frozenset[str]:
        return frozenset()


@settings(max_examples=400)
@given(objects)
@example({"a": [[], {}, [[1, [2]], {"b": {"c": [{"d": 1}]}}]]})
@example({"x" * 2000: {"y": 1}, "z": [{"x" * 2000: [1]}]})
def test_yaml(value: dict[str, Any]) -> None:
    """The writer and the strict reader agree about every value that is not refused."""
    spec = Spec(graph_id="g", name="n", context=value)
    document = load_yaml(dump({"context": value}).encode("utf-8", "surrogatepass"), "a.yaml")
    if problems(spec):
        return
    assert document.errors == []
    assert same(document.value, {"context": value})


@settings(max_examples=200)
@given(objects, objects, texts.filter(bool), texts)
def test_a_whole_manifest(context: dict[str, Any], metadata: dict[str, Any], name: str, description: str) -> None:
    """With prompts in files of their own: what the loader makes of it is the content, byte for byte."""
    reserved = {"reconciler", "created_by", "thread_id", "assistant_id", "run_id", "cron_id"}
    metadata = {key: value for key, value in metadata.items() if value is not None and key not in reserved}
    spec = Spec(graph_id="g", name=name[:512], description=description, context=context, metadata=metadata)
    if problems(spec):
        return
    loaded = load(Memory(make("a/b", spec, assistant_id=None, protected=False)), SETTINGS)
    assert [d for d in loaded.diagnostics if d.severity == "error"] == []
    (wanted,) = loaded.wanted
    assert same(wanted.spec.as_json(), spec.as_json())


@pytest.mark.parametrize("word", ["no", "Yes", "on", "n", "TRUE", "null", "Off"])
def test_words_that_others_read_otherwise(word: str) -> None:
    """Quoted, so that no reader of YAML 1.1 takes them for true or false."""
    assert text(word) == f'"{word}"'
