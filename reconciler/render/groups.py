"""Equal changes as one: the same action, for the same reason, to the same fields of several assistants."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from msgspec import Struct

from reconciler.model.change import ABSENT, Change, Create, Delete, FieldChange, action, assistant_id_of, key_of, order
from reconciler.model.json import Json, JsonObject, digest
from reconciler.model.plan import Held
from reconciler.render import words
from reconciler.render.lines import line_diff


class Group(Struct, frozen=True, kw_only=True):
    """At least one change; all are shown as the first one, with everyone they touch. `held` is why, where held."""

    changes: tuple[Change, ...]
    held: Held | None = None

    @property
    def first(self) -> Change:
        return self.changes[0]


def of_changes(changes: Iterable[Change], said: Callable[[Change], str] = words.why) -> list[Group]:
    """The changes in groups, in the order in which they are applied; by key within a group. What is `said` of all of a
    group is the same."""
    found: dict[str, list[Change]] = {}
    for change in sorted(changes, key=order):
        found.setdefault(_same(change, said), []).append(change)
    return [Group(changes=tuple(group)) for group in found.values()]


def of_held(held: Iterable[Held], said: Callable[[Held], str] = words.held) -> list[Group]:
    """What is left as it is, in groups: also for the same stated reason."""
    found: dict[str, list[Held]] = {}
    for one in sorted(held, key=lambda h: order(h.change)):
        shape: list[Json] = [said(one), one.blocks, _shown(one.change)]
        found.setdefault(digest(shape), []).append(one)
    return [Group(changes=tuple(h.change for h in group), held=group[0]) for group in found.values()]


def fields(change: Change) -> tuple[FieldChange, ...]:
    """The fields to show: for a creation that names none all it is made with; for a deletion none."""
    match change:
        case Create(fields=()):
            content = change.wanted.spec.as_json()
            return tuple(
                FieldChange(path=(name,), op="add", after=value)
                for name, value in content.items()
                if value not in ("", {})
            )
        case Delete():
            return ()
        case _:
            return change.fields


def _same(change: Change, said: Callable[[Change], str]) -> str:
    """Equal for changes that can be shown as one. A creation is of one assistant and stays alone."""
    if isinstance(change, Create):
        return f"create {assistant_id_of(change)} {key_of(change)}"
    return digest([action(change), said(change), _shown(change)])


def _shown(change: Change) -> JsonObject:
    return {"note": change.note, "fields": [_field(field) for field in fields(change)]}


def _field(field: FieldChange) -> Json:
    if isinstance(field.before, str) and isinstance(field.after, str) and "\n" in field.before:
        hunks = _hunks(field.before, field.after)
        if hunks:  # one edit of a template is one change, whatever its other lines say of each row
            return [list(field.path), field.op, list(hunks), field.file]
    sides: JsonObject = {
        name: value for name, value in (("before", field.before), ("after", field.after)) if value is not ABSENT
    }
    return [list(field.path), field.op, sides, field.file]


@lru_cache(maxsize=256)
def _hunks(before: str, after: str) -> tuple[str, ...]:
    """What is shown of an edit, so that what reads alike is shown once."""
    return tuple(f"{line.sign}{line.text}" for line in line_diff(before, after))
