"""How assistants that were read already go back: their histories, what git has said since, and what core/rollback makes
of both."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeAlias

from msgspec import Struct

from reconciler.app.base import Past
from reconciler.app.live_schemas import unknown_graph
from reconciler.app.session import Session
from reconciler.app.source import Source
from reconciler.core import lookup
from reconciler.core.compare import Pair
from reconciler.core.rollback import Heard, Nothing, Refused, Rollback, enough, rollback
from reconciler.core.state import Base, newest_of_ours
from reconciler.errors import ServerError
from reconciler.model.live import History, Live, Version
from reconciler.model.wanted import Wanted
from reconciler.server.schemas import graphs_of, shows_defaults

LOOKUPS = 8
"""Histories that are read side by side."""


class Wish(Struct, frozen=True, kw_only=True):
    """One assistant, as it is live, and where it is to go back to: version `number`, or what was live a while ago; with
    neither, to the version before. `said` is its manifest, if there is one."""

    live: Live
    said: Wanted | None
    number: int | None = None
    was: Version | None = None


Back: TypeAlias = Rollback | Nothing | Refused | ServerError
"""What a wish comes to. A ServerError is why its history cannot be read."""


def look_back(source: Source, session: Session, wishes: Sequence[Wish]) -> list[Back]:
    """What each comes to, in their order. Reads only, and raises nothing: one that cannot be read keeps no other."""
    if not wishes:
        return []
    owner = source.repository.settings.owner

    def read(wish: Wish) -> History | ServerError:
        live, number = wish.live, wish.was.number if wish.was is not None else wish.number
        try:
            return session.reader.history(
                live.assistant_id, lookup.PAGE, lambda rows: enough(owner, live, wish.said, number, rows)
            )
        except ServerError as error:
            return error

    with ThreadPoolExecutor(max_workers=min(LOOKUPS, len(wishes))) as pool:
        found = list(zip(wishes, pool.map(read, wishes), strict=True))
    asked = [(Pair(wanted=w.said, live=w.live), h) for w, h in found if w.said is not None and isinstance(h, History)]
    past = Past(source.repository, session.deployment.name)
    bases, heads = past.bases(asked), past.at_head([pair for pair, _ in asked])

    def judge(wish: Wish, history: History | ServerError) -> Back:
        if isinstance(history, ServerError):
            return history
        live = wish.live
        old = _is_old(source, newest_of_ours(owner, live.assistant_id, history))
        base = bases.get(live.assistant_id, Base())
        head: Heard | None = heads.get(live.assistant_id)
        if source.repository.git is None and wish.said is not None:
            head = None, wish.said
        return rollback(owner, live, history, wish.said, wish.number, old=old, base=base, head=head, was=wish.was)

    return [judge(wish, history) for wish, history in found]


def graph_is_gone(lives: Sequence[Live], want: Wanted) -> str | None:
    """Why what is wanted cannot be written: its graph is not on the server any more (docs/server.md, S12)."""
    deployed = graphs_of(lives) if shows_defaults(lives) else None
    graph = want.spec.graph_id
    return unknown_graph(graph, deployed) if deployed is not None and graph not in deployed else None


def _is_old(source: Source, ours: Version | None) -> bool:
    """Whether what is checked out is older than what wrote the newest version of ours."""
    git, commit = source.repository.git, ours.marker.commit if ours is not None and ours.marker is not None else None
    if git is None or commit is None:
        return False
    head, last = git.head(), git.resolve(commit)
    return head is not None and last is not None and head != last and git.is_ancestor(head, last) is True
