"""The editor's schema, asked as an editor asks it: what it takes, what it calls wrong, and what it shows."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from reconciler.contexts import OPEN_FORM, UNKNOWN_FORM, dumps
from reconciler.contexts.editor import editor_schema
from reconciler.contexts.editor.patterns import portable
from reconciler.model.json import JsonObject

GOLDEN = Path(__file__).parent / "editor.json"
ID = "3f0f1ad6-3c5e-5a67-9d5b-2b7c4a2ef001"
WRITER: JsonObject = {
    "$defs": {"Tone": {"enum": ["warm", "formal"], "title": "Tone", "type": "string"}},
    "description": "What a writer is made of.",
    "properties": {
        "prompt": {"type": "string", "minLength": 20, "description": "Voice and rules."},
        "temperature": {"type": "number", "minimum": 0, "maximum": 1, "default": 0.4, "title": "Temperature"},
        "tone": {"$ref": "#/$defs/Tone", "default": "warm", "description": "How it sounds."},
        "words": {"anyOf": [{"type": "integer", "minimum": 10}, {"type": "null"}], "default": None},
        "other": {"type": "string", "pattern": "^[0-9a-f-]{36}$"},
    },
    "required": ["prompt"],
    "title": "Writer",
    "type": "object",
}
SCHEMAS: dict[str, JsonObject] = {
    "writer": WRITER,
    "free": OPEN_FORM,
    "dark": UNKNOWN_FORM,
    "needless": {"type": "object"},
}
MADE = editor_schema(
    SCHEMAS, unreadable=frozenset({"torn"}), open_graphs=frozenset({"opened"}), deployments=("staging", "production")
)
VALIDATOR = jsonschema.Draft7Validator(MADE)
PROMPT = "prompts/tweet.md"


def manifest(**fields: Any) -> dict[str, Any]:
    return {"graph_id": "writer", "name": "A", "context": {"prompt": PROMPT}, **fields}


def rows(**context: Any) -> dict[str, Any]:
    return manifest(for_each=[{"id": "a"}], context=context)


TAKEN: dict[str, dict[str, Any]] = {
    "the least": manifest(),
    "everything": manifest(
        description="", config={"recursion_limit": 1, "tags": []}, metadata={"team": "x", "n": {"a": None}}, key="a/b",
        assistant_id=ID, default=False, protected=True, ignore=["context.temperature", "description"],
        deployments=["staging"], on_drift="hold", overrides={"staging": {"context": {"temperature": None}}},
        tries=[{"name": "a", "input": {}, "expect": {"contains": "b"}}],
    ),
    "a default assistant has no name": {"graph_id": "writer", "default": True, "context": {"prompt": PROMPT}},
    "a file's text may be long enough": manifest(context={"prompt": "a.md"}),
    "a key in place of an id": manifest(context={"prompt": PROMPT, "other": "writer/tweet"}),
    "null where the schema says so": manifest(context={"prompt": PROMPT, "words": None}),
    "no context where none is needed": {"graph_id": "needless", "name": "A"},
    "an open graph": {"graph_id": "free", "name": "A", "context": {"x": [1]}},
    "a graph whose schema nobody knows": {"graph_id": "dark", "name": "A", "context": {"x": [1]}},
    "a graph that the settings open": {"graph_id": "opened", "name": "A", "context": {"x": [1]}},
    "a graph whose file cannot be read": {"graph_id": "torn", "name": "A", "context": {"x": [1]}},
    "given up": {"removed": "delete"},
    "given up here": {"removed": "keep", "deployments": ["staging"], "assistant_id": ID, "key": "a"},
    "over a base": {"extends": "../_base.yaml"},
    "over a base, with parts": {"extends": "a.yaml", "name": None, "context": {"tone": None, "temperature": 0}},
    "over a base, all removed": {"extends": "a.yaml", "graph_id": "writer", "context": None, "protected": None},
    "a default assistant over a base": {"extends": "a.yaml", "default": True, "metadata": None},
    "each deployment says the rest": manifest(
        context={}, overrides={"staging": {"context": {"prompt": PROMPT}}, "production": {"context": {"prompt": "x"}}}
    ),
    "an override of everything": manifest(overrides={"staging": {
        "graph_id": "free", "name": "B", "description": None, "context": {"x": 1}, "config": {"tags": None},
        "metadata": {"a": None}, "assistant_id": ID,
    }}),
    "others own what is required": manifest(context={}, ignore=["context.prompt"]),
    "rows in a file": {**rows(temperature="temperature"), "for_each": "_rows.yaml"},
    "rows fill in texts, numbers and words": rows(prompt="a ${b}", temperature="t", tone="tone", words="w", other="x"),
    "rows fill in a template": rows(prompt={"file": "a.md"}, tone={"file": "b.md"}),
    "rows fill in the whole": {**rows(), "context": "context", "name": "n", "graph_id": "g", "protected": "p"},
    "rows and overrides": manifest(
        context={"temperature": "t"},
        for_each=[
            {"id": "a", "t": 0.5, "overrides": {"context": {"prompt": PROMPT}, "staging": {"name": None}}},
            {"id": "b", "any": {"thing": [1]}, "assistant_id": ID, "key": "x"},
        ],
        overrides={"production": {"context": {"temperature": "t"}}},
    ),
}  # in columns, to be read as a table # fmt: skip
WRONG: dict[str, dict[str, Any]] = {
    "no graph": {"name": "A"},
    "no name": {"graph_id": "needless"},
    "a graph that there is not": {"graph_id": "wrter", "name": "A"},
    "a field that there is not": manifest(nmae="A"),
    "configurable": manifest(config={"configurable": {}}),
    "a limit of nothing": manifest(config={"recursion_limit": 0}),
    "an empty name": manifest(name=""),
    "no context": {"graph_id": "writer", "name": "A"},
    "what is required is missing": manifest(context={}),
    "a context field that there is not": manifest(context={"prompt": PROMPT, "tonne": "warm"}),
    "a number too large": manifest(context={"prompt": PROMPT, "temperature": 2}),
    "a text for a number": manifest(context={"prompt": PROMPT, "temperature": "hot"}),
    "a word that there is not": manifest(context={"prompt": PROMPT, "tone": "cold"}),
    "null for a text": manifest(context={"prompt": None}),
    "an empty text": manifest(context={"prompt": ""}),
    "a template without rows": manifest(context={"prompt": {"file": "a.md"}}),
    "null without a base": manifest(description=None),
    "an empty context": manifest(context=None),
    "null in the metadata": manifest(metadata={"a": None}),
    "an id that is none": manifest(assistant_id="3F0F1AD6-3C5E-5A67-9D5B-2B7C4A2EF001"),
    "a deployment that there is not": manifest(deployments=["stagging"]),
    "no deployment": manifest(deployments=[]),
    "an override for none": manifest(overrides={"stagging": {}}),
    "an override without a deployment": manifest(overrides={"context": {}}),
    "an override of what none may say": manifest(overrides={"staging": {"protected": True}}),
    "an override's context": manifest(overrides={"staging": {"context": {"tone": "cold"}}}),
    "an override's empty deployment": manifest(overrides={"staging": None}),
    "over a base, a word that there is not": {"extends": "a", "graph_id": "writer", "context": {"tone": "cold"}},
    "over a base, a field that there is not": {"extends": "a", "graph_id": "writer", "context": {"x": 1}},
    "rows without an id": manifest(for_each=[{"name": "a"}]),
    "no rows": manifest(for_each=[]),
    "an id with a slash": manifest(for_each=[{"id": "a/b"}]),
    "rows, and a number too large": rows(temperature=2),
    "rows, and a field that there is not": rows(tonne="x"),
    "a row's override": manifest(for_each=[{"id": "a", "overrides": {"context": {"tone": "cold"}}}]),
    "a row's override of a deployment": manifest(
        for_each=[{"id": "a", "overrides": {"staging": {"context": {"tone": "cold"}}}}]
    ),
    "content beside removed": manifest(removed="delete"),
    "another word for removed": {"removed": "yes"},
    "metadata beside default": {"graph_id": "needless", "default": True, "metadata": {}},
    "another word for on_drift": manifest(on_drift="warn"),
    "a name left to others": manifest(ignore=["name"]),
}


@pytest.mark.parametrize("value", TAKEN.values(), ids=TAKEN)
def test_no_false_alarm(value: dict[str, Any]) -> None:
    """What `validate` lets pass, as an editor sees it: a tag is its text."""
    assert [error.message for error in VALIDATOR.iter_errors(value)] == []


@pytest.mark.parametrize("value", WRONG.values(), ids=WRONG)
def test_wrong(value: dict[str, Any]) -> None:
    """What the editor underlines."""
    assert not VALIDATOR.is_valid(value)


def test_it_is_a_schema_of_draft_7() -> None:
    """The draft that yaml-language-server knows best, and no reference that leaves the file."""
    jsonschema.Draft7Validator.check_schema(MADE)
    assert MADE["$schema"] == "http://json-schema.org/draft-07/schema#"
    names = {ref.removeprefix("#/definitions/") for ref in references(MADE)}
    assert names <= MADE["definitions"].keys()  # type: ignore[operator, union-attr]  # a schema of this test
    assert "$id" not in json.dumps(MADE)


def references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [ref for child in node.values() for ref in references(child)]
    return [ref for child in node for ref in references(child)] if isinstance(node, list) else []


def test_the_file() -> None:
    """All of it; UPDATE_GOLDEN=1 writes it anew."""
    data = dumps(editor_schema({"writer": WRITER, "free": OPEN_FORM}, deployments=("staging",)))
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_bytes(data)
    assert data.decode() == GOLDEN.read_text("utf-8")


def test_the_same_schemas_give_the_same_bytes() -> None:
    """In whatever order they and their keys are read."""

    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: turned(value[name]) for name in reversed(value)}
        return value

    again = editor_schema(
        turned(SCHEMAS),
        unreadable=frozenset({"torn"}),
        open_graphs=frozenset({"opened"}),
        deployments=("staging", "production"),
    )
    assert dumps(again) == dumps(MADE)


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ({"type": "number", "minimum": 0, "maximum": 1, "default": 0.4}, "Default: 0.4. From 0 to 1."),
        ({"description": "Warmth.", "default": "warm"}, "Warmth.\n\nDefault: warm."),
        ({"exclusiveMinimum": 0}, "Above 0."),
        ({"minLength": 3, "type": "string"}, "Characters: at least 3."),
        ({"minItems": 1, "maxItems": 4, "uniqueItems": True}, "Items: 1 to 4. No item twice."),
        ({"anyOf": [{"minimum": 1}, {"type": "null"}], "default": None}, "Default: null. At least 1."),
        ({"format": "email", "pattern": "^a+$"}, "Pattern: ^a+$. Format: email."),
        ({"multipleOf": 0.5, "deprecated": True}, "Deprecated. A multiple of 0.5."),
        ({"default": "x" * 300}, f"Default: {'x' * 199}…."),
        ({"default": {"a": [1]}}, 'Default: {"a": [1]}.'),
        ({"default": ""}, 'Default: "".'),
    ],
)
def test_what_is_shown_of_a_field(field: JsonObject, expected: str) -> None:
    """Its description, default and bounds, in words."""
    shown: Any = editor_schema({"writer": {"properties": {"a": field}}})
    assert shown["definitions"]["writer.whole"]["properties"]["a"]["description"] == expected


def test_a_schema_that_is_none_is_like_an_open_one() -> None:
    """`validate` says what is wrong with it; the editor goes on with the others."""
    for broken in ({"type": 3}, {"$ref": "https://example.com/x.json"}, {"$ref": "#/$defs/gone"}):
        validator = jsonschema.Draft7Validator(editor_schema({"writer": broken, "other": WRITER}))
        assert validator.is_valid({"graph_id": "writer", "name": "A", "context": {"x": 1}})
        assert not validator.is_valid({"graph_id": "other", "name": "A", "context": {"x": 1}})


CHOICE: JsonObject = {
    "properties": {
        "tool": {
            "oneOf": [
                {"type": "object", "properties": {"kind": {"const": "web"}, "n": {"type": "integer"}}},
                {"type": "object", "properties": {"kind": {"const": "mail"}, "to": {"type": "string"}}},
            ]
        }
    }
}
DRAFT_4: JsonObject = {
    "$schema": "http://json-schema.org/draft-04/schema#",
    "properties": {"n": {"type": "number", "minimum": 0, "exclusiveMinimum": True}},
}
UNICODE: JsonObject = {"properties": {"a": {}}, "patternProperties": {r"^\w$": {"type": "integer"}}}


@pytest.mark.parametrize(
    ("schema", "context", "fields", "taken"),
    [
        (CHOICE, {"tool": {"kind": "mail", "to": "a", "n": None}}, {"extends": "a"}, True),
        (CHOICE, {"tool": {"kind": "mail", "to": "a", "n": 1}}, {"extends": "a"}, False),
        (CHOICE, {"tool": {"kind": "mail", "n": 1}}, {}, False),
        (DRAFT_4, {"n": 0}, {}, False),
        (DRAFT_4, {"n": 0.5}, {}, True),
        (UNICODE, {"é": 1}, {}, True),
        (UNICODE, {"é": "x"}, {}, True),
    ],
)
def test_of_some_schemas(schema: JsonObject, context: Any, fields: dict[str, Any], taken: bool) -> None:
    """A patch may remove what another form had; a bound is as its draft says; what an editor misreads is let pass."""
    validator = jsonschema.Draft7Validator(editor_schema({"writer": schema}))
    assert validator.is_valid(manifest(context=context, **fields)) is taken


def test_a_schema_that_goes_round_in_a_circle() -> None:
    """It ends, and says nothing of that field."""
    loop: JsonObject = {"$defs": {"A": {"$ref": "#/$defs/A"}}, "properties": {"a": {"$ref": "#/$defs/A"}}}
    validator = jsonschema.Draft7Validator(editor_schema({"writer": loop}))
    assert validator.is_valid({"graph_id": "writer", "name": "A", "context": {"a": 1}})


def test_deployments_with_a_schema_of_their_own() -> None:
    """A manifest may be for one of them only: a context is to fit one schema."""
    own: JsonObject = {"properties": {"colour": {"type": "string"}}}
    validator = jsonschema.Draft7Validator(editor_schema({"writer": WRITER}, own=[{"writer": own}]))
    assert validator.is_valid(manifest())
    assert validator.is_valid(manifest(context={"colour": "red"}))
    assert not validator.is_valid(manifest(context={"colour": "red", "prompt": PROMPT}))


def test_names_of_graphs_do_not_meet() -> None:
    """A graph may be called like a definition of another one, or of the manifest's."""
    one, two = {"properties": {"a": {"type": "integer"}}}, {"properties": {"b": {"type": "integer"}}}
    names = ("writer", "writer.whole", "manifest.whole", "override.row", "manifest", "a/b", "ä ö")
    made = editor_schema({name: (one if number % 2 else two) for number, name in enumerate(names)})
    validator = jsonschema.Draft7Validator(made)
    for number, name in enumerate(names):
        known, unknown = ("a", "b") if number % 2 else ("b", "a")
        assert validator.is_valid({"graph_id": name, "name": "A", "context": {known: 1}})
        assert not validator.is_valid({"graph_id": name, "name": "A", "context": {unknown: 1}})


