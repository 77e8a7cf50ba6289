"""`$ref`s of a schema: they stay in the document, and nothing is ever fetched for one."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

from reconciler.model.json import Json, JsonObject


def outside(schema: JsonObject) -> list[str]:
    """The `$ref`s that leave the document, or point at nothing in it; sorted."""
    nodes = list(_objects(schema))
    ids = {value.rstrip("#") for node in nodes for name in ("$id", "id") if isinstance(value := node.get(name), str)}
    anchors = {
        f"#{value}"
        for node in nodes
        for name in ("$anchor", "$dynamicAnchor")
        if isinstance(value := node.get(name), str)
    }
    bad = set()
    for node in nodes:
        for name in ("$ref", "$dynamicRef"):
            ref = node.get(name)
            if not isinstance(ref, str) or ref in anchors:
                continue
            if ref.startswith("#"):
                if target(schema, ref) is None:
                    bad.add(ref)
            elif ref.partition("#")[0] not in ids:
                bad.add(ref)
    return sorted(bad)


def target(schema: JsonObject, ref: str) -> Json:
    """What a `#` or `#/…` points at in the document, or None."""
    if ref not in ("#", "#/") and not ref.startswith("#/"):
        return None
    node: Json = schema
    for step in unquote(ref[1:]).split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        if isinstance(node, dict):
            node = node.get(step)
        elif isinstance(node, list) and step.isdigit() and int(step) < len(node):
            node = node[int(step)]
        else:
            return None
    return node


def _objects(value: Json) -> Iterator[JsonObject]:
    todo: list[Json] = [value]
    while todo:
        node = todo.pop()
        if isinstance(node, dict):
            yield node
            # A default, an example or a constant is data: a `$ref` in it is a text.
            todo += [child for name, child in node.items() if name not in ("default", "examples", "const", "enum")]
        elif isinstance(node, list):
            todo += node
