"""What the versions of one assistant say, pure: whose each is, and what it changed."""

from __future__ import annotations

from reconciler.core import fields
from reconciler.core.authorship import ours
from reconciler.model.live import History, Live
from reconciler.model.plan import Deployment
from reconciler.model.versions import Told, Versions


def versions(deployment: Deployment, owner: str, key: str | None, live: Live, history: History, limit: int) -> Versions:
    """The newest `limit` versions of an assistant. One row more has to be in `history`, where there is one: what a
    version changed, and whose it is, only the one before it tells."""
    rows = history.rows
    told: list[Told] = []
    mine = ours(owner, live.assistant_id, rows)
    for number, row in enumerate(rows[:limit]):
        before = rows[number + 1] if number + 1 < len(rows) else None
        told.append(
            Told(
                row=row,
                ours=number in mine,
                first=before is None,
                relabelled=before is not None and before.marker != row.marker,
                fields=fields.between(before, row) if before is not None else (),
            )
        )
    active = next((row for row in rows if row.number == live.row.number), None)
    # Numbers begin at 1 and rise by one; only a restart of a development server leaves gaps.
    older = len(rows) - len(told) if history.complete else max(told[-1].row.number - 1, 1) if told else 0
    return Versions(
        deployment=deployment,
        owner=owner,
        key=key,
        live=live,
        told=tuple(told),
        older=older,
        exact=history.complete,
        differs=fields.between(active, live.row) if active is not None else (),
    )
