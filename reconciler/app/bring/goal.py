"""What git is to say: of which assistant, which content; and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from msgspec import Struct
from msgspec.structs import replace

from reconciler.app.bring.differences import differences
from reconciler.core import paths
from reconciler.core.fields import CONTENT
from reconciler.core.managed import metadata_names
from reconciler.model.change import ABSENT, Value
from reconciler.model.json import Json, JsonObject, same
from reconciler.model.live import Version
from reconciler.model.spec import Spec
from reconciler.model.wanted import FieldPath, Wanted


class Goal(Struct, frozen=True, kw_only=True):
    """`wanted` is what git says, `spec` what it is to say. `said` names the version that it is from.

    `kept` are fields that git has changed since that version's base and nobody else: they stay. `both` are those that
    git has changed too, and that become what the version says.
    """

    wanted: Wanted
    spec: Spec
    said: str
    kept: tuple[FieldPath, ...] = ()
    both: tuple[FieldPath, ...] = ()


class Step(Struct, frozen=True, kw_only=True):
    """One value of a goal: the field at `path` becomes `value`, or goes where that is ABSENT."""

    goal: Goal
    path: FieldPath
    value: Value

    @property
    def key(self) -> str:
        return self.goal.wanted.key


class Kept(Struct, frozen=True, kw_only=True):
    """A value that stays as git has it, with why."""

    key: str
    path: FieldPath
    why: str


class Brought(Struct, frozen=True, kw_only=True):
    """What would be written: new files, and files that are there with other bytes. `taken` are the goals of which
    something is; `kept` is what is not. `also` has, by key, the deployments in which others change along (None: one
    without a name)."""

    files: Mapping[str, bytes]
    edits: Mapping[str, bytes]
    taken: tuple[Goal, ...]
    kept: tuple[Kept, ...]
    copies: Mapping[str, str]
    also: Mapping[str, tuple[str | None, ...]]


def whole(wanted: Wanted, row: Version) -> Goal:
    """That git is to say all that a version holds of what git manages. What others own stays as git has it."""
    return Goal(wanted=wanted, spec=_spec(_managed(wanted, row, metadata_names(wanted, row))), said=_said(row))


def edited(wanted: Wanted, row: Version, applied: Version) -> Goal:
    """That git is to say what a version changed against the one that git last applied. What git has changed since,
    and the version has not, stays as git has it."""
    names = metadata_names(wanted, row) | metadata_names(wanted, applied)
    now = wanted.spec.as_json()
    before, after = _managed(wanted, applied, names), _managed(wanted, row, names)
    content, both = now, []
    for path, value in differences(before, after):
        content = _put(content, path, value, after)
        if not equal(paths.get(now, path), paths.get(before, path)) and not equal(paths.get(now, path), value):
            both.append(path)
    kept = tuple(path for path, _ in differences(content, after))
    return Goal(wanted=wanted, spec=_spec(content), said=_said(row), kept=kept, both=tuple(both))


def steps(goal: Goal) -> list[Step]:
    """The values that differ, each mapping field by field; those that go come last, so that no mapping is left empty on
    the way, and its comments with it."""
    found = differences(goal.wanted.spec.as_json(), goal.spec.as_json())
    found.sort(key=lambda one: (one[1] is ABSENT, CONTENT.index(str(one[0][0]))))
    return [Step(goal=goal, path=path, value=value) for path, value in found]


def reached(wanted: Wanted, made: list[Step]) -> Spec:
    """What git says once these steps of a goal are made."""
    content = wanted.spec.as_json()
    for step in made:
        content = _put(content, step.path, step.value, step.goal.spec.as_json())
    return _spec(content)


def _managed(wanted: Wanted, row: Version, names: frozenset[str]) -> JsonObject:
    """What a version says where git manages it, and what git says elsewhere."""
    now, spec = wanted.spec.as_json(), row.spec
    if wanted.default:
        spec = replace(wanted.spec, context=spec.context, config=spec.config)
    else:
        metadata = {name: spec.metadata[name] for name in sorted(names) if spec.metadata.get(name) is not None}
        spec = replace(spec, metadata=metadata)
    content = spec.as_json()
    for path in wanted.ignore:
        content = paths.put(content, path, paths.get(now, path))
    return content


def _put(content: JsonObject, path: FieldPath, value: Value, whole: JsonObject) -> JsonObject:
    """With `value` at `path`; where a field above it is no mapping here, that one as `whole` has it."""
    for length in range(len(path), 0, -1):
        value = value if length == len(path) else paths.get(whole, path[:length])
        made = paths.put(content, path[:length], value)
        if equal(paths.get(made, path[:length]), value):
            return made
    return content


def equal(left: Value, right: Value) -> bool:
    """Whether two values, or their absence, are the same."""
    if left is ABSENT or right is ABSENT:
        return left is right
    return same(left, right)


def _said(row: Version) -> str:
    return f"version {row.number}" + (f" of {row.created_at[:10]}" if row.created_at else "")


def _spec(content: JsonObject) -> Spec:
    return Spec(
        graph_id=str(content["graph_id"]),
        name=str(content["name"]),
        description=str(content["description"]),
        context=_object(content["context"]),
        config=_object(content["config"]),
        metadata=_object(content["metadata"]),
    )


def _object(value: Json) -> JsonObject:
    return cast("JsonObject", value if isinstance(value, dict) else {})
