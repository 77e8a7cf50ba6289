"""How one assistant stands between git and the server: the table of states, first match wins.

W is what git wants, L what is live, M its marker; "ours" is the newest version that this tool wrote (marker and hash
fit), B what git has said of the assistant since then (`Base`).

| if                                                             | state           | reason             |
|----------------------------------------------------------------|-----------------|--------------------|
| no L                                                           | missing         | manifest           |
| L = W, whatever marker and version say                         | in-step         |                    |
| M says that a rollback was repaired                            | rolled-back     | drift              |
| newest row = W, and L is the newest                            | refused         | no write           |
| this very content was written before and came back different   | refused         | no write           |
| L in B, or a default assistant that nobody has touched         | behind          | manifest           |
| L is an older row, and ours is W or in B                       | rolled-back     | drift              |
| L is half one row and half the newest                          | half-restored   | drift              |
| B is not known, L is the newest row and what we wrote last     | behind          | manifest, and said |
| else                                                           | edited          | drift (+ manifest) |
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from reconciler.core import managed
from reconciler.core.compose import Provenance, compose
from reconciler.model.change import Reason, State
from reconciler.model.json import JsonObject, same
from reconciler.model.live import History, Live, Version
from reconciler.model.wanted import Wanted

DEPTH = 50
"""How many versions, and how many commits, are looked at before saying so and stopping."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What git has said of one assistant since we last wrote it, newest first.

    `complete` is False where the commits cannot be known: no git, a shallow clone, a tree that was dirty, more
    than DEPTH of them. `why` says which.
    """

    specs: tuple[Wanted, ...] = ()
    complete: bool = True
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`guessed` says why, where a state rests on less than everything."""

    state: State
    reasons: tuple[Reason, ...]
    guessed: str | None = None
    ours: Version | None = None


def newest_of_ours(owner: str, assistant_id: str, history: History) -> Version | None:
    """The newest version that this tool wrote."""
    return next((row for row in history.rows if managed.written_by_us(owner, assistant_id, row)), None)


def stand(wanted: Wanted, owner: str, live: Live, history: History, base: Base) -> Standing:
    """The state of an assistant that is live and whose content differs from what git wants.

    `refused` stands for a server that does not take what it is sent (docs/server.md, S30; an auth handler that
    rewrites metadata): sending it again would make a version at every run.
    """
    row, newest = live.row, history.rows[0] if history.rows else None
    ours = newest_of_ours(owner, live.assistant_id, history)
    at_newest = newest is None or row.number >= newest.number
    drift, manifest = (Reason.DRIFT,), (Reason.MANIFEST,)

    def in_base(version: Version) -> bool:
        said = (replace(spec, ignore=(*spec.ignore, *wanted.ignore)) for spec in base.specs)
        return any(managed.same_content(spec, version) for spec in said)

    if live.mark is not None and live.mark.rollback is not None:
        return Standing(state=State.ROLLED_BACK, reasons=drift, ours=ours)
    if newest is not None and at_newest and managed.same_content(wanted, newest):
        return Standing(state=State.REFUSED, reasons=(), ours=ours)
    if at_newest and _was_rewritten(wanted, owner, live, history):
        return Standing(state=State.REFUSED, reasons=(), ours=ours)
    if in_base(row) or _untouched_default(wanted, live):
        return Standing(state=State.BEHIND, reasons=manifest, ours=ours)
    same_row = next((r for r in history.rows if r.number == row.number), None)
    if not at_newest and same_row is not None:
        whole = same(_content(same_row), _content(row))
        if whole and ours is not None and (managed.same_content(wanted, ours) or in_base(ours)):
            return Standing(state=State.ROLLED_BACK, reasons=drift, ours=ours)
        if not whole and newest is not None and _half(row, same_row, newest):
            return Standing(state=State.HALF_RESTORED, reasons=drift, ours=ours)
    if not base.complete and at_newest and managed.written_by_us(owner, live.assistant_id, row):
        return Standing(state=State.BEHIND, reasons=manifest, guessed=base.why, ours=ours)
    ahead = not _still_says(wanted, ours, base)
    return Standing(
        state=State.EDITED,
        reasons=drift + manifest if ahead else drift,
        guessed=None if base.complete else base.why,
        ours=ours,
    )


def _untouched_default(wanted: Wanted, live: Live) -> bool:
    """A graph's default assistant as the server makes it: empty, and nobody's work (docs/server.md, S22)."""
    row = live.row
    return wanted.default and row.marker is None and not (row.spec.context or row.spec.config or row.residue)


def _was_rewritten(wanted: Wanted, owner: str, live: Live, history: History) -> bool:
    """Whether the version that our sending of this content made holds something else.

    A later edit by somebody keeps our marker, and with it the hash; so the oldest version with that hash tells.
    """
    sent = compose(wanted, live, owner, Provenance()).marker.hash
    carrying = [r for r in history.rows if r.marker is not None and r.marker.hash == sent]
    if not carrying or live.mark is None or live.mark.hash != sent:
        return False
    first = carrying[-1]
    return bool(first.residue) or not managed.written_by_us(owner, live.assistant_id, first)


def _still_says(wanted: Wanted, ours: Version | None, base: Base) -> bool:
    """Whether git says what it said when we last wrote: then all that differs was done outside git.

    What we never wrote, an adopted one, still waits for what git says.
    """
    if ours is None:
        return False
    if managed.same_content(wanted, ours):
        return True
    return bool(base.specs) and same(managed.content_wanted(wanted), managed.content_wanted(base.specs[0]))


def _content(row: Version) -> JsonObject:
    return row.spec.as_json() | {"residue": row.residue}


def _half(row: Version, older: Version, newest: Version) -> bool:
    """Whether each field of `row` is that of the older or of the newest row: what an interrupted set-latest leaves
    behind on a server that restores only part (docs/server.md, S17)."""
    now, was, last = row.spec.as_json(), older.spec.as_json(), newest.spec.as_json()
    return all(same(now[name], was[name]) or same(now[name], last[name]) for name in now)