def test_many_references_stay_few() -> None:
    """Each definition twice in the one above it: the file grows with their number, not with the ways through them."""
    schema: JsonObject = {"$defs": {}, "properties": {"a": {"$ref": "#/$defs/D0", "title": "x"}}}
    for number in range(30):
        below = {"$ref": f"#/$defs/D{number + 1}"}
        fields = {"a": {**below, "title": "one"}, "b": {**below, "title": "two"}}
        schema["$defs"][f"D{number}"] = {"type": "object", "properties": fields}  # type: ignore[index, call-overload]  # a schema of this test
    schema["$defs"]["D30"] = {"type": "string"}  # type: ignore[index, call-overload]  # a schema of this test
    assert len(dumps(editor_schema({"writer": schema}))) < 400_000


def test_schemas_within_schemas() -> None:
    """A long chain of definitions is followed to its end, and a deep nest as far as a context may be looked into."""
    chain: JsonObject = {
        f"D{n}": {"type": "object", "properties": {"a": {"$ref": f"#/$defs/D{n + 1}"}}} for n in range(300)
    }
    validator = jsonschema.Draft7Validator(editor_schema({"writer": {"$defs": {**chain, "D300": {}}, **chain["D0"]}}))  # type: ignore[dict-item]  # a schema of this test
    assert validator.is_valid(manifest(context=nested(40, {})))
    assert not validator.is_valid(manifest(context=nested(40, {"b": 1})))
    deep: JsonObject = {"type": "integer"}
    for _ in range(300):
        deep = {"type": "object", "properties": {"a": deep}}
    validator = jsonschema.Draft7Validator(editor_schema({"writer": deep}))
    assert not validator.is_valid(manifest(context=nested(10, {"b": 1})))
    assert validator.is_valid(manifest(context=nested(90, {})))


