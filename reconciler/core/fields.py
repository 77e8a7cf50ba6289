"""Names the fields that differ, for people. Whether anything differs is decided by bytes, in managed.py, alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from msgspec.structs import replace

from reconciler.core import managed
from reconciler.model.change import FieldChange
from reconciler.model.json import Json, JsonObject, same
from reconciler.model.live import Version
from reconciler.model.wanted import FieldPath, Wanted

CONTENT = ("graph_id", "name", "description", "context", "config", "metadata")


def created(wanted: Wanted) -> tuple[FieldChange, ...]:
    """What a create brings: each field, and each first-level field of context, config and metadata."""
    fields: list[FieldChange] = []
    for name in CONTENT:
        value = wanted.spec.as_json()[name]
        if isinstance(value, dict):
            fields += [FieldChange(path=(name, k), op="add", after=v) for k, v in sorted(value.items())]
        elif value != "":
            fields.append(FieldChange(path=(name,), op="add", after=value))
    return _with_files(wanted, fields)


def changed(wanted: Wanted, row: Version) -> tuple[FieldChange, ...]:
    """What differs between a live row and what git wants of it, managed fields only, in a fixed order."""
    before, after = managed.content_found(wanted, row), managed.content_wanted(wanted)
    fields: list[FieldChange] = []
    for name in CONTENT:
        one, other = before.get(name, {}), after.get(name, {})  # what `ignore` emptied is not there
        if not same(one, other):
            fields += _differences((name,), one, other)
    return _with_files(wanted, fields)


def mislabelled(wanted: Wanted, owner: str, row: Version) -> tuple[FieldChange, ...]:
    """What differs between the row's marker and what it has to say."""
    marker = managed.own_marker(wanted, row)
    before: JsonObject = marker.identity() if marker else {}
    after = managed.marker_identity(wanted, owner)
    return tuple(_differences(("metadata", "reconciler"), before, after))


def released(row: Version) -> tuple[FieldChange, ...]:
    """The marker, which goes."""
    before = row.marker.identity() if row.marker is not None else {}
    return (FieldChange(path=("metadata", "reconciler"), op="remove", before=before),)


def between(older: Version, newer: Version) -> tuple[FieldChange, ...]:
    """What a version changed against another one, whoever manages it; the marker apart. Metadata that is null counts
    as absent (docs/server.md, S6)."""
    before, after = _whole(older), _whole(newer)
    found: list[FieldChange] = []
    for name in CONTENT:
        if not same(before[name], after[name]):
            found += _differences((name,), before[name], after[name])
    return tuple(found)


def _whole(row: Version) -> JsonObject:
    return row.spec.as_json() | {"metadata": {n: v for n, v in row.spec.metadata.items() if v is not None}}


def inverted(changes: Iterable[FieldChange]) -> tuple[FieldChange, ...]:
    """The same differences, told from the other side."""
    ops: dict[str, Literal["add", "remove", "replace"]] = {"add": "remove", "remove": "add", "replace": "replace"}
    return tuple(replace(one, op=ops[one.op], before=one.after, after=one.before) for one in changes)


def _with_files(wanted: Wanted, fields: list[FieldChange]) -> tuple[FieldChange, ...]:
    """Each with the file that git's side comes from, so that whoever reads of it knows where to look."""
    files = dict(wanted.sources)
    return tuple(replace(field, file=files[field.path]) if field.path in files else field for field in fields)


def _differences(where: FieldPath, before: Json, after: Json) -> list[FieldChange]:
    """The field changes below `where`, of two values that differ: objects by their names, lists by deepdiff, any other
    value as a whole."""
    if isinstance(before, dict) and isinstance(after, dict):
        found: list[FieldChange] = []
        for name in sorted({*before, *after}):
            path = (*where, name)
            if name not in before:
                found.append(FieldChange(path=path, op="add", after=after[name]))
            elif name not in after:
                found.append(FieldChange(path=path, op="remove", before=before[name]))
            elif not same(before[name], after[name]):
                found += _differences(path, before[name], after[name])
        return found
    if isinstance(before, list) and isinstance(after, list):
        return _in_lists(where, before, after)
    return [FieldChange(path=where, op="replace", before=before, after=after)]


def _in_lists(where: FieldPath, before: list[Json], after: list[Json]) -> list[FieldChange]:
    """The list as replaced where deepdiff sees nothing. It finds what was put in between; but it takes a while to load,
    and what it leaves behind goes in circles."""
    from deepdiff import DeepDiff

    tree: dict[str, Any] = DeepDiff(
        _tag(before), _tag(after), view="tree", threshold_to_diff_deeper=0, ignore_private_variables=False
    )
    found: list[FieldChange] = []
    for kind, items in tree.items():
        for item in items:
            path = (*where, *item.path(output_format="list"))
            if kind.endswith("_added"):
                found.append(FieldChange(path=path, op="add", after=_untag(item.t2)))
            elif kind.endswith("_removed"):
                found.append(FieldChange(path=path, op="remove", before=_untag(item.t1)))
            else:
                found.append(FieldChange(path=path, op="replace", before=_untag(item.t1), after=_untag(item.t2)))
    found.sort(key=lambda f: ([str(step).zfill(9) if isinstance(step, int) else step for step in f.path], f.op))
    return found or [FieldChange(path=where, op="replace", before=before, after=after)]


_TAGS: dict[str, bool] = {"\0true": True, "\0false": False}
"""deepdiff calls `[True]` and `[1]` equal; NUL stands in no valid content, so these names cannot be met."""


def _tag(value: Json) -> Json:
    if isinstance(value, bool):
        return "\0true" if value else "\0false"
    if isinstance(value, list):
        return [_tag(v) for v in value]
    if isinstance(value, dict):
        return {k: _tag(v) for k, v in value.items()}
    return value


def _untag(value: Json) -> Json:
    if isinstance(value, str):
        return _TAGS.get(value, value)
    if isinstance(value, list):
        return [_untag(v) for v in value]
    if isinstance(value, dict):
        return {k: _untag(v) for k, v in value.items()}
    return value
