"""What is to be changed in a file, and what the file has to say afterwards."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from reconciler.errors import ReconcilerError
from reconciler.model.wanted import FieldPath
from reconciler.repo.edit.form import Form, form_of_value
from reconciler.repo.yaml import dotted


class Set(Struct, frozen=True):
    """The value at `path` becomes `value`: JSON, with FileTags in it for texts that are kept in files.

    Mappings on the way are made where they are missing. The number after a list's last appends to it.
    """

    path: FieldPath
    value: object


class Remove(Struct, frozen=True):
    """The field or list item at `path` goes; where it is not there, nothing happens."""

    path: FieldPath


Change: TypeAlias = Set | Remove


class CannotEdit(ReconcilerError):
    """The file cannot be changed there so that it says exactly that and nothing else changes."""

    def __init__(self, path: FieldPath, why: str) -> None:
        super().__init__(f"{dotted(path) or 'the file'} {why}", hint="change it by hand")
        self.path, self.why = path, why


def applied(before: Form, change: Change, path: FieldPath = ()) -> Form:
    """What a file that says `before` has to say after the change. Raises CannotEdit where there is no such place."""
    here, rest = path, change.path[len(path) :]
    if not rest:
        assert isinstance(change, Set)
        return form_of_value(change.value)
    step, last = rest[0], len(rest) == 1
    inner = (*here, step)
    if isinstance(before, dict) and isinstance(step, str):
        if isinstance(change, Remove):
            if step not in before:
                return before
            if last:
                return {name: value for name, value in before.items() if name != step}
        return before | {step: applied(before.get(step, {}), change, inner)}
    if isinstance(before, list) and isinstance(step, int) and 0 <= step <= len(before):
        if isinstance(change, Remove):
            if step == len(before):
                return before
            if last:
                return before[:step] + before[step + 1 :]
        elif step == len(before):
            return [*before, applied({}, change, inner)]
        return [*before[:step], applied(before[step], change, inner), *before[step + 1 :]]
    if before == form_of_value(None) and isinstance(step, str):
        # `context:` without anything below it.
        return before if isinstance(change, Remove) else applied({}, change, here)
    if isinstance(change, Remove) and not isinstance(before, list):
        return before
    raise CannotEdit(here, "is neither a mapping nor a list that has such a place")
