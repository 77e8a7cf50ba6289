"""A validation failure -> words a person can act on: a code, the field, what is wrong, what was likely meant."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from reconciler.contexts.failure import Failure
from reconciler.contexts.phrases import dotted, known_fields, near_value, nearest, short, show, type_words, values
from reconciler.model.json import Json
from reconciler.model.wanted import FieldPath

_BOUNDS = {
    "minimum": "is less than {}",
    "maximum": "is more than {}",
    "exclusiveMinimum": "is not more than {}",
    "exclusiveMaximum": "is not less than {}",
    "multipleOf": "is not a multiple of {}",
    "minLength": "has fewer than {} characters",
    "maxLength": "has more than {} characters",
    "minItems": "has fewer than {} items",
    "maxItems": "has more than {} items",
    "minProperties": "has fewer than {} fields",
    "maxProperties": "has more than {} fields",
}


class Violation(Struct, frozen=True):
    """`path` is within the context. `name`: it is about the field's name, not its value."""

    code: str
    path: FieldPath
    said: str
    hint: str | None = None
    name: bool = False

    def message(self) -> str:
        """The sentence, beginning with the field."""
        return f"context field `{dotted(self.path)}`{self.said}" if self.path else f"the context{self.said}"


def violations(failed: Failure, base: FieldPath = ()) -> Iterator[Violation]:
    """What one failure says, as one or several violations. `base` is where its instance stands."""
    path = (*base, *failed.path)
    instance = show(failed.instance)
    match failed.keyword:
        case "additionalProperties" | "unevaluatedProperties":
            yield from _unknown(failed, path)
        case "required":
            yield from (Violation("context-missing", (*path, name), " is missing") for name in _missing(failed))
        case "type":
            said = f": {instance} is not {_or(type_words(failed.value))}"
            yield Violation("context-type", path, said, _meant(failed, path))
        case "enum" | "const":
            known = failed.value if failed.keyword == "enum" and isinstance(failed.value, list) else [failed.value]
            one_of = "one of " if len(known) > 1 else ""
            said = f": {instance} is not {one_of}{values(known)}"
            yield Violation("context-enum", path, said, near_value(failed.instance, known))
        case str(keyword) if keyword in _BOUNDS:
            yield Violation("context-bounds", path, f": {instance} {_BOUNDS[keyword].format(show(failed.value))}")
        case "uniqueItems":
            yield Violation("context-bounds", path, " has an item twice")
        case "pattern":
            yield Violation("context-pattern", path, f": {instance} does not match the pattern {failed.value}")
        case "anyOf" | "oneOf":
            yield from _choice(failed, path)
        case "not" if failed.value == {}:
            yield Violation("context-unknown", path, " is not allowed by the graph", name=True)
        case _:
            yield Violation("context-invalid", path, f": {short(failed.message)}")


def _meant(failed: Failure, path: FieldPath) -> str | None:
    """The line to write for a text that says a value of the right type: a number in quotes, a list without brackets."""
    wanted, text = failed.value, failed.instance
    if not isinstance(text, str) or not path or not isinstance(path[-1], str) or "\n" in text:
        return None
    if wanted in ("number", "integer", "boolean"):
        try:
            value = json.loads(text)
        except ValueError:
            return None
        fits = isinstance(value, bool) if wanted == "boolean" else type(value) in (int, float)
        return f"{path[-1]}: {text}" if fits and (wanted != "integer" or isinstance(value, int)) else None
    if wanted == "array" and "," in text and re.fullmatch(r"[\w ,./-]+", text):
        return f"{path[-1]}: [{', '.join(part.strip() for part in text.split(',') if part.strip())}]"
    return None


def _unknown(failed: Failure, path: FieldPath) -> Iterator[Violation]:
    known, patterns = failed.schema.get("properties"), failed.schema.get("patternProperties")
    names = known if isinstance(known, dict) else {}
    for name in failed.instance if isinstance(failed.instance, dict) else ():
        if name in names or any(re.search(p, name) for p in (patterns if isinstance(patterns, dict) else ())):
            continue
        near = nearest(name, names)
        hint = f"did you mean `{near}`?" if near is not None else known_fields(names)
        yield Violation("context-unknown", (*path, name), " is not known to the graph", hint, name=True)


def _missing(failed: Failure) -> Iterator[str]:
    """One failure is about one name, and only its message says which."""
    for name in failed.value if isinstance(failed.value, list) else ():
        if failed.message.startswith(f"{name!r} is "):
            yield str(name)


def _choice(failed: Failure, path: FieldPath) -> Iterator[Violation]:
    """The branch that was meant says what is wrong; where none stands out, all say what they would have taken."""
    if not failed.branches:
        yield Violation("context-choice", path, " fits more than one of the forms that the graph allows")
        return
    # A branch of another type is no candidate where one of the right type is.
    meant = [branch for branch in failed.branches if not any(f.here and f.keyword == "type" for f in branch)]
    if len(meant) > 1 and all(any(_says_another(f) for f in branch) for branch in meant):
        yield _no_such_form([f for branch in meant for f in branch if _says_another(f)], path)
        return
    if len(meant) > 1:
        meant = [branch for branch in meant if not any(_says_another(f) for f in branch)]
    deep = [branch for branch in meant if not all(_is_plain(f) for f in branch)]
    if not deep:
        yield _none_of(failed, path)
        return
    for one in min(deep, key=len):
        yield from violations(one, path)


def _none_of(failed: Failure, path: FieldPath) -> Violation:
    """`3 is not text, nor null`: every branch fails by the value itself."""
    options: list[str] = []
    known: list[Json] = []
    for one in (f for branch in failed.branches for f in branch if _is_plain(f)):
        if one.keyword == "type":
            options += type_words(one.value)
        else:
            allowed = one.value if one.keyword == "enum" and isinstance(one.value, list) else [one.value]
            known += allowed
            options.append(("one of " if len(allowed) > 1 else "") + values(allowed))
    code = "context-enum" if known else "context-type"
    said = f": {show(failed.instance)} is not {_or(dict.fromkeys(options))}"
    return Violation(code, path, said, near_value(failed.instance, known))


def _no_such_form(failures: list[Failure], path: FieldPath) -> Violation:
    """`'cow' is not one of 'cat', 'dog'`: the field that says which form it is says none of them."""
    known: list[Json] = []
    for one in failures:
        known += one.value if one.keyword == "enum" and isinstance(one.value, list) else [one.value]
    said = f": {show(failures[0].instance)} is not one of {values(known)}"
    return Violation("context-enum", (*path, *failures[0].path), said, near_value(failures[0].instance, known))


def _is_plain(failed: Failure) -> bool:
    return failed.here and failed.keyword in ("type", "enum", "const")


def _says_another(failed: Failure) -> bool:
    """An object whose constant says that it is another one of the forms."""
    return len(failed.path) == 1 and failed.keyword in ("const", "enum")


def _or(options: Iterable[str]) -> str:
    return ", nor ".join(options)
