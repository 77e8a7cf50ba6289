"""The tags of manifests: `!file`, `!ref`, `!each` and `!template`, for one file and one row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from msgspec import Struct, field

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json import Json
from reconciler.model.wanted import FieldPath
from reconciler.repo.manifests.layers import At, File, Origin
from reconciler.repo.manifests.prompts import NULS, Prompts
from reconciler.repo.manifests.row import Row
from reconciler.repo.manifests.template import Unfilled, fill, names
from reconciler.repo.words import did_you_mean, nearest
from reconciler.repo.yaml import NoValue, Place, Spot, Tags

Refs: TypeAlias = Callable[[str], "str | Diagnostic | None"]
"""Key -> assistant_id; a Diagnostic (its place is filled in) where there is none; None where that is told elsewhere."""

OF_ROWS = frozenset(("!each", "!template"))
"""Tags that take values from a row."""

NOWHERE = frozenset(("ref-unknown", "ref-absent"))
"""What is wrong with a `!ref` that is well said."""

_READ_FIRST = frozenset(("extends", "key", "for_each"))
_OF_AN_OVERRIDE = 3
"""Steps to the first value of an override: overrides, a deployment, a field."""

_CONTENT = frozenset(("context", "metadata", "for_each", "tries"))


class Tagging(Struct):
    """Answers the tags of the file at `path`. `row` is whose values `!each` and `!template` take: None before rows are
    known, `rows` False where there are none, `in_rows` in a file of rows. `refs` is None before all keys are known.
    `origins` collects where values are from, `asked` the fields of rows that are taken."""

    path: str
    prompts: Prompts
    row: Row | None = None
    rows: bool = True
    in_rows: bool = False
    refs: Refs | None = None
    origins: dict[FieldPath, Origin] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)

    def tags(self) -> Tags:
        return {"!file": self._file, "!ref": self._ref, "!each": self._each, "!template": self._template}

    def _file(self, operand: Json, spot: Spot) -> Json | Diagnostic | NoValue:
        if not isinstance(operand, str) or not operand:
            return self._error(spot, "yaml-tag", "`!file` names one file: `!file prompts/tweet.md`")
        found = self.prompts.text(operand, self._place(spot))
        if isinstance(found, tuple):
            text, path = found
            self.origins[spot.path] = File(path)
            return text
        return found

    def _ref(self, operand: Json, spot: Spot) -> Json | Diagnostic | NoValue:
        if not isinstance(operand, str) or not operand:
            return self._error(spot, "yaml-tag", "`!ref` names one assistant: `!ref writer/tweet`")
        in_list = bool(spot.path) and isinstance(spot.path[0], int)  # rows, or tries
        if not (in_list or _CONTENT & set(spot.path)):
            message = "`!ref` is an assistant's id; it can stand under `context`, `metadata` and `tries`"
            return self._error(spot, "yaml-tag", message)
        if self.refs is None:
            return NoValue.LATER
        found = self.refs(operand)
        if isinstance(found, Diagnostic):
            return self._error(spot, found.code, found.message, found.hint)
        return found if found is not None else NoValue.LOST

    def _each(self, operand: Json, spot: Spot) -> Json | Diagnostic | NoValue:
        if not isinstance(operand, str) or not operand:
            return self._error(spot, "yaml-tag", "`!each` names one field of the rows: `!each tone`")
        self.asked.add(operand)
        refused = self._no_row(spot, "!each")
        if refused is not None or self.row is None:
            return refused or NoValue.LATER
        if operand not in self.row.fields:
            return self._lacks(self.row, operand, spot)
        self.origins[spot.path] = At(self.row.part, (*self.row.prefix, operand))
        return self.row.fields[operand]

    def _template(self, operand: Json, spot: Spot) -> Json | Diagnostic | NoValue:
        refused = self._no_row(spot, "!template")
        if refused is not None:
            return refused
        file = None
        if isinstance(operand, dict) and operand.keys() == {"file"} and isinstance(operand["file"], str):
            found = self.prompts.text(operand["file"], self._place(spot))
            if not isinstance(found, tuple):
                return found
            text, file = found
        elif isinstance(operand, str):
            text = operand
        else:
            message = "`!template` takes a text with `${field}` in it, or a file"
            return self._error(spot, "yaml-tag", message, "!template {file: prompts/tweet.md}")
        if self.row is None:
            self.asked.update(names(text))
            return NoValue.LATER
        try:
            filled = fill(text, self.row.fields)
        except Unfilled as unfilled:
            return self._unfilled(unfilled, self.row, spot, text, file)
        if any(nul in filled for nul in NULS):
            message = f"filled in for row `{self.row.id}` it holds `\\u0000`, which servers change without a word"
            return self._error(spot, "yaml-nul", message, "leave the backslash out, in the row or in the template")
        if file is not None:
            self.origins[spot.path] = File(file, filled=True)
        return filled

    def _no_row(self, spot: Spot, tag: str) -> Diagnostic | None:
        if self.in_rows or (spot.path[:1] == ("for_each",) and len(spot.path) > 1):
            return self._error(spot, "yaml-tag", f"`{tag}` takes values from a row, and cannot stand in one")
        first = spot.path[0] if spot.path else None
        if first in _READ_FIRST or (first == "overrides" and len(spot.path) < _OF_AN_OVERRIDE):
            message = f"`{tag}` cannot stand in field `{first}`, which is read before the rows are"
            hint = "write it into each row: overrides: {…}" if first == "overrides" else None
            hint = "give each row a `key` of its own" if first == "key" else hint
            return self._error(spot, "yaml-tag", message, hint or "write it out")
        if not self.rows:
            message = f"`{tag}` takes values from the rows of `for_each`, and this manifest has none"
            return self._error(spot, "no-rows", message, "write the value out, or give the manifest a `for_each`")
        return None

    def _unfilled(self, why: Unfilled, row: Row, spot: Spot, text: str, file: str | None) -> Diagnostic:
        place = self._place(spot)
        if file is not None:
            before = text[: why.at]
            place = Place(file, before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)
        if why.missing is not None:
            return self._lacks(row, why.missing, spot, place)
        message = why.message.replace("the row's field", f"in row `{row.id}` the field")
        message = message.replace("the row's values", f"the values of row `{row.id}`")
        return _diagnostic(place, "template", message)

    def _lacks(self, row: Row, name: str, spot: Spot, used: Place | None = None) -> Diagnostic:
        used = used or self._place(spot)
        if name not in row.common:  # told once, where it is used, and not for each of a thousand rows
            message = f"no row of {row.part.document.path} has the field `{name}`"
            each = did_you_mean(name, row.common) or f"add `{name}: …` to each row"
            return _diagnostic(used, "row-field", message, each)
        message = f"row `{row.id}` has no field `{name}`, which {used.path}:{used.line} uses"
        near = nearest(name, row.fields)
        hint = f"it has `{near}`; write `{name}`" if near is not None else None
        hint = hint or f"add `{name}: …`; what only some rows have stands in their `overrides`"
        return _diagnostic(row.place, "row-field", message, hint)

    def _place(self, spot: Spot) -> Place:
        return Place(self.path, spot.line, spot.column)

    def _error(self, spot: Spot, code: str, message: str, hint: str | None = None) -> Diagnostic:
        return _diagnostic(self._place(spot), code, message, hint)


def _diagnostic(place: Place, code: str, message: str, hint: str | None = None) -> Diagnostic:
    return Diagnostic(
        severity="error", code=code, message=message, path=place.path, line=place.line, column=place.column, hint=hint
    )


def ids_by_key(ids: Mapping[str, str | None], absent: Mapping[str, str]) -> Refs:
    """What `!ref` answers. `ids` are the assistants of this deployment (None: its manifest has errors), `absent` those
    that are not in it, with why."""

    def find(key: str) -> str | Diagnostic | None:
        if key in ids:
            return ids[key]
        if key in absent:
            return Diagnostic(severity="error", code="ref-absent", message=f"assistant `{key}` {absent[key]}")
        message = f"there is no assistant `{key}`"
        return Diagnostic(severity="error", code="ref-unknown", message=message, hint=did_you_mean(key, ids))

    return find
