"""Collects what is wrong with one document, each at its field's place, one error a place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from msgspec.structs import replace

from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.json import Json, JsonObject
from reconciler.model.wanted import FieldPath
from reconciler.repo.words import did_you_mean, kind
from reconciler.repo.yaml.place import Place

_NO = frozenset(("no", "off", "n", "false"))


class Readable(Protocol):
    """One file, or several that were laid over each other: its reader's errors, and the place of each value.

    `told` are the places about which everything is said already, `lost` is true where a value cannot be had.
    """

    @property
    def errors(self) -> list[Diagnostic]: ...

    @property
    def told(self) -> frozenset[Place]: ...

    @property
    def lost(self) -> object: ...

    def where(self, path: FieldPath, *, name: bool = False) -> Place: ...


class Findings:
    """Starts with the reader's own errors. What it says later about the same place would only repeat them."""

    def __init__(self, document: Readable, key: str | None = None) -> None:
        self.document = document
        self.key = key
        self.all: list[Diagnostic] = [replace(error, key=key) for error in document.errors]

    @property
    def failed(self) -> bool:
        """Whether the document cannot be used."""
        return bool(self.document.lost) or (self.all != [] and any(d.severity == "error" for d in self.all))

    def add(
        self,
        path: FieldPath,
        code: str,
        message: str,
        *,
        hint: str | None = None,
        name: bool = False,
        severity: Severity = "error",
    ) -> None:
        """Something about the value at `path`, or about its `name`."""
        place = self.document.where(path, name=name)
        if severity == "error" and place in self.document.told:
            return
        self.all.append(
            Diagnostic(
                severity=severity,
                code=code,
                message=message,
                path=place.path,
                line=place.line,
                column=place.column,
                hint=hint,
                key=self.key,
            )
        )

    def text(self, path: FieldPath, value: Json, *, empty: bool = False) -> str | None:
        """`value` where it is text (and not empty); else None and an error."""
        if isinstance(value, str) and (value or empty):
            return value
        what = "is empty" if value == "" else f"must be text, and is {kind(value)}"
        self.add(path, "field-type", f"{label(path)} {what}", hint=self._quote(path, value))
        return None

    def flag(self, path: FieldPath, value: Json) -> bool:
        """`value` where it is true or false; else False and an error."""
        if isinstance(value, bool):
            return value
        meant = "false" if value == 0 or (isinstance(value, str) and value.casefold() in _NO) else "true"
        message = f"{label(path)} must be true or false, and is {kind(value)}"
        self.add(path, "field-type", message, hint=f"{path[-1]}: {meant}")
        return False

    def mapping(self, path: FieldPath, value: Json) -> JsonObject | None:
        """`value` where it is a mapping; else None and an error."""
        if isinstance(value, dict):
            return value
        hint = None
        if value is None and path:
            hint = f"leave `{path[-1]}` out, write `{path[-1]}: {{}}`, or"
            hint += " indent the lines that belong under it by two spaces"
        self.add(path, "field-type", f"{label(path)} must be a mapping, and is {kind(value)}", hint=hint)
        return None

    def whole(self, path: FieldPath, value: Json, *, least: int = 0) -> int | None:
        """`value` where it is a whole number from `least` up; else None and an error."""
        if isinstance(value, int) and not isinstance(value, bool) and value >= least:
            return value
        what = str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else kind(value)
        self.add(path, "field-type", f"{label(path)} must be a whole number from {least} up, and is {what}")
        return None

    def unknown(self, path: FieldPath, known: Iterable[str], hint: str | None = None) -> None:
        """The field at `path` is none of `known`."""
        names = sorted(known)
        hint = hint or did_you_mean(str(path[-1]), names) or f"known here: {', '.join(names)}"
        self.add(path, "field-unknown", f"{label(path)} is not known", hint=hint, name=True)

    @staticmethod
    def _quote(path: FieldPath, value: Json) -> str | None:
        if not isinstance(value, (bool, int, float)):
            return None
        shown = f'"{str(value).lower() if isinstance(value, bool) else value}"'
        return f"{path[-1]}: {shown}" if path and isinstance(path[-1], str) else f"write {shown}"


def label(path: FieldPath) -> str:
    """How a message calls a field: field `guards.max_deletes`."""
    return "field `" + dotted(path) + "`" if path else "the file"


def dotted(path: FieldPath) -> str:
    """`a.b[0].c`"""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
