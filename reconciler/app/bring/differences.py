"""Where two contents differ, as the smallest values that can be written one by one."""

from __future__ import annotations

from difflib import SequenceMatcher

from reconciler.model.change import ABSENT, Value
from reconciler.model.json import Json, JsonObject, canonical, same
from reconciler.model.wanted import FieldPath

Differences = list[tuple[FieldPath, Value]]
"""By path, what stands there afterwards; ABSENT where nothing does."""


def differences(before: JsonObject, after: JsonObject, at: FieldPath = ()) -> Differences:
    """Mapping by mapping; every other value as a whole, lists too."""
    found: Differences = []
    for name in sorted(before.keys() | after.keys()):
        here = (*at, name)
        if name not in after:
            found.append((here, ABSENT))
        elif name not in before:
            found.append((here, after[name]))
        elif isinstance(old := before[name], dict) and isinstance(new := after[name], dict):
            found += differences(old, new, here)
        elif not same(before[name], after[name]):
            found.append((here, after[name]))
    return found


def within(before: Json, after: Json, at: FieldPath) -> Differences:
    """The same of any two values, lists item by item: items that change, then those that are new at the end, then
    those that go, from the last one. A list that cannot be changed so is one value."""
    if isinstance(before, dict) and isinstance(after, dict):
        found: Differences = []
        for name in (*before, *(name for name in after if name not in before)):
            if name not in after:
                found.append(((*at, name), ABSENT))
            elif name not in before:
                found.append(((*at, name), after[name]))
            elif not same(before[name], after[name]):
                found += within(before[name], after[name], (*at, name))
        return found
    if isinstance(before, list) and isinstance(after, list):
        return _items(before, after, at)
    return [(at, after)]


def _items(before: list[Json], after: list[Json], at: FieldPath) -> Differences:
    old, new = [canonical(item) for item in before], [canonical(item) for item in after]
    made: Differences = []
    come: list[Json] = []
    gone: list[int] = []
    for _, i, i2, j, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        both = min(i2 - i, j2 - j)
        for number in range(both):
            if old[i + number] != new[j + number]:
                made += within(before[i + number], after[j + number], (*at, i + number))
        gone += range(i + both, i2)
        come += after[j + both : j2]
        if come and i2 < len(old):
            return [(at, after)]
    made += [((*at, len(old) + number), item) for number, item in enumerate(come)]
    return made + [((*at, number), ABSENT) for number in reversed(gone)]
