"""Assistants of one graph that are one and the same under several names."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.model.json import digest
from reconciler.model.spec import Spec
from reconciler.model.wanted import Wanted


def equal_contents(wanted: Iterable[Wanted]) -> list[tuple[Wanted, ...]]:
    """Groups of assistants with equal context and config, each sorted by key, in the order of their first keys.

    Not those without any content, a graph's default assistant, or a group from one file alone: rows of a `for_each` are
    written side by side, and often differ in their metadata on purpose. Linear in the size of the content.
    """
    alike: dict[int, list[Wanted]] = {}
    for one in sorted(wanted, key=lambda one: one.key):
        if (one.spec.context or one.spec.config) and not one.default:
            alike.setdefault(_texts(one.spec), []).append(one)
    groups: dict[tuple[str, str], list[Wanted]] = {}
    for several in alike.values():
        for one in several if len(several) > 1 else ():
            groups.setdefault((one.spec.graph_id, digest([one.spec.context, one.spec.config])), []).append(one)
    found = [tuple(group) for group in groups.values() if len({one.path for one in group}) > 1]
    return sorted(found, key=lambda group: group[0].key)


def _texts(spec: Spec) -> int:
    """The same number for equal contents, and mostly for no others: a tenth of what the canonical bytes take."""
    return hash(frozenset(value for value in spec.context.values() if isinstance(value, str)))
