"""One change as the smallest ones that come to the same: what is equal before and after stays as it is written."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from reconciler.repo.edit.change import Change, Remove, Set
from reconciler.repo.edit.form import Form, form_of_value


def parts(before: Form, change: Change) -> Iterator[Change]:
    """The changes to make one after the other, where the file says `before`."""
    there = _at(before, change)
    if not isinstance(change, Set) or there is None or not change.value:
        yield change
    elif isinstance(there, dict) and there and isinstance(change.value, dict):
        yield from _mapping(before, there, change, change.value)
    elif isinstance(there, list) and there and isinstance(change.value, list):
        yield from _list(before, there, change, change.value)
    else:
        yield change


def _mapping(before: Form, there: dict[str, Form], change: Change, value: dict[str, object]) -> Iterator[Change]:
    for name in there:
        # First, since a mapping is not left empty on the way: the new fields come after those that stay.
        if name in value:
            yield from parts(before, Set((*change.path, name), value[name]))
    for name in value:
        if name not in there:
            yield Set((*change.path, name), value[name])
    yield from (Remove((*change.path, name)) for name in there if name not in value)


def _list(before: Form, there: list[Form], change: Change, value: list[object]) -> Iterator[Change]:
    """Items that change, then those that go, from the last one; then those that come after all others."""
    old, new = [repr(item) for item in there], [repr(form_of_value(item)) for item in value]
    found = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    ends = len(old)
    if any((tag == "insert" and i < ends) or (tag == "replace" and i2 - i != j2 - j) for tag, i, i2, j, j2 in found):
        yield change
        return
    for tag, i, i2, j, _ in found:
        if tag == "replace":
            for number in range(i2 - i):
                yield from parts(before, Set((*change.path, i + number), value[j + number]))
    gone = [number for tag, i, i2, _, _ in found if tag == "delete" for number in range(i, i2)]
    come = [item for tag, _, _, j, j2 in found if tag == "insert" for item in value[j:j2]]
    yield from (Set((*change.path, ends + number), item) for number, item in enumerate(come))
    yield from (Remove((*change.path, number)) for number in reversed(gone))


def _at(before: Form, change: Change) -> Form | None:
    for step in change.path:
        found: Form | None = None
        if isinstance(before, dict) and isinstance(step, str):
            found = before.get(step)
        elif isinstance(before, list) and isinstance(step, int) and step < len(before):
            found = before[step]
        if found is None:
            return None
        before = found
    return before
