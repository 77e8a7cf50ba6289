"""Contexts for a schema: mostly as it wants them, at times not."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from reconciler.contexts.refs import target

NAMES = ("a", "b", "c", "x", "xy", "n", "tone", "steps", "model", "kind", "to", "next")
ANYTHING = st.recursive(
    st.sampled_from([None, True, False, 0, 1, 2, 3, 9, 0.5, "", "a", "ab", "abc", "small", "web", "mail"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
    max_leaves=5,
)


def contexts(schema: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Contexts of a graph with this schema."""
    return _value(schema, schema, 4).filter(lambda value: isinstance(value, dict))


def _value(node: Any, root: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    """Mostly what fits the node; the rarer, the more a schema asks for."""
    if not isinstance(node, dict) or depth == 0:
        return ANYTHING
    ways = [_fitting(node, root, depth)] * 12 + [ANYTHING]
    return st.one_of(ways)


def _fitting(node: dict[str, Any], root: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    if "$ref" in node and node["$ref"].startswith("#"):
        return _value(target(root, node["$ref"]), root, depth - 1)
    if "const" in node or "enum" in node:
        return st.sampled_from(node.get("enum", [node.get("const")]))
    for name in ("anyOf", "oneOf"):
        if name in node:
            return st.one_of([_value(one, root, depth) for one in node[name]])
    parts = [node, *node.get("allOf", ())]
    parts = [target(root, part["$ref"]) if "$ref" in part else part for part in parts]  # type: ignore[misc]  # a schema of this test
    fields = {name: child for part in parts for name, child in part.get("properties", {}).items()}
    if fields or node.get("type") == "object" or node is root:
        required = {name for part in parts for name in part.get("required", ())} & fields.keys()
        known = {name: _value(child, root, depth - 1) for name, child in fields.items()}
        return st.fixed_dictionaries(
            {name: known[name] for name in required},
            optional={name: child for name, child in known.items() if name not in required},
        ) | (st.dictionaries(st.sampled_from(NAMES), _value(node.get("additionalProperties"), root, 1), max_size=2))
    match node.get("type"):
        case "array":
            items = node.get("items")
            return st.lists(_value(items if isinstance(items, dict) else {}, root, depth - 1), max_size=3)
        case "string":
            return st.sampled_from(["", "a", "ab", "abc", "b c", "3f0f1ad6-3c5e-5a67-9d5b-2b7c4a2ef001"])
        case "integer" | "number":
            return st.sampled_from([0, 1, 2, 4, 9, 10, 0.5])
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
        case _:
            return ANYTHING
