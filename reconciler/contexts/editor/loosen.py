"""A node that takes more than it says: null where it is merged over something, a text where rows fill it in."""

from __future__ import annotations

from reconciler.model.json import Json, JsonObject

_OF_TEXTS = ("minLength", "maxLength", "pattern", "patternErrorMessage")
_OF_LISTS = ("uniqueItems", "contains")
_OF_OBJECTS = ("properties", "patternProperties", "additionalProperties", "required", "propertyNames")

_FILE: JsonObject = {"type": "string", "description": "A file of the repository, as a template."}


def nullable(node: JsonObject) -> JsonObject:
    """The node with null besides."""
    result = dict(node)
    if "type" in result:
        types = _types(result)
        result["type"] = types if "null" in types else [*types, "null"]
    if "const" in result:
        result["enum"] = [result.pop("const")]
    enum = result.get("enum")
    if isinstance(enum, list) and None not in enum:
        result["enum"] = [*enum, None]
    return result


def loosened(node: JsonObject) -> JsonObject:
    """The node with any text besides, and with `{file: PATH}` where it takes a text: `!template {file: PATH}`."""
    result = {name: value for name, value in node.items() if name not in (*_OF_TEXTS, *_OF_LISTS)}
    known = [result.pop("const")] if "const" in result else _list(result.pop("enum", None))
    types = _types(result) if "type" in result else []
    if not types and not known:
        return _untyped(result)
    objects = "object" in types or any(isinstance(one, dict) for one in known)
    texts = "string" in types or (not types and any(isinstance(one, str) for one in known))
    more = ["string"]
    if texts and not objects and not any(name in result for name in _OF_OBJECTS):
        more.append("object")
        result |= {
            "properties": {"file": dict(_FILE)},
            "required": ["file"],
            "additionalProperties": False,
        }
    if types:
        result["type"] = [*types, *(one for one in more if one not in types)]
    if known:
        either: Json = [{"enum": known}, {"type": [*more]}]
        if "anyOf" in result:
            result["allOf"] = [*_list(result.get("allOf")), {"anyOf": either}]
        else:
            result["anyOf"] = either
    return result


def _untyped(node: JsonObject) -> JsonObject:
    """A node that says nothing of kinds takes texts as they are; what it says of objects lets `{file: PATH}` pass."""
    result = {name: value for name, value in node.items() if name not in ("required", "propertyNames", "minProperties")}
    fields = result.get("properties")
    if result.get("additionalProperties") is False:
        result["properties"] = {"file": dict(_FILE), **(fields if isinstance(fields, dict) else {})}
    return result


def _types(node: JsonObject) -> list[Json]:
    types = node["type"]
    return list(types) if isinstance(types, list) else [types]


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
