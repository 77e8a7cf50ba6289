"""Warnings about context fields whose text is the name of a prompt, or a tag in quotes: the tag is what is missing."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from reconciler.app.lint import PROMPTS, context_field
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json import Json, JsonObject
from reconciler.model.wanted import FieldPath, Wanted
from reconciler.repo.manifests import Loaded, Place
from reconciler.repo.tree import Tree, beside

_TAG = re.compile(r"!(?:file|ref|each|template)(?=[ \t]+\S)")


class Untagged(Struct):
    """`found` are the warnings, `named` the files that they are about."""

    tree: Tree
    found: list[Diagnostic] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    _known: dict[str, frozenset[str]] = field(default_factory=dict)

    def look(self, readings: Iterable[Loaded]) -> None:
        """Collect them from what each deployment has."""
        seen: set[int] = set()
        for loaded in readings:
            for one in loaded.wanted:
                if id(one) in seen:  # most are the same everywhere
                    continue
                seen.add(id(one))
                if not _is_plain(one.spec.context):
                    for path, value in _suspects(("context",), one.spec.context):
                        self._judge(loaded, one, path, value)

    def _judge(self, loaded: Loaded, one: Wanted, path: FieldPath, value: str) -> None:
        if path in dict(one.sources):
            return
        place, label = loaded.locate(one, path), context_field(path)
        name = f"{path[-1]}: " if isinstance(path[-1], str) else ""
        tag = _TAG.match(value)
        if tag is not None:
            message, hint = f"{label} begins with `{tag[0]}`: a tag in quotes is text", "take the quotes away"
            self.found.append(_warning(one, place, message, hint))
            return
        file = next((file for file in (beside(place.path, value), posixpath.normpath(value)) if self._has(file)), None)
        if file is not None:
            self.named.add(file)
            hint = f"{name}!file {posixpath.relpath(file, posixpath.dirname(place.path))}"
            self.found.append(_warning(one, place, f"{label} is the name of a file, and not its text", hint))

    def _has(self, file: str) -> bool:
        """Whether the tree has it, below a folder at its top."""
        top = file.partition("/")[0]
        if top not in self._known:
            there = top not in ("", "..") and top != file and self.tree.folder_exists(top)
            self._known[top] = frozenset(self.tree.paths(top)) if there else frozenset()
        return file in self._known[top]


def _is_plain(context: JsonObject) -> bool:
    """Whether no text can be a suspect, by one look at each: so it is with nearly every content."""
    collections: list[JsonObject | list[Json]] = [context]
    for collection in collections:
        for value in collection.values() if isinstance(collection, dict) else collection:
            if isinstance(value, str):
                if _is_suspect(value):
                    return False
            elif isinstance(value, (dict, list)):
                collections.append(value)
    return True


def _is_suspect(text: str) -> bool:
    return (text.endswith(PROMPTS) or text[:1] == "!") and "\n" not in text


def _suspects(path: FieldPath, value: Json) -> Iterator[tuple[FieldPath, str]]:
    match value:
        case str():
            if _is_suspect(value):
                yield path, value
        case dict():
            for name, item in value.items():
                yield from _suspects((*path, name), item)
        case list():
            for number, item in enumerate(value):
                yield from _suspects((*path, number), item)
        case None | bool() | int() | float():
            pass


def _warning(one: Wanted, place: Place, message: str, hint: str) -> Diagnostic:
    return Diagnostic(
        severity="warning",
        code="prompt-untagged",
        message=message,
        path=place.path,
        line=place.line,
        column=place.column,
        hint=hint,
        key=one.key,
    )
