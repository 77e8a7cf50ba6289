"""Reading and replacing one value deep in a JSON object, without changing the object that was given."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.model.change import ABSENT, Value
from reconciler.model.json import JsonObject
from reconciler.model.wanted import FieldPath


def get(tree: JsonObject, path: FieldPath) -> Value:
    """The value at `path`, or ABSENT."""
    head, rest = str(path[0]), path[1:]
    if head not in tree:
        return ABSENT
    value = tree[head]
    if not rest:
        return value
    return get(value, rest) if isinstance(value, dict) else ABSENT


def put(tree: JsonObject, path: FieldPath, value: Value) -> JsonObject:
    """A copy of `tree` with `value` at `path`; ABSENT removes it. Objects on the way are made where they are missing,
    but nothing that is not an object is replaced by one."""
    head, rest = str(path[0]), path[1:]
    if not rest:
        kept = {name: old for name, old in tree.items() if name != head}
        return kept if value is ABSENT else kept | {head: value}
    inner = tree.get(head)
    if not isinstance(inner, dict):
        if inner is not None or head in tree or value is ABSENT:
            return tree
        inner = {}
    return tree | {head: put(inner, rest, value)}


def without(tree: JsonObject, paths: Iterable[FieldPath]) -> JsonObject:
    """A copy of `tree` in which none of `paths` has a value. An object emptied by that goes too, so that
    having nothing there and having an empty object there are the same."""
    for path in paths:
        tree = _without(tree, path)
    return tree


def _without(tree: JsonObject, path: FieldPath) -> JsonObject:
    head, rest = str(path[0]), path[1:]
    if head not in tree:
        return tree
    inner = tree[head]
    kept = {name: old for name, old in tree.items() if name != head}
    if not rest:
        return kept
    if not isinstance(inner, dict):
        return tree
    smaller = _without(inner, rest)
    return kept | {head: smaller} if smaller else kept