def nested(depth: int, value: Any) -> Any:
    for _ in range(depth):
        value = {"a": value}
    return value


def test_a_pattern_that_tries_for_ever() -> None:
    """It is asked for a second whether it takes an id, and then taken to."""
    schema: JsonObject = {"properties": {"other": {"type": "string", "pattern": "([0-9a-f-]+)+x"}}}
    made: Any = editor_schema({"writer": schema})
    assert made["definitions"]["writer.whole"]["properties"]["other"]["pattern"].startswith("(?:([0-9a-f-]+)+x)|")


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("^[a-z]{2}", "^[a-z]{2}"),
        ("^[a-z]{2}$", "^[a-z]{2}\\n?$"),
        (r"^a\$", r"^a\$"),
        (r"a|b", "a|b"),
        (r"^(?:a|b)\d?", None),
        (r"^(?=a)", "^(?=a)"),
        (r"\w", None),
        (r"\\w", r"\\w"),
        (r"(?i)a", None),
        (r"(?P<n>a)", None),
        (r"a\Z", None),
        (r"a++", None),
        (r"^a$|^b$", None),
        (r"[", None),
    ],
)
def test_patterns_that_both_read_alike(pattern: str, expected: str | None) -> None:
    """Python's `\\w` knows all of Unicode, and its `$` stands before a last line break too; an editor's do not."""
    assert portable(pattern) == expected
