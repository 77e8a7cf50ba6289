"""Texts of a `for_each` manifest that name a field of its rows as a template does, and are none."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator, Sequence

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json import Json
from reconciler.model.wanted import FieldPath
from reconciler.repo.manifests.fields import CONTENT
from reconciler.repo.manifests.layers import File, Part
from reconciler.repo.manifests.template import names
from reconciler.repo.yaml import Findings

_MAY = frozenset((*CONTENT, "overrides", "tries"))
_LONGEST = 60
"""Characters of a text that a hint writes out."""


def unfilled(parts: Sequence[Part], known: Collection[str], key: str) -> list[Diagnostic]:
    """A warning about each text of these files with a `${field}` that `known`, the fields of the rows, has: without its
    tag it stays as it is, in every row."""
    told: list[Diagnostic] = []
    for part in parts:
        value = part.document.value  # a list of tries, in a file of them
        fields = {field: value[field] for field in value if field in _MAY} if isinstance(value, dict) else value
        for path, text in _texts((), fields):
            name = next((name for name in names(text) if name in known), None)
            if name is not None:
                told += _warning(part, path, text, name, key)
    return told


def _texts(path: FieldPath, value: Json) -> Iterator[tuple[FieldPath, str]]:
    match value:
        case str():
            if "${" in value:
                yield path, value
        case dict():
            for name, item in value.items():
                yield from _texts((*path, name), item)
        case list():
            for number, item in enumerate(value):
                yield from _texts((*path, number), item)
        case None | bool() | int() | float():
            pass


def _warning(part: Part, path: FieldPath, text: str, name: str, key: str) -> list[Diagnostic]:
    """At the value in its YAML file, which is where the tag belongs."""
    origin = part.origins.get(path)
    hole, where, tagged = f"${{{name}}}", "", "!template before the text"
    if isinstance(origin, File):
        where = f" in {origin.path}"
        tagged = f"!template {{file: {posixpath.relpath(origin.path, posixpath.dirname(part.document.path))}}}"
    elif len(text) <= _LONGEST and text.isprintable() and '"' not in text and "\\" not in text:
        tagged = f'!template "{text}"'
    message = f"`{hole}`{where} stays as it is: only `!template` takes it from the rows"
    field = f"{path[-1]}: " if isinstance(path[-1], str) else ""
    hint = f"{field}{tagged}, and there `${hole}` for what is to stay"
    found = Findings(part.document, key)
    before = len(found.all)
    found.add(path, "template-untagged", message, severity="warning", hint=hint)
    return found.all[before:]
