"""A schema -> a function that says whether a context is valid, ten times as fast as jsonschema does.

It knows the keywords that graphs' schemas are made of, and leaves every other schema to jsonschema. So does whoever
gets a no: jsonschema has the words. Where all contexts are as they should be it is not even imported.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from reconciler.contexts import checks
from reconciler.contexts.checks import Check
from reconciler.contexts.close import close
from reconciler.contexts.refs import outside, target
from reconciler.model.json import Json, JsonObject

_DRAFTS = frozenset(
    (
        "None",
        "http://json-schema.org/draft-07/schema",
        "https://json-schema.org/draft/2019-09/schema",
        "https://json-schema.org/draft/2020-12/schema",
    )
)
_REF = re.compile(r"#(?:/[A-Za-z0-9_.$~#-]+)*\Z")
"""Those that are read in one way only: nothing in them is escaped but `/`."""

_TEXTS = frozenset(("title", "description", "$comment", "format", "contentEncoding", "contentMediaType"))
_FLAGS = frozenset(("deprecated", "readOnly", "writeOnly"))
_GROUPS = {"anyOf": checks.any_of, "allOf": checks.all_of, "oneOf": checks.exactly_one_of}
LEFT_TO_JSONSCHEMA = frozenset(
    (
        *("$anchor", "$dynamicAnchor", "$dynamicRef", "$id", "$recursiveAnchor", "$recursiveRef", "$schema"),
        *("$vocabulary", "additionalItems", "contains", "contentSchema", "dependencies", "dependentRequired"),
        *("dependentSchemas", "else", "id", "if", "maxContains", "minContains", "multipleOf", "pattern"),
        *("patternProperties", "prefixItems", "propertyNames", "then", "unevaluatedItems", "unevaluatedProperties"),
        "uniqueItems",
    )
)
"""What means something in some draft, and nothing here. Any other name that is not known here means nothing at all."""


class _Left(Exception):
    """The schema holds something that is left to jsonschema, or that it would refuse."""


def certain(schema: JsonObject) -> Check | None:
    """Whether jsonschema finds nothing wrong with a context, with the schema as it is meant here (contexts/close.py);
    None where this schema is left to it. The function may raise RecursionError."""
    draft = str(schema.get("$schema")).rstrip("#")
    if draft not in _DRAFTS or outside(schema):
        return None
    try:
        _compile(schema)  # first as it is: only a schema can be closed
        return _compile(close(schema))
    except (_Left, RecursionError):
        return None


def _compile(schema: JsonObject) -> Check:
    below: JsonObject = {name: value for name, value in schema.items() if name != "$schema"}
    return _Compiler(below, alone="draft-0" in str(schema.get("$schema"))).check(below)


class _Compiler:
    """Every part of a schema is gone through, reached or not. `alone`: up to draft 7 a `$ref` hides what stands beside
    it."""

    def __init__(self, root: JsonObject, *, alone: bool) -> None:
        self._root = root
        self._alone = alone
        self._refs: dict[str, Check] = {}

    def check(self, node: Json) -> Check:
        """What a schema asks. Raises _Left."""
        if isinstance(node, bool):
            return checks.anything if node else checks.nothing
        if not isinstance(node, dict):
            raise _Left
        asked = [check for name, value in node.items() if (check := self._keyword(name, value, node)) is not None]
        return self._ref(node["$ref"]) if self._alone and "$ref" in node else checks.all_of(asked)

    def _keyword(self, name: str, value: Json, node: JsonObject) -> Check | None:
        """What a keyword asks; None where that is nothing, or another one asks it."""
        match name:
            case "type":
                return checks.any_of([checks.TYPES[one] for one in _types(value)])
            case "properties":
                return checks.fields(self._table(value), self.check(node.get("additionalProperties", True)))
            case "additionalProperties":
                return checks.fields({}, self.check(value)) if "properties" not in node else None
            case "required":
                return checks.required(_names(value))
            case "enum" | "const":
                return checks.one_of(_scalars(value if name == "enum" else [value]))
            case "items":
                return checks.items(self.check(value))
            case "not":
                return checks.not_(self.check(value))
            case "$ref":
                return self._ref(value)
            case "anyOf" | "allOf" | "oneOf":
                return _GROUPS[name]([self.check(one) for one in _list(value, least=1)])
            case _ if name in checks.BOUNDS:
                return checks.bound(name, _number(value))
            case _ if name in checks.COUNTS:
                return checks.count(name, _count(value))
            case _:
                self._says_nothing(name, value)
                return None

    def _says_nothing(self, name: str, value: Json) -> None:
        """Raises _Left where it does say something, or jsonschema would not take it."""
        if name in ("$defs", "definitions"):
            self._table(value)
        elif name == "examples":
            _list(value)
        elif name in _TEXTS or name in _FLAGS:
            if not isinstance(value, str if name in _TEXTS else bool):
                raise _Left
        elif name in LEFT_TO_JSONSCHEMA:
            raise _Left

    def _table(self, value: Json) -> Mapping[str, Check]:
        if not isinstance(value, dict):
            raise _Left
        return {name: self.check(one) for name, one in value.items()}

    def _ref(self, ref: Json) -> Check:
        """What a `$ref` leads to: made once, and looked up when it is asked, since it may lead to where it stands."""
        if not isinstance(ref, str) or not _REF.match(ref):
            raise _Left
        if ref not in self._refs:
            self._refs[ref] = checks.nothing
            self._refs[ref] = self.check(target(self._root, ref))
        return lambda value: self._refs[ref](value)


def _list(value: Json, *, least: int = 0) -> Sequence[Json]:
    if not isinstance(value, list) or len(value) < least:
        raise _Left
    return value


def _names(value: Json) -> Sequence[str]:
    names = [one for one in _list(value) if isinstance(one, str)]
    if not len(names) == len(_list(value)) == len(set(names)):
        raise _Left
    return names


def _types(value: Json) -> Sequence[str]:
    names = _names(value if isinstance(value, list) else [value])
    if not names or not checks.TYPES.keys() >= set(names):
        raise _Left
    return names


def _scalars(value: Json) -> Sequence[None | bool | float | str]:
    """Which lists and mappings are equal differs by the version of jsonschema."""
    known = [one for one in _list(value) if not isinstance(one, list | dict)]
    if len(known) < len(_list(value)):
        raise _Left
    return known


def _number(value: Json) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Left
    return value


def _count(value: Json) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise _Left
    return value
