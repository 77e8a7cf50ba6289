"""What to take: everything that happened outside git, or one version that is named. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct

from reconciler.app.bring.goal import Goal, Kept, edited, whole
from reconciler.app.drift import find_drift
from reconciler.app.observe import Inputs
from reconciler.app.session import Session
from reconciler.errors import UsageError
from reconciler.model.drift import Drift
from reconciler.model.wanted import Wanted

MANY = 5
"""Versions that are named where the wanted one is not there."""

PAGE = 10

TWO_SETS = "the server keeps two different sets of values for it, and a manifest has one"


class Looked(Struct, frozen=True, kw_only=True):
    """`left` are those that cannot be judged, or of which nothing can be taken. `notes` are what there is to know
    besides, each with its key."""

    goals: tuple[Goal, ...]
    left: tuple[Kept, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()


def drifted(
    given: Inputs,
    session: Session,
    selected: frozenset[str] | None,
    progress: Callable[[str], None] = lambda line: None,
) -> Looked:
    """What was changed outside git, of the assistants of `selected` keys (None: all). Raises ServerError."""
    found = find_drift(given, session, selected=selected, progress=progress)
    goals: list[Goal] = []
    left = [Kept(key=d.key or "", path=(), why=d.message) for d in found.refused]
    for one in found.drifted:
        if one.live is None:
            continue
        if one.live.residue or one.live.ambiguous:
            left.append(Kept(key=one.wanted.key, path=(), why=TWO_SETS))
            continue
        heard = one.taken or one.applied
        goals.append(whole(one.wanted, one.live) if heard is None else edited(one.wanted, one.live, heard))
    return Looked(goals=tuple(goals), left=tuple(left), notes=tuple(_notes(found, selected)))


def version(session: Session, wanted: Wanted, number: int) -> Goal:
    """What one version of an assistant says. Raises UsageError where there is no such one, or no manifest can say it;
    ServerError."""
    rows = session.reader.history(wanted.assistant_id, PAGE, lambda rows: any(r.number <= number for r in rows)).rows
    row = next((row for row in rows if row.number == number), None)
    if not rows:
        raise UsageError(f"assistant `{wanted.key}` is not on this server")
    if row is None:
        newest = ", ".join(str(row.number) for row in rows[:MANY])
        raise UsageError(f"assistant `{wanted.key}` has no version {number}", hint=f"its newest ones: {newest}")
    if row.residue or row.ambiguous:
        raise UsageError(f"version {number} of assistant `{wanted.key}` cannot be taken: {TWO_SETS}")
    return whole(wanted, row)


def _notes(found: Drift, selected: frozenset[str] | None) -> Iterator[tuple[str, str]]:
    """Of those that were asked for, why there is nothing to take; and what the drift itself says of single ones."""
    for one in found.drifted:
        if one.live is None:
            yield one.wanted.key, "it is gone from the server: `reconciler apply` makes it again"
    said = {d.key: d.message.partition(": ")[2] or d.message for d in found.diagnostics}
    for key in sorted(found.half_restored):
        yield key, said.get(key, "a set-latest was interrupted: `reconciler apply` finishes it")
    taken = {one.wanted.key for one in found.drifted}
    for d in found.diagnostics:
        if d.key in taken:
            yield d.key or "", d.message.removeprefix(f"assistant `{d.key}`").removeprefix(": ")
    if selected is None:
        return
    for key in sorted(selected & {*found.as_applied, *found.waiting, *found.not_taken, *found.adopted}):
        if key in found.waiting:
            yield key, "it waits for an apply, and nothing was changed outside git"
        elif key in found.not_taken:
            yield key, "the server does not take what git wants: `reconciler plan` names the fields"
        elif key in found.adopted:
            yield key, "it carries no marker, and says what git says"
        else:
            yield key, "nothing was changed outside git"
