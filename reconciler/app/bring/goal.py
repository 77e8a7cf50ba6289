"""What git is to say: of which assistant, which content; and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import cast

from reconciler.core import paths
from reconciler.model.change import ABSENT, Activate, Reason, Update, Value
from reconciler.model.json import Json, JsonObject, same
from reconciler.model.live import Version
from reconciler.model.plan import Plan
from reconciler.model.spec import Spec
from reconciler.model.wanted import FieldPath, Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """`wanted` is what git says, `spec` what it is to say. `said` names the version that it is from."""

    wanted: Wanted
    spec: Spec
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One value of a goal: the field at `path` becomes `value`, or goes where that is ABSENT."""

    goal: Goal
    path: FieldPath
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A value that stays as git has it, with why."""

    key: str
    path: FieldPath
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What would be written: new files, and files that are there with other bytes. `taken` are the goals of which
    something is; `kept` is what is not. `also` has, by deployment, the keys of others that change along."""

    files: Mapping[str, bytes]
    edits: Mapping[str, bytes]
    taken: tuple[Goal, ...]
    kept: tuple[Kept, ...]
    also: Mapping[str, tuple[str, ...]]


def drifted(plan: Plan) -> list[Goal]:
    """What was changed outside git, as it is live."""
    changes = (*plan.changes, *(held.change for held in plan.held))
    found = [c for c in changes if isinstance(c, Update | Activate) and Reason.DRIFT in c.reasons]
    found.sort(key=lambda change: change.wanted.key)
    return [version(change.wanted, change.live.row) for change in found]


def version(wanted: Wanted, row: Version) -> Goal:
    """That git is to say what a version holds, of all that git manages. What others own stays as git has it."""
    now = wanted.spec.as_json()
    spec = row.spec
    if wanted.default:
        spec = replace(wanted.spec, context=spec.context, config=spec.config)
    metadata = {name: spec.metadata[name] for name in wanted.spec.metadata if spec.metadata.get(name) is not None}
    spec = replace(spec, metadata=metadata if not wanted.default else wanted.spec.metadata)
    content = spec.as_json()
    for path in wanted.ignore:
        content = paths.put(content, path, paths.get(now, path))
    when = f" of {row.created_at[:10]}" if row.created_at else ""
    return Goal(wanted=wanted, spec=_spec(content), said=f"version {row.number}{when}")


def steps(goal: Goal) -> list[Step]:
    """The values that differ, each mapping field by field."""
    before, after = goal.wanted.spec.as_json(), goal.spec.as_json()
    return [Step(goal=goal, path=path, value=value) for path, value in _differences(before, after, ())]


def _differences(before: JsonObject, after: JsonObject, at: FieldPath) -> Iterator[tuple[FieldPath, Value]]:
    for name in sorted(before.keys() | after.keys()):
        here = (*at, name)
        if name not in after:
            yield here, ABSENT
        elif name not in before:
            yield here, after[name]
        elif isinstance(old := before[name], dict) and isinstance(new := after[name], dict):
            yield from _differences(old, new, here)
        elif not same(before[name], after[name]):
            yield here, after[name]


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
