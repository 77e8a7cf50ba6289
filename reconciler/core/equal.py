"""Assistants of one graph that are one and the same under several names."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.model.json import digest
from reconciler.model.wanted import Wanted


def equal_contents(wanted: Iterable[Wanted]) -> list[tuple[Wanted, ...]]:
    """Groups of assistants with equal context and config, each sorted by key, in the order of their first keys.

    Not those without any content, a graph's default assistant, or a group from one file alone: rows of a `for_each` are
    written side by side, and often differ in their metadata on purpose. Linear in the size of the content.
    """
    groups: dict[tuple[str, str], list[Wanted]] = {}
    for one in sorted(wanted, key=lambda one: one.key):
        spec = one.spec
        if (spec.context or spec.config) and not one.default:
            groups.setdefault((spec.graph_id, digest([spec.context, spec.config])), []).append(one)
    return [tuple(group) for group in groups.values() if len({one.path for one in group}) > 1]
