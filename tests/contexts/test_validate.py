"""All contexts against all schemas: outcomes by name, and schemas that cannot be used."""

from __future__ import annotations

import importlib
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reconciler.contexts import OPEN_FORM, validate
from reconciler.contexts.budget import OutOfTime, budget

from .conftest import locate, said, wanted

validate_module = importlib.import_module("reconciler.contexts.validate")

TONE: dict[str, Any] = {"properties": {"tone": {"enum": ["warm"]}}, "required": ["tone"]}


def test_each_error_has_its_key_and_place() -> None:
    """An unknown field is shown at its name, a wrong value at the value."""
    several = [wanted({"tone": "sad"}, key="b"), wanted({"tone": "warm", "x": 1}, key="a")]
    found = validate(several, {"writer": TONE}, frozenset(), locate)
    assert [(d.key, d.path, d.line, d.column, d.severity) for d in found] == [
        ("a", "assistants/a.yaml", 1, 2, "error"),
        ("b", "assistants/b.yaml", 1, 1, "error"),
    ]


def test_a_schema_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """For all of its graph's assistants: jsonschema reads the schema itself each time that it is."""
    built: list[object] = []
    build = validate_module.build
    monkeypatch.setattr(validate_module, "build", lambda schema: built.append(schema) or build(schema))
    several = [wanted({"tone": "sad"}, key=f"a{number}") for number in range(20)]
    assert len(validate(several, {"writer": TONE}, frozenset(), locate)) == 20
    assert len(built) == 1


def test_a_graph_without_a_file_is_told_once() -> None:
    """schema_absent: with the nearest name and what writes it."""
    several = [wanted({}, graph="writr", key=key) for key in "abc"]
    (found,) = validate(several, {"writer": TONE}, frozenset(), locate)
    assert (found.severity, found.code, found.key) == ("error", "schema-absent", "a")
    assert "3 manifests" in found.message
    assert "`writer`" in str(found.hint)
    assert "reconciler schemas pull" in str(found.hint)


def test_a_file_that_could_not_be_read_is_not_called_absent() -> None:
    """Its own error says what is wrong; a second one would only confuse."""
    found = validate([wanted({})], {}, frozenset(), locate, paths={"writer": "schemas/writer.json"})
    assert found == []


def test_a_graph_that_declares_no_schema_is_one_warning() -> None:
    """Its contexts are not checked, and that is said once."""
    (found,) = validate([wanted({"x": 1}, key=k) for k in "ab"], {"writer": OPEN_FORM}, frozenset(), locate)
    assert (found.severity, found.code, found.path) == ("warning", "schema-open", "schemas/writer.json")


def test_a_graph_opened_in_the_settings_is_not_checked() -> None:
    """Neither its contexts nor whether it has a file; without a word."""
    for schemas in ({}, {"writer": TONE}, {"writer": OPEN_FORM}):
        assert validate([wanted({"x": 1})], schemas, frozenset({"writer"}), locate) == []


def test_a_field_left_to_others_may_be_missing() -> None:
    """`ignore` hands it over, a required one too; what the manifest does give is checked."""
    assert validate([wanted({}, ignore=(("context", "tone"),))], {"writer": TONE}, frozenset(), locate) == []
    found = validate([wanted({"tone": "sad"}, ignore=(("context", "tone"),))], {"writer": TONE}, frozenset(), locate)
    assert [d.code for d in found] == ["context-enum"]


@pytest.mark.parametrize(
    "ref",
    [
        "file:///etc/passwd",
        "https://schemas.example.com/x.json",
        "other.json",
        "../writer.json#/$defs/A",
        "http://json-schema.org/draft-07/schema#",
        "#/$defs/Missing",
        "#missing",
    ],
)
def test_a_ref_that_leaves_the_document_is_an_error(ref: str, no_network: None) -> None:
    """Nothing is fetched, no file and no address; it is found also where no context reaches it."""
    schema = {"properties": {"tone": {"items": {"$ref": ref}}}}
    for context in ({}, {"tone": [1]}):
        (one,) = said(schema, context)
        assert one.startswith("schema-ref: ")
        assert ref in one


