"""Aegra allows one assistant per graph and content (docs/server.md, S13): named before it is tried.

Tried, it would leave a version row behind that was never live, at every run.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reconciler.core.compare import refusal
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json import canonical
from reconciler.model.live import Live
from reconciler.model.spec import Spec
from reconciler.model.wanted import Wanted


def twins(wanted: Iterable[Wanted], written: frozenset[str], lives: Sequence[Live]) -> list[Diagnostic]:
    """An error for each assistant in `written` whose graph, config and context another one has or is to have."""
    wanted = sorted(wanted, key=lambda want: want.key)
    ours = {want.assistant_id for want in wanted}
    taken: dict[bytes, str] = {}
    for live in lives:
        if live.assistant_id not in ours:
            taken.setdefault(_content(live.row.spec), f"the assistant {live.assistant_id}")
    for want in wanted:
        if want.key not in written:
            taken[_content(want.spec)] = f"assistant `{want.key}`"
    found: list[Diagnostic] = []
    for want in wanted:
        if want.key in written:
            other = taken.setdefault(_content(want.spec), f"assistant `{want.key}`")
            if other != f"assistant `{want.key}`":
                found.append(_refusal(want, other))
    return found


def _content(spec: Spec) -> bytes:
    return canonical([spec.graph_id, spec.config, spec.context])


def _refusal(want: Wanted, other: str) -> Diagnostic:
    return refusal(
        want,
        "equal-contents",
        f"{other} has the same config and context, and Aegra allows no two such assistants of graph "
        f"`{want.spec.graph_id}`",
        hint="make them differ in one field, or leave one of them out",
    )
