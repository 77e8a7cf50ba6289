"""If, then, else, and names: what the editor's schema is put together with."""

from __future__ import annotations

import re

from reconciler.model.json import JsonObject


def when(condition: JsonObject, then: JsonObject | None, otherwise: JsonObject | None = None) -> JsonObject:
    """A schema that is `then` where the condition holds, and else `otherwise`; None asks for nothing."""
    result: JsonObject = {"if": condition}
    if then is not None:
        result["then"] = then
    if otherwise is not None:
        result["else"] = otherwise
    return result


def present(*names: str) -> JsonObject:
    """Whether one of these fields stands there."""
    return {"required": [names[0]]} if len(names) == 1 else {"anyOf": [{"required": [name]} for name in names]}


def equal(name: str, value: str | bool) -> JsonObject:
    """Whether a field stands there with this value."""
    return {"properties": {name: {"const": value}}, "required": [name]}


def fresh(definitions: JsonObject, *parts: str) -> str:
    """A name that no definition has yet, made of these parts; it is taken with this call."""
    plain = ".".join(re.sub(r"[^A-Za-z0-9_.-]+", "-", part) for part in parts if part)
    name, number = plain, 2
    while name in definitions:
        name, number = f"{plain}.{number}", number + 1
    definitions[name] = {}
    return name


def ref(name: str) -> JsonObject:
    """A reference to a definition."""
    return {"$ref": f"#/definitions/{name}"}
