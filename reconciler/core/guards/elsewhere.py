"""What `other_repository` and `other_deployment` share: markers that name another place than this run's."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from reconciler.core.guards.rule import Scope
from reconciler.model.marker import Marker


class Elsewhere(Struct, frozen=True, kw_only=True):
    """`places` are the names found, `keys` the assistants that carry them."""

    places: tuple[str, ...]
    keys: tuple[str, ...]


def elsewhere(scope: Scope, here: str | None, place: Callable[[Marker], str | None]) -> Elsewhere | None:
    """Those of ours that name another place than `here`; absent on either side is not compared.

    A marker's place is provenance and never a reason to write, so what was written under an older name keeps it
    until it changes. Therefore only those count that would be written or deleted; all of them only where not one that
    stays names this place: then even a creation is in the wrong place.
    """
    if here is None or not scope.changes:
        return None
    ours = [mark for live in scope.ours if (mark := live.mark) is not None and place(mark) is not None]
    touched = {live.assistant_id for live in scope.touched}
    gone = {delete.live.assistant_id for delete in scope.all_deletes}
    if any(place(mark) == here for mark in ours if mark.id not in gone):
        ours = [mark for mark in ours if mark.id in touched]
    found = [mark for mark in ours if place(mark) != here]
    if not found:
        return None
    return Elsewhere(
        places=tuple(sorted({place(mark) or "" for mark in found})), keys=tuple(sorted({mark.key for mark in found}))
    )
