"""Takes back what an apply wrote, to what was live before it: planned as a rollback is, applied, read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Event

from reconciler.app.apply import Progress, apply
from reconciler.app.look_back import Back, Wish, graph_is_gone, look_back
from reconciler.app.session import Session
from reconciler.app.source import Source
from reconciler.core.checks import Due, is_ours
from reconciler.core.compose import Provenance
from reconciler.core.rollback import Refused, Rollback
from reconciler.errors import ServerError
from reconciler.model.change import Change, assistant_id_of, order
from reconciler.model.live import Live
from reconciler.model.plan import Plan
from reconciler.model.report import Outcome

CREATED = "it was created by this apply, so there is nothing to go back to"
CHANGED = "somebody changed it since it was written"
GONE = "somebody deleted it since it was written"


def go_back(
    source: Source,
    session: Session,
    origin: Provenance,
    asked: Sequence[Due],
    *,
    parallelism: int,
    stop: Event,
    progress: Progress,
) -> tuple[Mapping[str, Outcome], Mapping[str, str]]:
    """What became of each, by assistant_id; and why the others were left as this run wrote them: nothing was sent then.

    Only what is live as this run wrote it is touched, and what git says is held as after a rollback. Raises nothing.
    """
    assert session.writer is not None
    repository = source.repository
    try:
        lives = session.reader.assistants()
    except ServerError as error:
        return {}, {one.wanted.assistant_id: _unread(error) for one in asked}
    changes, left = _plan(source, session, lives, asked)
    made = Plan(
        deployment=session.deployment,
        owner=repository.settings.owner,
        commit=origin.commit,
        changes=tuple(sorted(changes, key=order)),
        rollback=True,
    )
    report = apply(
        made,
        origin,
        session.reader,
        session.writer,
        parallelism=parallelism,
        pin=False,
        progress=progress,
        settle=repository.settings.settle,
        stop=stop,
    )
    return {assistant_id_of(outcome.change): outcome for outcome in report.outcomes}, left


def _plan(
    source: Source, session: Session, lives: Sequence[Live], asked: Sequence[Due]
) -> tuple[list[Change], dict[str, str]]:
    """The changes, and by assistant_id why the others are left."""
    owner, changes, left, wishes = source.repository.settings.owner, list[Change](), dict[str, str](), list[Wish]()
    by_id = {live.assistant_id: live for live in lives}
    for one in asked:
        identifier = one.wanted.assistant_id
        now = by_id.get(identifier)
        if one.before is None:
            left[identifier] = CREATED
        elif now is None:
            left[identifier] = GONE
        elif not is_ours(owner, one, now):
            left[identifier] = CHANGED
        else:
            wishes.append(Wish(live=now, said=one.wanted, was=one.before.row))
    for wish, found in zip(wishes, look_back(source, session, wishes), strict=True):
        change = found.change if isinstance(found, Rollback) else None
        gone = graph_is_gone(lives, change.wanted) if change is not None else None
        if change is not None and gone is None:
            changes.append(change)
        else:
            left[wish.live.assistant_id] = f"it cannot go back: {gone}" if gone is not None else _why_not(found)
    return changes, left


def _why_not(found: Back) -> str:
    match found:
        case ServerError():
            return _unread(found)
        case Refused(message=message):
            return f"it cannot go back: {message}"
        case _:
            return "what was live before has the same content"


def _unread(error: ServerError) -> str:
    return f"what is live could not be read, so nothing was sent: {error.message}"
