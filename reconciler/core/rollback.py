"""`rollback`, pure: an assistant with its history -> the one change that makes an earlier version live, or why not.

What is written is the content of that version, but what is not git's stays as it is live: other people's metadata,
ignored fields, the names of a default assistant. What keeps the next apply from undoing it:

| afterwards                                        | it is held because                                           |
|---------------------------------------------------|--------------------------------------------------------------|
| that version is active again, nothing was written | the newest version of ours still says what was rolled back   |
|                                                   | from (core/state.py)                                         |
| a new version holds the content, also where git   | its marker carries the hash of what was rolled back from     |
| has said that content since it last wrote         |                                                              |
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from reconciler.core import fields, managed
from reconciler.core.authorship import written
from reconciler.core.earlier import earlier, hash_of
from reconciler.core.lookup import PAGE
from reconciler.core.state import DEPTH, Base, is_as_written, newest_of_ours
from reconciler.model.change import Activate, Reason, State, Update
from reconciler.model.json import same
from reconciler.model.live import History, Live, Version
from reconciler.model.wanted import Wanted

Heard: TypeAlias = tuple[str | None, Wanted]
"""What git says at a commit; without one where there is no repository."""

LISTED = 5
"""How many versions are named where the one that was asked for is not there."""


class Rollback(Struct, frozen=True, kw_only=True):
    """`target` is the version whose content becomes live, `said` whether git said that once. `left` is the version of
    ours that says what is rolled back from, where there is one. With `current` this checkout of git says just that, so
    what is written is of its commit; else of `commit`, that of the newest version of ours, or the one at which git came
    to say what is live. With `agreed` git says the content of `target` already."""

    change: Activate | Update
    target: Version
    said: bool
    left: Version | None
    current: bool
    commit: str | None
    agreed: bool


class Nothing(Struct, frozen=True, kw_only=True):
    """The content that was asked for is live already, as this version."""

    version: int


class Refused(Struct, frozen=True, kw_only=True):
    """Why there is nothing that could be made live, and what to do."""

    message: str
    hint: str | None = None


def rollback(
    owner: str,
    live: Live,
    history: History,
    said: Wanted | None,
    number: int | None,
    *,
    old: bool = False,
    base: Base | None = None,
    head: Heard | None = None,
    was: Version | None = None,
) -> Rollback | Nothing | Refused:
    """What makes version `number` live; None: the version before. `said` is the manifest of this checkout, if there is
    one; without, `live` carries our marker. `history` is as deep as `enough` asks. With `old` the checkout is of a
    commit before the one that was applied last. `base` is what git has said since then, `head` what it says at HEAD.
    `was`, in place of a number, is what was live a while ago, and becomes live again as it was then."""
    base = base or Base()
    heard = () if old else (*([head] if head is not None else ()), *zip(base.commits, base.specs, strict=False))
    row = _as_it_was(history, was) if was is not None else _target(owner, live, history.rows, said, number)
    if row is None:
        return _not_there(live, history, number)
    if row.ambiguous:
        why = "one in `context`, another in `config.configurable`, and nobody can tell which one counts"
        return Refused(message=f"version {row.number} holds two different sets of values: {why}")
    want = earlier(owner, live, row, said)
    if managed.same_content(want, live.row):
        return Nothing(version=live.row.number)
    ours = newest_of_ours(owner, live.assistant_id, history)
    left, current, commit = _left(owner, live, history, said, heard, old=old)
    # What git says anyway needs nothing that holds it.
    want = replace(want, rollback=None if managed.said_hash(want) == left else left)
    mine = written(owner, live.assistant_id, history.rows)
    return Rollback(
        change=_change(owner, live, history, want, row, ours, said, base),
        target=row,
        said=row.marker is not None
        and row.marker.rollback is None
        and managed.written_by_us(owner, live.assistant_id, row),
        left=next((r for r in mine if hash_of(owner, live, r, said) == left), None),
        current=current,
        commit=commit,
        agreed=want.rollback is None,
    )


def enough(owner: str, live: Live, said: Wanted | None, number: int | None, rows: Sequence[Version]) -> bool:
    """Whether `rows`, newest first and complete so far, tell all that `rollback` asks of them."""
    if len(rows) < PAGE:
        return False
    if number is not None:
        found = any(row.number <= number for row in rows)
    else:
        known = _stands_for(owner, live, rows, said) is not None
        found = len(rows) >= DEPTH or (known and _target(owner, live, rows, said, None) is not None)
    mine = written(owner, live.assistant_id, rows)
    return found and (len(rows) >= DEPTH or any(r.marker is not None and r.marker.rollback is None for r in mine))


def date(row: Version) -> str | None:
    """`2026-11-21 03:10`, where the server says a time that can be read."""
    found = re.match(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)", row.created_at or "")
    return f"{found[1]} {found[2]}" if found else None


def _target(owner: str, live: Live, rows: Sequence[Version], said: Wanted | None, number: int | None) -> Version | None:
    """The version that was asked for; else the newest one below the live one with other content.

    A rollback that had to be repaired is itself the newest version: it stands for the one that it went back to, so that
    a second rollback goes further back. One that stopped half way is finished.
    """
    if number is not None:
        return next((row for row in rows if row.number == number), None)
    start, mark = _stands_for(owner, live, rows, said), live.mark
    at = live.row.number if start is None else start
    left = mark.rollback if mark is not None and start is None else None
    half = bool(rows) and live.row.number < rows[0].number
    for row in rows:
        below = row.number < at or (row.number == at and half)
        if not below or row.ambiguous or managed.same_content(earlier(owner, live, row, said), live.row):
            continue
        if left is None or hash_of(owner, live, row, said) != left:
            return row
    return None


def _as_it_was(history: History, was: Version) -> Version:
    """The version that was live; or what was, where that was not exactly what the version says: a set-latest that
    restored only part of it (docs/server.md, S17)."""
    row = next((row for row in history.rows if row.number == was.number), None)
    if row is None or was.residue or row.marker != was.marker:
        return was
    return row if same(row.spec.as_json(), was.spec.as_json()) else was


def _stands_for(owner: str, live: Live, rows: Sequence[Version], said: Wanted | None) -> int | None:
    """The number of the live version; of one that is a repaired rollback, or that somebody made active again and then
    edited, that of the version it went back to; None where that of a rollback is not among `rows`."""
    if live.mark is None or live.mark.rollback is None:
        mine = written(owner, live.assistant_id, rows)
        fits = managed.written_by_us(owner, live.assistant_id, live.row)
        if not fits or any(r.number == live.row.number for r in mine):
            return live.row.number
        # Its marker came back with an older version, and so did its content.
        return min((r.number for r in mine if r.marker == live.row.marker), default=live.row.number)
    older = (r for r in rows if r.number < live.row.number and (r.marker is None or r.marker.rollback is None))
    return next((r.number for r in older if managed.same_content(earlier(owner, live, r, said), live.row)), None)


def _not_there(live: Live, history: History, number: int | None) -> Refused:
    newest = [f"{row.number} ({when})" if (when := date(row)) else f"{row.number}" for row in history.rows[:LISTED]]
    older = " and older ones" if len(history.rows) > LISTED or not history.complete else ""
    there = f"there are {', '.join(newest)}{older}" if newest else "there are none"
    if number is not None:
        return Refused(message=f"it has no version {number}: {there}")
    among = "" if history.complete else f" among the newest {len(history.rows)}"
    return Refused(
        message=f"no version before {live.row.number}, which is live, has other content{among}: {there}",
        hint="to choose one of them: KEY@N",
    )


def _left(
    owner: str, live: Live, history: History, said: Wanted | None, heard: Sequence[Heard], *, old: bool
) -> tuple[str, bool, str | None]:
    """The hash of what is rolled back from, whether this checkout says it, and the commit that did.

    That is what git said when it was last heard, not what somebody made of it since: git goes on saying it. A checkout
    counts where it says something that is known; an older one must not end the rollback, nor one that is ahead. What
    was made outside git counts where a commit has come to say it: it was pulled, and nothing was left to write.
    """
    known = [live.mark.rollback] if live.mark is not None and live.mark.rollback is not None else []
    mine = written(owner, live.assistant_id, history.rows)
    applied = next((r for r in mine if r.marker is not None and r.marker.rollback is None), None)
    if applied is not None:
        known.append(hash_of(owner, live, applied, said))
    if managed.written_by_us(owner, live.assistant_id, live.row):
        known.append(hash_of(owner, live, live.row, said))
    git = managed.said_hash(said) if said is not None and not old else None
    last = mine[0].marker.commit if mine and mine[0].marker is not None else None
    if git is not None and (git in known or not known):
        return git, True, last
    ignore = said.ignore if said is not None else ()
    for commit, spec in heard:
        if managed.same_content(replace(spec, ignore=(*spec.ignore, *ignore)), live.row):
            left = managed.said_hash(spec)
            return left, git == left, commit
    return (known or [hash_of(owner, live, live.row, said)])[0], False, last


def _change(
    owner: str,
    live: Live,
    history: History,
    want: Wanted,
    row: Version,
    ours: Version | None,
    said: Wanted | None,
    base: Base,
) -> Activate | Update:
    newest = history.rows[0].number
    state = _state(owner, live, history, said)
    changed = fields.changed(want, live.row)
    back = row.number <= live.row.number
    outside = "" if row in written(owner, live.assistant_id, history.rows) else ", made outside git"
    when = f" of {date(row)}" if date(row) else ""
    note = f"{'rolls back' if back else 'goes'} to version {row.number}{when}{outside}"
    reasons = (Reason.ROLLBACK,)
    # What git has said since it last wrote passes for git's own (core/state.py): only a marker of its own tells.
    again = any(managed.same_content(replace(spec, ignore=want.ignore), row) for spec in base.specs)
    sure = (want.rollback is None or not again) and any(known is row for known in history.rows)
    if sure and row.number != live.row.number and _stays_known(owner, live, want, row, ours, newest, said):
        return Activate(
            wanted=want,
            live=live,
            target=row.number,
            newest=newest,
            reasons=reasons,
            state=state,
            fields=changed,
            note=note,
        )
    return Update(wanted=want, live=live, newest=newest, reasons=reasons, state=state, fields=changed, note=note)


def _stays_known(
    owner: str, live: Live, want: Wanted, row: Version, ours: Version | None, newest: int, said: Wanted | None
) -> bool:
    """Whether making `row` active gives exactly what is wanted, and the next plan can tell that it was rolled back."""
    if row.marker is None or not managed.restores(want, owner, live.row, row):
        return False
    if row.marker.rollback is not None or want.rollback is None:
        return row.marker.rollback == want.rollback
    return ours is not None and row.number < newest and hash_of(owner, live, ours, said) == want.rollback


def _state(owner: str, live: Live, history: History, said: Wanted | None) -> State:
    """How it stands before, as far as that can be told without asking git's history."""
    row, newest = live.row, history.rows[0]
    if said is not None and managed.same_content(said, row):
        return State.IN_STEP
    same_row = next((r for r in history.rows if r.number == row.number), None)
    if same_row is not None and not same(same_row.spec.as_json(), row.spec.as_json()) and row.number < newest.number:
        return State.HALF_RESTORED
    if row.number < newest.number or (live.mark is not None and live.mark.rollback is not None):
        return State.ROLLED_BACK
    if is_as_written(owner, live, history):
        return State.BEHIND
    return State.ROLLED_BACK if managed.written_by_us(owner, live.assistant_id, row) else State.EDITED
