"""`tries`: inputs for an assistant, each with what its answer has to be like."""

from __future__ import annotations

import re
import warnings
from typing import Literal

from reconciler.model import json_path
from reconciler.model.json import Json, JsonObject
from reconciler.model.tries import Expect, Try, as_input
from reconciler.model.wanted import FieldPath
from reconciler.repo.words import kind, nearest
from reconciler.repo.yaml import Findings, inline
from reconciler.repo.yaml.findings import label

LONGEST_NAME = 100
"""Characters of a try's name."""

LONGEST_RUN = 3600
"""Seconds: the most that `max_seconds` may allow."""

_FIELDS = ("name", "input", "expect", "interrupt_before")
_EXPECT = ("contains", "not_contains", "matches", "json_path", "max_seconds")
_EXAMPLE = "tries: [{name: greeting, input: Hello}]"


def read_tries(found: Findings, value: Json) -> tuple[Try, ...]:
    """The tries of a manifest, in its order. Those with errors are left out and told in `found`."""
    if not isinstance(value, list):
        message = f"field `tries` is a list of inputs, each with a name, and this is {kind(value)}"
        found.add(("tries",), "field-type", message, hint=_EXAMPLE)
        return ()
    result: list[Try] = []
    first: dict[str, FieldPath] = {}
    for number, entry in enumerate(value):
        at = ("tries", number)
        one = _try(found, at, entry)
        if one is None:
            continue
        other = first.setdefault(one.name, at) if one.name else at
        if other is not at:
            line = found.document.where((*other, "name")).line
            found.add((*at, "name"), "try-twice", f"a try is called `{one.name}` already, in line {line}")
        result.append(one)
    return tuple(result)


def _try(found: Findings, at: FieldPath, value: Json) -> Try | None:
    if not isinstance(value, dict):
        message = f"{label(at)} is a mapping: a name and an input"
        found.add(at, "field-type", message, hint="{name: greeting, input: Hello}")
        return None
    fields: JsonObject = value
    meant = _unknown(found, at, fields)
    place = found.document.where(at)
    expect, stops = Expect(), None
    if "expect" in fields:
        expect = _expect(found, (*at, "expect"), fields["expect"])
    if "interrupt_before" in fields:
        stops = _stops(found, (*at, "interrupt_before"), fields["interrupt_before"])
    return Try(
        name=_name(found, at, fields) if "name" not in meant else "",
        input=_input(found, at, fields) if "input" not in meant else None,
        expect=expect,
        interrupt_before=stops,
        path=place.path,
        line=place.line,
    )


def _unknown(found: Findings, at: FieldPath, fields: JsonObject) -> set[str]:
    """An error for each field that is not known. The fields that are missing only because they were written as these,
    or because what belongs into the input stands beside it."""
    meant: set[str] = set()
    for name in fields.keys() - set(_FIELDS):
        near = nearest(name, _FIELDS)
        if name in _EXPECT:
            hint = f"it stands under `expect`: {name}: …"
        elif near is not None:
            hint = f"did you mean `{near}`?"
            meant.add(near)
        elif "input" not in fields:
            hint = f"what is sent stands under `input`: {{{name}: …}}"
            meant.add("input")
        else:
            hint = None
        found.unknown((*at, name), _FIELDS, hint)
    return meant - fields.keys()


def _input(found: Findings, at: FieldPath, fields: JsonObject) -> Json:
    if "input" not in fields:
        found.add(at, "field-missing", f"{label(at)} has no field `input`, which is sent", hint="input: Hello")
    elif fields["input"] is None:
        message = f"{label((*at, 'input'))} is empty, and graphs refuse a run without input"
        found.add((*at, "input"), "field-type", message, hint="input: {messages: [{role: user, content: …}]}")
    return as_input(fields.get("input"))


def _name(found: Findings, at: FieldPath, fields: JsonObject) -> str:
    if "name" not in fields:
        found.add(at, "field-missing", f"{label(at)} has no field `name`, by which it is told", hint="name: greeting")
        return ""
    text = found.text((*at, "name"), fields["name"])
    if text is not None and (len(text) > LONGEST_NAME or not text.isprintable() or text != text.strip()):
        message = f"{label((*at, 'name'))} is one line without blanks around it, {LONGEST_NAME} characters at most"
        found.add((*at, "name"), "field-type", message)
    return text or ""


