"""Every assistant with its state, pure: a comparison and what was looked up -> rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.core.compare import Comparison, Pair
from reconciler.core.plan import NO_HISTORY, Observed
from reconciler.core.state import Base, stand
from reconciler.model.change import State
from reconciler.model.listing import Elsewhere, Listed, Listing
from reconciler.model.live import Live
from reconciler.model.plan import Deployment
from reconciler.model.wanted import Wanted


def listing(
    deployment: Deployment,
    owner: str,
    comparison: Comparison,
    observed: Observed,
    wanted: Iterable[Wanted],
    lives: Iterable[Live],
    *,
    unmanaged: bool = False,
) -> Listing:
    """All that git names or that is ours, by key; with `unmanaged` all else that is there, too. The order of the inputs
    does not matter."""
    rows = list(_managed(owner, comparison, observed))
    refused = {found.key for found in comparison.refused}
    there = {live.assistant_id: live for live in lives}
    rows += [_refused(want, there.get(want.assistant_id)) for want in wanted if want.key in refused]
    if unmanaged:
        rows += _others(comparison)
    return Listing(deployment=deployment, owner=owner, rows=tuple(sorted(rows, key=_order)), refused=comparison.refused)


def _managed(owner: str, comparison: Comparison, observed: Observed) -> Iterator[Listed]:
    for pair in (*comparison.same, *comparison.mislabelled, *comparison.unmarked):
        yield _live(pair.live, State.IN_STEP, pair.wanted.key)
    for pair in comparison.differs:
        yield _live(pair.live, _state(owner, pair, observed), pair.wanted.key)
    for want in comparison.missing:
        yield _wanted(want, State.MISSING)
    for gone, live in comparison.given_up:
        yield _live(live, State.BEHIND, gone.key)
    for live in comparison.orphans:
        yield _live(live, "no-manifest", live.mark.key if live.mark is not None else None)


def _others(comparison: Comparison) -> Iterator[Listed]:
    for live in comparison.unmanaged:
        yield _live(live, "default" if live.is_default else "unmanaged")
    for live in comparison.copies:
        yield _live(live, "copy")
    for live in comparison.others:
        yield _live(live, "foreign", live.mark.key if live.mark is not None else None)


def _state(owner: str, pair: Pair, observed: Observed) -> State:
    identifier = pair.live.assistant_id
    history = observed.histories.get(identifier, NO_HISTORY)
    return stand(pair.wanted, owner, pair.live, history, observed.bases.get(identifier, Base())).state


def _refused(want: Wanted, live: Live | None) -> Listed:
    return _wanted(want, State.REFUSED) if live is None else _live(live, State.REFUSED, want.key)


def _wanted(want: Wanted, state: State) -> Listed:
    spec = want.spec
    return Listed(key=want.key, assistant_id=want.assistant_id, name=spec.name, graph_id=spec.graph_id, state=state)


def _live(live: Live, state: State | Elsewhere, key: str | None = None) -> Listed:
    marker = live.row.marker
    return Listed(
        key=key,
        assistant_id=live.assistant_id,
        name=live.row.spec.name,
        graph_id=live.row.spec.graph_id,
        version=live.row.number,
        owner=live.mark.owner if live.mark is not None else None,
        state=state,
        copy_of=marker.key if marker is not None and live.is_copy else None,
    )


def _order(row: Listed) -> tuple[bool, str, str, str]:
    managed = isinstance(row.state, State) or row.state == "no-manifest"
    return (not managed, row.key or "" if managed else row.state, row.name, row.assistant_id)
