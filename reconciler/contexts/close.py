"""What a schema means here: a context field it does not name is an error, and one with a default is not required.

An object schema with `properties` and no `additionalProperties` is closed, at every depth; one without `properties`
is open. Where several schemas describe one object (allOf, if, properties beside anyOf), the object is closed around
what all of them name: closing each alone would refuse what the others allow.
"""

from __future__ import annotations

from reconciler.contexts.refs import target
from reconciler.model.json import Json, JsonObject

_MAPS = ("properties", "patternProperties", "$defs", "definitions")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
_SINGLES = ("items", "additionalItems", "contains", "additionalProperties", "unevaluatedProperties")
_SAYS = ("additionalProperties", "unevaluatedProperties")
_OPENED = "x-reconciler-opened"
"""Where the copies stand that describe one part of an object: like a definition, but not closed at their top."""


def close(schema: JsonObject) -> JsonObject:
    """A copy that is closed. The structure stays, so that every `$ref` still points at the same thing."""
    closer = _Closer(schema)
    result = closer.copy(schema)
    assert isinstance(result, dict)
    return result | {_OPENED: dict(closer.opened)} if closer.opened else result


class _Closer:
    def __init__(self, root: JsonObject) -> None:
        self._root = root
        self._siblings = "draft-0" not in str(root.get("$schema"))
        self.opened: JsonObject = {}

    def copy(self, node: Json, *, part: bool = False) -> Json:
        """A closed copy of a schema; of one that describes a `part` of an object, open at its top."""
        if not isinstance(node, dict):
            return node
        ref = node.get("$ref")
        if isinstance(ref, str) and not self._siblings:
            # Up to draft 7 a `$ref` hides what stands beside it.
            return self._with_ref(node, ref, part)
        joins = part or self._joins(node)
        result = dict(node)
        for name in _MAPS:
            table = node.get(name)
            if isinstance(table, dict):
                # jsonschema forgets the name of a field whose schema is `false`; `not` anything is the same.
                result[name] = {
                    key: {"not": {}} if child is False else self.copy(child) for key, child in table.items()
                }
        for name in _SINGLES:
            if name in node:
                child = node[name]
                result[name] = [self.copy(one) for one in child] if isinstance(child, list) else self.copy(child)
        for name in _LISTS:
            members = node.get(name)
            if isinstance(members, list):
                result[name] = [self.copy(one, part=joins and name != "prefixItems") for one in members]
        for name in ("then", "else"):
            if name in node:
                result[name] = self.copy(node[name], part=True)
        dependent = node.get("dependentSchemas")
        if isinstance(dependent, dict):
            result["dependentSchemas"] = {key: self.copy(one, part=True) for key, one in dependent.items()}
        if isinstance(ref, str):
            result = self._with_ref(result, ref, joins)
        self._require_less(result)
        if not part:
            self._close(node, result)
        return result

    def _close(self, node: JsonObject, result: JsonObject) -> None:
        if any(name in node for name in _SAYS):
            return
        if not self._joins(node):
            if isinstance(node.get("properties"), dict):
                result["additionalProperties"] = False
            return
        names = self._names(node, set())
        if names:
            own = result.get("properties")
            result["properties"] = dict.fromkeys(sorted(names), True) | (own if isinstance(own, dict) else {})
            result["additionalProperties"] = False

    def _joins(self, node: JsonObject) -> bool:
        """Whether several schemas describe one object together. One anyOf alone is a choice between whole ones."""
        kinds = [
            name for name in ("allOf", "anyOf", "oneOf", "$ref", "then", "else", "dependentSchemas") if name in node
        ]
        several = isinstance(node.get("allOf"), list) and len(_members(node, "allOf")) > 1
        alone = kinds in ([], ["allOf"], ["anyOf"], ["oneOf"], ["$ref"])
        return bool(kinds) and ("properties" in node or several or not alone)

    def _names(self, node: Json, seen: set[str]) -> set[str] | None:
        """Every field that a schema's parts name, or None where one of them takes any."""
        if not isinstance(node, dict):
            return set()
        if node.get("patternProperties") or any(node.get(name) not in (None, False) for name in _SAYS):
            return None
        own = node.get("properties")
        names = set(own) if isinstance(own, dict) else set()
        parts = [one for name in ("allOf", "anyOf", "oneOf") for one in _members(node, name)]
        parts += [node[name] for name in ("then", "else") if name in node]
        dependent = node.get("dependentSchemas")
        parts += dependent.values() if isinstance(dependent, dict) else ()
        ref = node.get("$ref")
        if isinstance(ref, str) and ref not in seen:
            seen.add(ref)
            parts.append(target(self._root, ref) if ref.startswith("#") else True)
        for one in parts:
            more = self._names(one, seen)
            if more is None:
                return None
            names |= more
        return names

    def _with_ref(self, node: JsonObject, ref: str, part: bool) -> JsonObject:
        if not part or not ref.startswith("#"):
            return node
        if ref not in self.opened:
            self.opened[ref] = True  # before it is made: a definition may name itself
            self.opened[ref] = self.copy(target(self._root, ref), part=True)
        escaped = ref.replace("~", "~0").replace("/", "~1").replace("%", "%25")
        return node | {"$ref": f"#/{_OPENED}/{escaped}"}

    @staticmethod
    def _require_less(node: JsonObject) -> None:
        """Zod lists fields with a default as required; servers do not enforce that (docs/server.md, S20)."""
        required, fields = node.get("required"), node.get("properties")
        if isinstance(required, list) and isinstance(fields, dict):
            node["required"] = [name for name in required if not _has_default(fields.get(str(name)))]


def _has_default(schema: Json) -> bool:
    return isinstance(schema, dict) and "default" in schema


def _members(node: JsonObject, name: str) -> list[Json]:
    members = node.get(name)
    return members if isinstance(members, list) else []