def _expect(found: Findings, at: FieldPath, value: Json) -> Expect:
    if isinstance(value, str) and value:
        message = f"{label(at)} is a mapping: {', '.join(_EXPECT)}"
        found.add(at, "field-type", message, hint=f"expect: {{contains: {inline(value)}}}")
        return Expect()
    fields = found.mapping(at, value) or {}
    for name in fields.keys() - set(_EXPECT):
        found.unknown((*at, name), _EXPECT)
    return Expect(
        contains=_texts(found, (*at, "contains"), fields),
        not_contains=_texts(found, (*at, "not_contains"), fields),
        matches=_patterns(found, (*at, "matches"), fields),
        json_path=_paths(found, (*at, "json_path"), fields),
        max_seconds=_seconds(found, (*at, "max_seconds"), fields),
    )


def _texts(found: Findings, at: FieldPath, fields: JsonObject) -> tuple[str, ...]:
    """A text, or a list of texts."""
    return tuple(text for _, text in _text_places(found, at, fields))


def _patterns(found: Findings, at: FieldPath, fields: JsonObject) -> tuple[str, ...]:
    result = []
    for place, text in _text_places(found, at, fields):
        try:
            with warnings.catch_warnings(action="ignore"):
                re.compile(text)
        except (re.error, RecursionError, OverflowError) as error:
            message = f"{label(place)} is no regular expression: {error}"
            found.add(place, "bad-pattern", message, hint=_literal(text))
            continue
        result.append(text)
    return tuple(result)


def _literal(text: str) -> str | None:
    """For who meant the text as it stands; a YAML text in single quotes keeps its backslashes."""
    return None if "\n" in text else "write the text itself under `contains`, or put `\\` before what has a meaning"


def _text_places(found: Findings, at: FieldPath, fields: JsonObject) -> list[tuple[FieldPath, str]]:
    value = fields.get(str(at[-1]), [])
    if not isinstance(value, list):
        text = found.text(at, value)
        return [(at, text)] if text is not None else []
    places: list[FieldPath] = [(*at, number) for number in range(len(value))]
    texts = [found.text(place, entry) for place, entry in zip(places, value, strict=True)]
    return [(place, text) for place, text in zip(places, texts, strict=True) if text is not None]


def _paths(found: Findings, at: FieldPath, fields: JsonObject) -> tuple[tuple[str, Json], ...]:
    value = fields.get("json_path", {})
    if isinstance(value, str):
        message = f"{label(at)} is a mapping: a path, and the value that is to be there"
        found.add(at, "field-type", message, hint=f'json_path: {{"{value}": …}}')
        return ()
    result = []
    for path, wanted in (found.mapping(at, value) or {}).items():
        wrong = json_path.problem(path)
        if wrong is not None:
            message = f"`{path}` is no JSON path: {wrong}"
            hint = 'write it as RFC 9535 has it: "$.messages[-1].content": …'
            found.add((*at, path), "bad-path", message, name=True, hint=hint)
            continue
        result.append((path, wanted))
    return tuple(result)


def _seconds(found: Findings, at: FieldPath, fields: JsonObject) -> float | None:
    if "max_seconds" not in fields:
        return None
    value = fields["max_seconds"]
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= LONGEST_RUN:
        return value
    found.add(at, "field-type", f"{label(at)} must be a number of seconds above 0, {LONGEST_RUN} at most")
    return None


def _stops(found: Findings, at: FieldPath, value: Json) -> tuple[str, ...] | Literal["*"] | None:
    if value == "*":
        return "*"
    if not isinstance(value, list):
        message = f'{label(at)} is a list of nodes, or "*" for each'
        hint = f"interrupt_before: [{value}]" if isinstance(value, str) and value else "interrupt_before: [tools]"
        found.add(at, "field-type", message, hint=hint)
        return None
    if "*" in value:
        message = f'{label(at)} is "*" by itself where a run is to stop before each node'
        found.add(at, "field-type", message, hint='interrupt_before: "*"')
        return None
    nodes = [found.text((*at, number), entry) for number, entry in enumerate(value)]
    return tuple(dict.fromkeys(node for node in nodes if node is not None))