def test_refs_within_the_document_are_followed() -> None:
    """By pointer, by anchor and by the document's own ids."""
    schema = {
        "$id": "https://acme.example/writer",
        "properties": {
            "a": {"$ref": "#/$defs/A"},
            "b": {"$ref": "#it"},
            "c": {"$ref": "https://acme.example/writer#/$defs/A"},
        },
        "$defs": {"A": {"type": "integer", "$anchor": "it"}},
    }
    assert [one.split("`")[1] for one in said(schema, {"a": "x", "b": "x", "c": "x"})] == ["a", "b", "c"]


def test_a_ref_in_data_is_no_ref() -> None:
    """A default or an example may hold any text."""
    assert (
        said({"properties": {"a": {"default": {"$ref": "https://x.example"}, "examples": [{"$ref": "x"}]}}}, {}) == []
    )


def test_a_circle_of_refs_ends() -> None:
    """It is the schema that is wrong."""
    (one,) = said({"$ref": "#/$defs/A", "$defs": {"A": {"$ref": "#/$defs/B"}, "B": {"$ref": "#/$defs/A"}}}, {"a": 1})
    assert one.startswith("schema-loop: ")


def test_what_is_no_schema_is_named_with_its_place() -> None:
    """Not a traceback of the library."""
    (one,) = said({"properties": {"tone": {"type": "strin"}}}, {})
    assert one.startswith("schema-invalid: schema of graph `writer`: not a JSON Schema, at properties/tone/type")


def test_a_pattern_that_tries_for_ever_is_stopped() -> None:
    """The budget ends it, and the other graphs are checked all the same."""
    slow = {"properties": {"p": {"pattern": "^(a+)+$"}}}
    several = [wanted({"p": "a" * 40 + "!"}, graph="slow", key="s"), wanted({}, key="w")]
    start = time.monotonic()
    found = validate(several, {"slow": slow, "writer": TONE}, frozenset(), locate, seconds=0.2)
    assert [(d.code, d.key) for d in found] == [("context-missing", "w"), ("schema-time", "s")]
    assert time.monotonic() - start < 2


def test_a_context_a_hundred_deep_is_checked() -> None:
    """The interpreter's recursion limit is no limit of ours, also where each level is composed several times over."""
    context: dict[str, Any] = {"x": 1}
    for _ in range(98):
        context = {"n": context}
    node: dict[str, Any] = {"$ref": "#/$defs/N"}
    for keyword in ("allOf", "oneOf", "anyOf", "allOf", "oneOf", "anyOf"):
        node = {keyword: [node]}
    (one,) = said({"$ref": "#/$defs/N", "$defs": {"N": {"properties": {"n": node}}}}, context)
    assert one.startswith("context-unknown: context field `n.n.n")


def test_the_budget_leaves_timers_as_they_were() -> None:
    """A timer of somebody else's goes on, and so does its handler."""
    with budget(50):
        with pytest.raises(OutOfTime):
            _wait_within_a_budget()
        assert 40 < signal.getitimer(signal.ITIMER_REAL)[0] <= 50
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


def test_outside_the_main_thread_it_works_without_a_budget() -> None:
    """Signals belong to the main thread."""
    result: list[str] = []
    thread = threading.Thread(target=lambda: result.extend(said(TONE, {})))
    thread.start()
    thread.join()
    assert result == ["context-missing: context field `tone` is missing"]


def test_a_thousand_contexts_are_quick() -> None:
    """One validator a graph."""
    several = [wanted({"tone": "warm"}, key=f"a{n}") for n in range(1000)]
    start = time.monotonic()
    assert validate(several, {"writer": TONE}, frozenset(), locate) == []
    assert time.monotonic() - start < 2


def test_jsonschema_is_imported_late() -> None:
    """Commands that validate nothing do not pay for it."""
    code = "import sys, reconciler.contexts, reconciler.repo.manifests; assert 'jsonschema' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def _wait_within_a_budget() -> None:
    with budget(0.01):
        time.sleep(5)


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails whoever opens a socket or a file address."""

    def refuse(*_: object, **__: object) -> Callable[..., None]:
        raise AssertionError("something was fetched")

    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("urllib.request.urlopen", refuse)
