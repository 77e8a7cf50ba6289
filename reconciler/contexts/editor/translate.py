"""A closed context schema (contexts/close.py), of whatever draft -> definitions of the editor's schema, draft 7.

Draft 7 and short `$ref`s are what every yaml-language-server reads; a schema embedded with its own `$id` is not. Where
draft 7 cannot say the same, or an editor would read it otherwise than `validate` does, the editor says less, never
more: what it calls wrong is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from reconciler.contexts.editor.branch import fresh
from reconciler.contexts.editor.branch import ref as to
from reconciler.contexts.editor.loosen import loosened, nullable
from reconciler.contexts.editor.mode import Mode
from reconciler.contexts.editor.patterns import portable, with_keys
from reconciler.contexts.editor.words import explained, only_form
from reconciler.contexts.refs import target
from reconciler.model.json import Json, JsonObject, canonical

_SAID = frozenset(("title", "description", "default", "examples", "deprecated"))
_STRUCTURE = frozenset(("$schema", "$id", "id", "$comment", "$anchor", "$defs", "definitions", "x-reconciler-opened"))
_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_EXACT = frozenset((*_SAID, *_NUMBERS, "type", "enum", "const", "required"))
"""Keywords that mean the same in every draft, and are not said with less strictness here."""

_DEEPEST = 50
"""How many schemas may stand in each other; what is in the last one may be anything."""

NEVER: JsonObject = {"not": {}}


class Translator:
    """Of one schema. Its definitions go into `definitions`, under names that begin with `name`.

    `tags`: whether `!file` and `!ref` may stand in place of its texts.
    """

    def __init__(self, schema: JsonObject, name: str, definitions: JsonObject, *, tags: bool = True) -> None:
        self._schema = schema
        self._name = name
        self._definitions = definitions
        self._tags = tags
        self._names: dict[tuple[str, bytes, Mode, bool], str] = {}
        self._waiting: list[tuple[str, JsonObject, Mode, bool]] = []
        draft = str(schema.get("$schema"))
        self._depth = 0
        self._siblings = "draft-0" not in draft
        self._flags = "draft-04" in draft

    def root(self, mode: Mode) -> JsonObject:
        """A reference to the whole schema."""
        whole = self._named("#", self._schema, mode)
        while self._waiting:
            name, node, its_mode, choice = self._waiting.pop()
            self._definitions[name] = self.node(node, its_mode, choice=choice)
        return whole

    def node(self, node: Json, mode: Mode, field: str | None = None, *, choice: bool = False) -> JsonObject:
        """One node. `field` is the name of the field that it describes; `choice`: it is one of several forms."""
        if not isinstance(node, dict):
            return dict(NEVER) if node is False else {}
        if node == NEVER:
            return dict(NEVER)
        if self._depth == _DEEPEST:
            return {}
        self._depth += 1
        result = self._node(node, mode, field, choice)
        self._depth -= 1
        return result

    def _node(self, node: JsonObject, mode: Mode, field: str | None, choice: bool) -> JsonObject:
        node = {name: value for name, value in node.items() if name not in _STRUCTURE}
        if "$dynamicRef" in node or "$recursiveRef" in node:
            return {}
        if isinstance(node.get("$ref"), str):
            return self._reference(node, mode, field, choice)
        result = explained(node, field, values=mode.loose)
        for part in (self._value(node), self._text(node), self._list(node, mode), self._object(node, mode, choice)):
            result |= part
        result |= self._forms(node, mode, result)
        if mode.patch:
            result = nullable(result)
        return loosened(result) if mode.loose else result

    def _reference(self, node: JsonObject, mode: Mode, field: str | None, choice: bool) -> JsonObject:
        """A `$ref`; what stands beside it is laid over what it names, where that is possible."""
        ref = str(node["$ref"])
        beside = {name: value for name, value in node.items() if name != "$ref"}
        if not self._siblings:
            beside = {name: value for name, value in beside.items() if name in _SAID}
        named = self._target(ref)
        if named is None:
            return self.node(beside, mode, field)
        if not beside:
            return self._named(ref, named, mode, choice)
        if not (named.keys() & beside.keys()) - _SAID - _STRUCTURE:
            merged = {**named, **({"title": field} if field is not None else {}), **beside}
            if not any(isinstance(value, dict) or _has_objects(value) for value in named.values()):
                return self.node(merged, mode, field)
            return self._named(f"{ref}/{field or 'and'}", merged, mode, choice, beside)
        result = self.node(beside, mode, field, choice=choice)
        own = result.get("allOf")
        return result | {"allOf": [self._named(ref, named, mode, choice), *(own if isinstance(own, list) else [])]}

    def _target(self, ref: str) -> JsonObject | None:
        """What a reference names in the end; None where that is nothing, or no object."""
        seen: set[str] = set()
        while ref not in seen:
            seen.add(ref)
            found = target(self._schema, ref)
            if not isinstance(found, dict):
                return None
            rest = found.keys() - _STRUCTURE
            if rest != {"$ref"} or not isinstance(found["$ref"], str):
                return found
            ref = found["$ref"]
        return None

    def _named(
        self, ref: str, node: JsonObject, mode: Mode, choice: bool = False, beside: JsonObject | None = None
    ) -> JsonObject:
        at = (ref, canonical(beside or {}), mode, choice and mode.patch)
        if at not in self._names:
            last = "" if ref == "#" else re.split("/|~1", ref)[-1]
            self._names[at] = fresh(self._definitions, self._name, mode.word, last)
            # Not at once: it may name itself, and a chain of them may be long.
            self._waiting.append((self._names[at], node, mode, choice))
        return to(self._names[at])

    def _value(self, node: JsonObject) -> JsonObject:
        result: JsonObject = {name: node[name] for name in ("type", "enum", "const") if name in node}
        for name in _NUMBERS:
            value = node.get(name)
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                result[name] = value
        if self._flags:
            for flag, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
                if node.get(flag) is True and bound in result:
                    result[flag] = result.pop(bound)
        return result

    def _text(self, node: JsonObject) -> JsonObject:
        """Limits of a text. Of `!file PATH` and `!ref KEY` the editor sees what stands behind the tag, so that a length
        says nothing. `format` is not asserted by `validate`."""
        result: JsonObject = {}
        least, most, pattern = node.get("minLength"), node.get("maxLength"), node.get("pattern")
        if isinstance(least, int) and least > 0:
            result["minLength"] = 1 if self._tags else least
        if isinstance(most, int):
            result["maxLength"] = most
        if isinstance(pattern, str) and (same := portable(pattern)) is not None:
            result["pattern"] = with_keys(same) if self._tags else same
            result["patternErrorMessage"] = f"The text does not match the pattern {pattern}"
        return result

    def _list(self, node: JsonObject, mode: Mode) -> JsonObject:
        inside = mode.inside_list
        result: JsonObject = {name: node[name] for name in ("minItems", "maxItems", "uniqueItems") if name in node}
        first = node.get("prefixItems", node.get("items") if isinstance(node.get("items"), list) else None)
        rest = node.get("items") if "prefixItems" in node else node.get("additionalItems")
        if isinstance(first, list):
            result["items"] = [self.node(item, inside) for item in first]
            if rest is not None:
                result["additionalItems"] = self.node(rest, inside)
        elif "items" in node:
            result["items"] = self.node(node["items"], inside)
        if "contains" in node and node.get("minContains") != 0:
            result["contains"] = self.node(node["contains"], inside)
        return result

    def _object(self, node: JsonObject, mode: Mode, choice: bool) -> JsonObject:
        result: JsonObject = {}
        fields = node.get("properties")
        if isinstance(fields, dict):
            result["properties"] = {name: self.node(child, mode, name) for name, child in fields.items()}
        others, known = node.get("patternProperties"), True
        if isinstance(others, dict):
            table = {portable(name): self.node(child, mode) for name, child in others.items()}
            known = table.pop(None, None) is None
            result["patternProperties"] = {name: child for name, child in table.items() if name is not None}
        rest = node.get("additionalProperties")
        if rest is False and known:
            # Of a choice, a patch may also take the fields of the form that was there before.
            result["additionalProperties"] = {"type": "null"} if choice and mode.patch else False
        elif isinstance(rest, dict) and known:
            result["additionalProperties"] = self.node(rest, mode)
        if not mode.patch:
            result |= {name: node[name] for name in ("required", "minProperties", "maxProperties") if name in node}
            result |= self._dependencies(node, mode)
        if "propertyNames" in node:
            result["propertyNames"] = self.node(node["propertyNames"], Mode())
        return result

    def _dependencies(self, node: JsonObject, mode: Mode) -> JsonObject:
        table: JsonObject = {}
        for name in ("dependencies", "dependentRequired", "dependentSchemas"):
            more = node.get(name)
            if isinstance(more, dict):
                table |= {key: one if isinstance(one, list) else self.node(one, mode) for key, one in more.items()}
        return {"dependencies": table} if table else {}

    def _forms(self, node: JsonObject, mode: Mode, said: JsonObject) -> JsonObject:
        every: list[Json] = [self.node(one, mode) for one in _members(node, "allOf")]
        choices = []
        for name in ("anyOf", "oneOf"):
            forms = [self.node(one, mode, choice=True) for one in _members(node, name)]
            if only_form(node) is not None:
                # An editor shows what the form says that a value has, and not what stands around it.
                words: JsonObject = {key: said[key] for key in ("title", "description") if key in said}
                forms = [form if form.get("type") == "null" or "$ref" in form else form | words for form in forms]
            if forms:
                # oneOf too: said with less strictness, two forms may take one value.
                choices.append(forms)
        if len(choices) > 1:
            every += [{"anyOf": [*forms]} for forms in choices]
        result: JsonObject = {"anyOf": [*choices[0]]} if len(choices) == 1 else {}
        if every:
            result["allOf"] = every
        if mode == Mode():
            if _exact(node.get("not")):
                result["not"] = node["not"]
            if _exact(node.get("if")):
                result["if"] = node["if"]
                result |= {name: self.node(node[name], mode) for name in ("then", "else") if name in node}
        return result


def _members(node: JsonObject, name: str) -> Iterator[Json]:
    members = node.get(name)
    yield from members if isinstance(members, list) else ()


def _has_objects(value: Json) -> bool:
    return isinstance(value, list) and any(isinstance(one, dict) for one in value)


def _exact(node: Json) -> bool:
    """Whether a condition can be taken over as it stands: one that is said less strictly would turn to its opposite."""
    if not isinstance(node, dict):
        return False
    for name, value in node.items():
        if name == "properties" and isinstance(value, dict):
            if not all(_exact(child) for child in value.values()):
                return False
        elif name not in _EXACT or (name.startswith("exclusive") and isinstance(value, bool)):
            return False
    return True
