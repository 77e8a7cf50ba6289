"""Context schemas of every kind that graphs have, for the tests of the editor's schema."""

from __future__ import annotations

from typing import Any

TEXT: dict[str, Any] = {"type": "string"}
WHOLE: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": 9}
MODEL: dict[str, Any] = {"enum": ["small", "large"]}
STAGE: dict[str, Any] = {"type": "object", "properties": {"model": MODEL, "steps": WHOLE}, "required": ["model"]}

EXACT: dict[str, dict[str, Any]] = {
    "plain fields": {"properties": {"tone": TEXT, "steps": WHOLE, "model": MODEL}, "required": ["tone"]},
    "a default is not required": {"properties": {"tone": {**TEXT, "default": "warm"}}, "required": ["tone"]},
    "pydantic": {
        "$defs": {"Stage": STAGE, "Model": MODEL},
        "type": "object",
        "properties": {
            "planner": {"$ref": "#/$defs/Stage"},
            "writer": {"$ref": "#/$defs/Stage", "description": "It writes."},
            "model": {"$ref": "#/$defs/Model", "default": "small"},
            "steps": {"anyOf": [WHOLE, {"type": "null"}], "default": None},
        },
    },
    "zod": {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "definitions": {"stage": {**STAGE, "additionalProperties": False}},
        "type": "object",
        "properties": {"stage": {"$ref": "#/definitions/stage", "type": "string"}, "n": {"type": "number"}},
        "required": ["stage"],
        "additionalProperties": False,
    },
    "bounds of draft 4": {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "properties": {
            "n": {"type": "number", "minimum": 0, "exclusiveMinimum": True, "maximum": 4},
            "m": {"minimum": 2, "exclusiveMinimum": False},
        },
    },
    "bounds": {"properties": {"n": {"exclusiveMinimum": 0, "exclusiveMaximum": 4}, "m": {"multipleOf": 2}}},
    "lists": {
        "properties": {
            "l": {"type": "array", "items": MODEL, "minItems": 1, "maxItems": 2, "uniqueItems": True},
            "t": {"type": "array", "prefixItems": [TEXT, WHOLE], "items": {"type": "boolean"}},
            "s": {"type": "array", "items": STAGE},
            "c": {"type": "array", "contains": {"const": 1}},
        },
    },
    "lists of draft 7": {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "properties": {"t": {"type": "array", "items": [TEXT, WHOLE], "additionalItems": False}},
    },
    "it holds itself": {
        "$defs": {
            "Node": {"type": "object", "properties": {"n": WHOLE, "next": {"$ref": "#/$defs/Node", "title": "x"}}}
        },
        "properties": {"root": {"$ref": "#/$defs/Node"}, "again": {"$ref": "#"}},
    },
    "forms told apart": {
        "properties": {
            "tool": {
                "anyOf": [
                    {"type": "object", "properties": {"kind": {"const": "web"}, "n": WHOLE}, "required": ["kind"]},
                    {"type": "object", "properties": {"kind": {"const": "mail"}, "to": TEXT}, "required": ["kind"]},
                    {"type": "null"},
                ]
            }
        }
    },
    "parts of one object": {
        "$defs": {"A": {"properties": {"a": WHOLE}}, "B": {"properties": {"b": TEXT}, "required": ["b"]}},
        "allOf": [{"$ref": "#/$defs/A"}, {"$ref": "#/$defs/B"}],
    },
    "more beside a reference": {
        "$defs": {"A": {"properties": {"a": WHOLE}}},
        "properties": {"o": {"$ref": "#/$defs/A", "type": "object", "properties": {"b": TEXT}, "required": ["b"]}},
    },
    "conditions": {
        "properties": {"model": MODEL, "steps": WHOLE},
        "if": {"properties": {"model": {"const": "large"}}, "required": ["model"]},
        "then": {"required": ["steps"]},
        "else": {"properties": {"tone": TEXT}},
    },
    "dependencies": {
        "properties": {"a": TEXT, "b": TEXT},
        "dependentRequired": {"a": ["b"]},
        "dependentSchemas": {"b": {"properties": {"c": WHOLE}}},
    },
    "any names": {"patternProperties": {"^x": WHOLE}, "properties": {"a": TEXT}, "additionalProperties": False},
    "names of one kind": {"type": "object", "additionalProperties": WHOLE, "minProperties": 1},
    "false and true": {"properties": {"a": True, "b": False}},
    "not": {"properties": {"a": {"not": {"type": "string"}}, "b": {"not": {"enum": [1, 2]}}}},
    "patterns": {"properties": {"a": {"type": "string", "pattern": "^[a-c]{2}$"}}},
    "names that need care": {
        "$defs": {"a/b~c": WHOLE, "ä": {"type": "object", "properties": {"x": TEXT}}},
        "properties": {"n": {"$ref": "#/$defs/a~1b~0c"}, "o": {"$ref": "#/$defs/%C3%A4"}},
    },
}
"""Both say the same of every context."""

LESS: dict[str, dict[str, Any]] = {
    "lengths": {"properties": {"a": {"type": "string", "minLength": 3, "maxLength": 5}}},
    "ids": {"properties": {"a": {"type": "string", "pattern": "^[0-9a-f-]{36}$"}, "b": {"format": "uuid"}}},
    "patterns of Python": {
        "properties": {"a": {"type": "string", "pattern": r"(?i)^\w+\Z"}},
        "patternProperties": {r"^\w$": WHOLE},
    },
    "one of": {"properties": {"a": {"oneOf": [WHOLE, {"type": "integer"}, TEXT]}}},
    "not a pattern": {"properties": {"a": {"not": {"pattern": "a"}}}},
    "conditions on a pattern": {
        "properties": {"a": TEXT, "b": TEXT},
        "if": {"properties": {"a": {"minLength": 2}}},
        "then": {"required": ["b"]},
    },
    "not a definition": {"$defs": {"A": TEXT}, "properties": {"a": {"not": {"$ref": "#/$defs/A"}}}},
    "conditions on a definition": {
        "$defs": {"A": {"required": ["a"]}},
        "properties": {"a": TEXT, "b": TEXT},
        "if": {"$ref": "#/$defs/A"},
        "then": {"required": ["b"]},
    },
    "not, in draft 4": {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "properties": {"n": {"not": {"minimum": 1, "exclusiveMinimum": True}}},
    },
    "unevaluated": {"allOf": [{"properties": {"a": TEXT}}], "unevaluatedProperties": False},
    "counted": {"properties": {"l": {"contains": {"const": 1}, "minContains": 0, "maxContains": 1}}},
    "anchors": {"$defs": {"A": {"$anchor": "here", "type": "string"}}, "properties": {"a": {"$ref": "#here"}}},
    "dynamic": {
        "$dynamicAnchor": "node",
        "properties": {"n": {"$dynamicRef": "#node"}, "a": TEXT},
    },
}
"""The editor says less: it cannot say the same, or sees something else in place of the value."""
