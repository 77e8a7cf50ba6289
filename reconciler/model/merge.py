"""JSON Merge Patch (RFC 7396): how a base, a row's and a deployment's overrides come together.

A patch's null removes; it cannot say null. A list is replaced whole.
"""

from __future__ import annotations

from reconciler.model.json import Json, JsonObject, same


def merge(target: Json, patch: Json) -> Json:
    """`target` with `patch` applied. Neither is changed; parts of both are shared with the result."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merge(result.get(name), value)
    return result


def difference(before: JsonObject, after: JsonObject) -> JsonObject | None:
    """The smallest patch that makes `after` out of `before`; None where none can, since `after` holds a new null."""
    patch: JsonObject = dict.fromkeys(before.keys() - after.keys())
    for name, value in after.items():
        old = before.get(name)
        if name in before and same(old, value):
            continue
        if isinstance(value, dict):
            inner = difference(old if isinstance(old, dict) else {}, value)
            if inner is None:
                return None
            patch[name] = inner
        elif value is None:
            return None
        else:
            patch[name] = value
    return {name: patch[name] for name in sorted(patch)}
