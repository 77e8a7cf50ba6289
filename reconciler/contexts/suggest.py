"""What a new context can begin with: the fields that a schema names, each with a value where it gives one.

A value comes from the schema itself: its default, its constant, the first of its choices. What it leaves open stays
open: None stands there, which `validate` names, so that nothing that was made up reaches a server.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from reconciler.contexts.phrases import type_words
from reconciler.contexts.refs import target
from reconciler.model.json import Json, JsonObject

DEEPEST = 6
"""Levels of objects for which a value is made up of its parts; a schema may name itself."""

LONG = 80
"""Characters of a default from which it is a text to write, as a prompt is."""


class Field(Struct, frozen=True, kw_only=True):
    """One field of a context. `is_open`: the schema gives no value, so `value` is, or holds, None where one is to be
    put in. `is_prompt`: a text that is written in a file of its own. `kind` says in words what it takes."""

    name: str
    value: Json
    is_open: bool
    is_required: bool
    is_prompt: bool
    description: str
    kind: str


def suggest(schema: JsonObject) -> list[Field]:
    """The fields of a context schema, the required ones first, each group in the schema's order. A field with a
    default is not required, whatever the schema lists (docs/server.md, S20)."""
    top = _whole(schema, schema)
    fields = [_field(schema, name, node, name in top.required) for name, node in top.fields.items()]
    return sorted(fields, key=lambda field: not field.is_required)


class _Object(Struct, frozen=True):
    fields: dict[str, Json]
    required: frozenset[str]


def _whole(root: JsonObject, node: Json, depth: int = 0) -> _Object:
    """All that an object schema and its parts name. Of several choices the first object counts."""
    fields: dict[str, Json] = {}
    required: set[str] = set()
    for part in _parts(root, node, depth):
        listed, own = part.get("required"), part.get("properties")
        fields |= {name: child for name, child in own.items() if name not in fields} if isinstance(own, dict) else {}
        required |= {name for name in listed if isinstance(name, str)} if isinstance(listed, list) else set()
    # What is required and named nowhere is open to any value.
    fields |= dict.fromkeys(sorted(required - fields.keys()), True)
    return _Object(fields, frozenset(name for name in required if not _says_default(root, fields[name])))


def _parts(root: JsonObject, node: Json, depth: int, seen: frozenset[str] = frozenset()) -> Iterator[JsonObject]:
    """A schema and those that hold beside it: what it refers to, all of `allOf`, the first of a choice."""
    if not isinstance(node, dict) or depth > DEEPEST:
        return
    yield node
    ref = node.get("$ref")
    if isinstance(ref, str) and ref not in seen:
        yield from _parts(root, target(root, ref), depth + 1, seen | {ref})
    several = node.get("allOf")
    for part in several if isinstance(several, list) else ():
        yield from _parts(root, part, depth + 1, seen)
    for name in ("anyOf", "oneOf"):
        choice = _first(root, node.get(name), depth)
        if choice is not None:
            yield from _parts(root, choice, depth + 1, seen)


def _first(root: JsonObject, choices: Json, depth: int) -> Json:
    """The first choice that is not null; null where there is no other."""
    if not isinstance(choices, list) or not choices:
        return None
    for choice in choices:
        if not any(part.get("type") == "null" for part in _parts(root, choice, depth + 1)):
            return choice
    return choices[0]


def _field(root: JsonObject, name: str, node: Json, required: bool) -> Field:
    parts = list(_parts(root, node, 0))
    value, is_open = _value(root, node, 0)
    kind = next((part["type"] for part in parts if "type" in part), None)
    described = (part["description"] for part in parts if isinstance(part.get("description"), str))
    closed = any(word in part for part in parts for word in ("enum", "const"))
    long = isinstance(value, str) and ("\n" in value or len(value) > LONG)
    marked = any(part.get("langgraph_type") == "prompt" for part in parts) or "prompt" in name.lower()
    takes_text = kind == "string" or (isinstance(kind, list) and "string" in kind)
    return Field(
        name=name,
        value=value,
        is_open=is_open,
        is_required=required,
        is_prompt=(long or (marked and takes_text and (is_open or isinstance(value, str)))) and not closed,
        description=str(next(described, "")),
        kind=" or ".join(type_words(kind)) if kind is not None else "any value",
    )


def _value(root: JsonObject, node: Json, depth: int, within: frozenset[str] = frozenset()) -> tuple[Json, bool]:
    """A value that the schema itself gives, or None; and whether there is anything left to put in."""
    parts = list(_parts(root, node, depth))
    refs = {ref for part in parts if isinstance(ref := part.get("$ref"), str)}
    for word in ("default", "const"):
        for part in parts:
            if word in part:
                return part[word], False
    for part in parts:
        choices = part.get("enum")
        if isinstance(choices, list) and choices:
            return choices[0], False
    kind = next((part["type"] for part in parts if "type" in part), None)
    match kind[0] if isinstance(kind, list) and kind else kind:
        case "boolean":
            return False, False
        case "array" if not any(part.get("minItems") for part in parts):
            return [], False
        case "object" if depth <= DEEPEST and not refs & within:
            whole = _whole(root, node, depth)
            if not whole.required and any(part.get("minProperties") for part in parts):
                return None, True
            made = {name: _value(root, whole.fields[name], depth + 1, within | refs) for name in sorted(whole.required)}
            return {name: value for name, (value, _) in made.items()}, any(is_open for _, is_open in made.values())
        case _:
            return None, True


def _says_default(root: JsonObject, node: Json) -> bool:
    return isinstance(node, dict) and "default" in node
