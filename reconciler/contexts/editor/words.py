"""What an editor shows of a field when the mouse rests on it: its description, default and bounds, in plain text."""

from __future__ import annotations

import json
from collections.abc import Iterator

from reconciler.model.json import Json, JsonObject

_LONGEST = 200
_MOST = 20


def explained(node: JsonObject, field: str | None, *, values: bool) -> JsonObject:
    """`title`, `description`, `default`, `examples` of a schema's node. `values`: the description lists the values
    of an enum, because the editor will not."""
    result: JsonObject = {}
    title = node.get("title")
    if isinstance(title, str) or field is not None:
        result["title"] = title if isinstance(title, str) else field
    said = node.get("description")
    parts = [said.strip()] if isinstance(said, str) and said.strip() else []
    facts = [*_facts(node, values=values)]
    if facts:
        parts.append(" ".join(f"{fact}." for fact in facts))
    if parts:
        result["description"] = "\n\n".join(parts)
    if "default" in node:
        result["default"] = node["default"]
    for name in ("examples", "enumDescriptions"):
        if isinstance(node.get(name), list):
            result[name] = node[name]
    return result


def only_form(node: JsonObject) -> JsonObject | None:
    """The only form beside null that a value may have, of `int | None`; None where there are none, or several."""
    for name in ("anyOf", "oneOf"):
        forms = node.get(name)
        if isinstance(forms, list):
            real = [form for form in forms if isinstance(form, dict) and form.get("type") != "null"]
            return real[0] if len(real) == 1 else None
    return None


def _facts(node: JsonObject, *, values: bool) -> Iterator[str]:
    if "default" in node:
        yield f"Default: {_show(node['default'])}"
    if node.get("deprecated") is True:
        yield "Deprecated"
    yield from _limits(_one(node), values=values)


def _one(node: JsonObject) -> JsonObject:
    """The node, with what its only form says."""
    form = only_form(node)
    return node if form is None else node | form


def _limits(node: JsonObject, *, values: bool) -> Iterator[str]:
    enum = node.get("enum")
    if values and isinstance(enum, list):
        more = f" and {len(enum) - _MOST} more" if len(enum) > _MOST else ""
        yield f"One of {', '.join(map(_show, enum[:_MOST]))}{more}"
    yield from _range(node.get("minimum"), node.get("maximum"), "From {} to {}", "At least {}", "At most {}")
    yield from _range(
        _number(node.get("exclusiveMinimum")),
        _number(node.get("exclusiveMaximum")),
        "Above {} and below {}",
        "Above {}",
        "Below {}",
    )
    for low, high, noun in (("minLength", "maxLength", "Characters"), ("minItems", "maxItems", "Items")):
        yield from _range(
            node.get(low), node.get(high), f"{noun}: {{}} to {{}}", f"{noun}: at least {{}}", f"{noun}: at most {{}}"
        )
    if _number(node.get("multipleOf")) is not None:
        yield f"A multiple of {_show(node['multipleOf'])}"
    if node.get("uniqueItems") is True:
        yield "No item twice"
    for name in ("pattern", "format"):
        if isinstance(node.get(name), str):
            yield f"{name.capitalize()}: {_cut(str(node[name]))}"


def _range(low: Json, high: Json, both: str, least: str, most: str) -> Iterator[str]:
    if low is not None and high is not None:
        yield both.format(_show(low), _show(high))
    elif low is not None:
        yield least.format(_show(low))
    elif high is not None:
        yield most.format(_show(high))


def _number(value: Json) -> Json:
    """Up to draft 4 an exclusive bound is a flag."""
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _show(value: Json) -> str:
    return _cut(value if isinstance(value, str) and value.isprintable() and value else json.dumps(value))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
