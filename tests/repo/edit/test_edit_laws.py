"""Whatever a file looks like: after an edit it says exactly what it should, and no byte elsewhere is another."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from reconciler.model.json import same
from reconciler.repo.edit import CannotEdit, Remove, Set, edit
from reconciler.repo.yaml import load
from tests.repo.edit.layouts import NAMES, VALUES, File, Path, files


def read(data: bytes) -> Any:
    document = load(data, "a.yaml")
    assert document.errors == [], data.decode()
    return document.value


def put(value: Any, path: Path, new: Any) -> Any:
    made = copy.deepcopy(value)
    at = made
    for step in path[:-1]:
        at = at[step]
    if isinstance(at, list) and path[-1] == len(at):
        at.append(new)
    else:
        at[path[-1]] = new
    return made


def drop(value: Any, path: Path) -> Any:
    made = copy.deepcopy(value)
    at = made
    for step in path[:-1]:
        at = at[step]
    del at[path[-1]]
    return made


def kept(file: File, path: Path, made: bytes) -> None:
    """Everything before and after the lines of an entry is there as it was."""
    before, after = (part.encode() for part in file.around(path))
    assert made.startswith(before), made.decode()
    assert made[len(before) :].endswith(after), made.decode()


def one_splice(old: bytes, made: bytes) -> None:
    """The old bytes are all there; something stands between two of them."""
    assert _alike(old, made) + _alike(old[::-1], made[::-1]) >= len(old), made.decode()


def _alike(old: bytes, made: bytes) -> int:
    """How many bytes both begin with."""
    return next((n for n, (a, b) in enumerate(zip(old, made, strict=False)) if a != b), min(len(old), len(made)))


@settings(max_examples=300)
@given(files(), st.data())
def test_a_value_is_replaced(file: File, data: st.DataObject) -> None:
    """Read back it is the value; the lines of all other entries, and comments, are byte for byte as they were."""
    path = data.draw(st.sampled_from(file.paths()))
    value = data.draw(VALUES)
    made = edit(file.data, [Set(path, value)])
    assert same(read(made), put(file.value, path, value)), made.decode()
    kept(file, path, made)


@settings(max_examples=300)
@given(files(), st.data())
def test_a_field_is_added(file: File, data: st.DataObject) -> None:
    """To any mapping, however it is written; nothing else is touched."""
    parents = [path for path in [(), *_all(file.value)] if isinstance(_get(file.value, path), dict)]
    parent = data.draw(st.sampled_from(parents))
    name = data.draw(NAMES.filter(lambda name: name not in _get(file.value, parent)))
    value = data.draw(VALUES)
    made = edit(file.data, [Set((*parent, name), value)])
    assert same(read(made), put(file.value, (*parent, name), value)), made.decode()
    if _get(file.value, parent):
        one_splice(file.data, made)


@settings(max_examples=150)
@given(files(), st.data())
def test_an_item_is_added(file: File, data: st.DataObject) -> None:
    """To the end of any list."""
    lists = [path for path in _all(file.value) if isinstance(_get(file.value, path), list)]
    assume(lists)
    parent = data.draw(st.sampled_from(lists))
    path, value = (*parent, len(_get(file.value, parent))), data.draw(VALUES)
    try:
        made = edit(file.data, [Set(path, value)])
    except CannotEdit:
        # The last text of the file has no end of its own, and one would get one by what comes after it.
        assert not file.last_newline
        event("no end")
        return
    assert same(read(made), put(file.value, path, value)), made.decode()
    if _get(file.value, parent):
        one_splice(file.data, made)


@settings(max_examples=300)
@given(files(), st.data())
def test_an_entry_is_removed(file: File, data: st.DataObject) -> None:
    """With its lines, and nothing else goes."""
    path = data.draw(st.sampled_from(file.paths()))
    try:
        made = edit(file.data, [Remove(path)])
    except CannotEdit:
        # Blank lines after the entry would become part of a text that keeps them.
        assert b"|+" in file.data
        event("kept blank lines")
        return
    assert same(read(made), drop(file.value, path)), made.decode()
    if len(_get(file.value, path[:-1])) > 1:
        before, after = (part.encode() for part in file.around(path))
        assert made.startswith(before.rstrip(b"\r\n")), made.decode()
        assert made.endswith(after.lstrip(b" \r\n")), made.decode()  # it may move up behind the dash of an item


@settings(max_examples=150)
@given(files(), VALUES.filter(lambda value: isinstance(value, dict)))
def test_a_mapping_over_a_mapping(file: File, value: Any) -> None:
    """What both have alike stays as it is written: setting what is there already changes no byte."""
    assert edit(file.data, [Set((), file.value)]) == file.data
    path = next((path for path in file.paths() if isinstance(_get(file.value, path), dict)), None)
    if path is not None:
        whole = _get(file.value, path) | value
        made = edit(file.data, [Set(path, whole)])
        assert same(read(made), put(file.value, path, whole)), made.decode()


@settings(max_examples=150)
@given(files(), st.data())
def test_lines_end_as_they_did(file: File, data: st.DataObject) -> None:
    """A file with CRLF gets no bare LF, nor the other way round; the final newline is there, or not, as before."""
    path = data.draw(st.sampled_from(file.paths()))
    made = edit(file.data, [Set(path, data.draw(VALUES)), Set(("new", "one"), [1, {"a": "x\ny"}])])
    assert made.count(b"\r\n") == (made.count(b"\n") if b"\r\n" in file.data else 0)
    assert made.endswith(b"\n") == file.data.endswith(b"\n")


def _get(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def _all(value: Any, path: Path = ()) -> list[Path]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found: list[Path] = []
    for step, child in inner:
        found += [(*path, step), *_all(child, (*path, step))]
    return found
