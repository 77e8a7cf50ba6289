"""What `on_drift` makes of a change whose reason is drift: whether it is left undone, and in which words."""

from __future__ import annotations

from reconciler.core.managed import said_hash, same_content
from reconciler.core.state import Standing
from reconciler.model.change import Activate, State, Update
from reconciler.model.live import Live
from reconciler.model.plan import Held
from reconciler.model.wanted import OnDrift, Wanted


def hold(change: Update | Activate, standing: Standing, policy: OnDrift, *, named: bool) -> Held | None:
    """Whether drift keeps this change from being applied. A rollback stays under every policy while git says what was
    rolled back from, unless somebody `named` this very assistant to be overwritten."""
    want, live = change.wanted, change.live
    ahead = standing.ahead
    if standing.state is State.ROLLED_BACK and not named and _still_rolled_back(want, live, standing):
        why = "it was rolled back, and git still says what was rolled back from"
        return Held(change=change, why=why, ahead=ahead)
    if policy is OnDrift.OVERWRITE:
        return None
    words = "it was rolled back" if standing.state is State.ROLLED_BACK else "it was changed outside git"
    if live.mark is None:
        words = "it was made outside git"
    why = f"{words}, and on_drift is {policy}"
    return Held(change=change, why=why, blocks=policy is OnDrift.BLOCK, ahead=ahead)


def _still_rolled_back(want: Wanted, live: Live, standing: Standing) -> bool:
    """Whether git says what it said when the rollback was made."""
    mark = live.mark
    if mark is not None and mark.rollback is not None:
        return said_hash(want) == mark.rollback
    heard = standing.taken[0] if standing.taken is not None else standing.ours
    return heard is not None and same_content(want, heard)
