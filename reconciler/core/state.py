"""How one assistant stands between git and the server: the table of states, first match wins.

W is what git wants, L what is live, M its marker; "ours" is the newest version that this tool wrote (marker and hash
fit), B what git has said of the assistant since then (`Base`).

| if                                                                  | state         | reason             |
|---------------------------------------------------------------------|---------------|--------------------|
| no L                                                                | missing       | manifest           |
| L = W, whatever marker and version say                              | in-step       |                    |
| M says that a rollback was repaired, and L is in B: git agreed to   | behind        | manifest           |
| it, and has moved on                                                |               |                    |
| M says that a rollback was repaired                                 | rolled-back   | drift              |
| L is the newest row and what we wrote last                          | behind        | manifest           |
| newest row = W, and L is the newest                                 | refused       | no write           |
| this very content was written before, and never came back so        | refused       | no write           |
| L is ours or in B, or a default assistant that nobody has touched   | behind        | manifest           |
| L is an older row, or the newest with marker and content of one     | rolled-back   | drift              |
| from before the newest of ours, and there is one of ours            |               |                    |
| L is half one row and half the newest: a set-latest that stopped    | half-restored | manifest           |
| half way, or that this server restores only in part                 |               |                    |
| all that differs from W is in L what we last wrote: the rest is W   | behind        | manifest           |
| else                                                                | edited        | drift (+ manifest) |

A newer version that somebody made outside git and that git came to say (`pull`, and nothing was left to write) counts
in the last two as what we wrote last: what differs from it since is somebody's edit, and git waits for nothing.
"""

from __future__ import annotations

from itertools import takewhile

from msgspec import Struct
from msgspec.structs import replace

from reconciler.core import fields, managed, paths
from reconciler.core.authorship import last_applied, taken, written
from reconciler.core.compose import Provenance, compose
from reconciler.model.change import ABSENT, Reason, State
from reconciler.model.json import Json, JsonObject, same
from reconciler.model.live import History, Live, Version
from reconciler.model.wanted import FieldPath, Wanted

DEPTH = 50
"""How many versions, and how many commits, are looked at before saying so and stopping."""


class Base(Struct, frozen=True, kw_only=True):
    """What git has said of one assistant since we last wrote it, newest first.

    `complete` is False where the commits cannot be known: no git, a shallow clone, a tree that was dirty, more
    than DEPTH of them. `why` says which. `commits` are those of the specs, one each.
    """

    specs: tuple[Wanted, ...] = ()
    commits: tuple[str, ...] = ()
    complete: bool = True
    why: str = ""


class Standing(Struct, frozen=True, kw_only=True):
    """`ahead` says that git says something else than what we last wrote. `guessed` says why, where a state rests on
    less than everything; `ours` is the newest version that we wrote, `taken` a newer one that git came to say, with
    what it says."""

    state: State
    reasons: tuple[Reason, ...]
    guessed: str | None = None
    ours: Version | None = None
    taken: tuple[Version, Wanted] | None = None
    ahead: bool = False


def newest_of_ours(owner: str, assistant_id: str, history: History) -> Version | None:
    """The newest version that this tool wrote."""
    return next(iter(written(owner, assistant_id, history.rows)), None)


def stand(wanted: Wanted, owner: str, live: Live, history: History, base: Base) -> Standing:
    """The state of an assistant that is live and whose content differs from what git wants.

    `refused` stands for a server that does not take what it is sent (docs/server.md, S30; an auth handler that
    rewrites metadata): sending it again would make a version at every run.
    """
    row, newest = live.row, history.rows[0] if history.rows else None
    ours = newest_of_ours(owner, live.assistant_id, history)
    at_newest = is_newest(live, history)
    since = tuple(replace(spec, ignore=(*spec.ignore, *wanted.ignore)) for spec in base.specs)
    as_written = is_as_written(owner, live, history)
    rolled_back = live.mark is not None and live.mark.rollback is not None
    last = None
    if rolled_back or not as_written:
        # What a rollback wrote is ours, and not what git says, unless git came to say it.
        last = last_applied(owner, live.assistant_id, history.rows) or ours
    pulled = taken(last, history.rows, row, (wanted, *since)) if last is not None else None
    heard = pulled[0] if pulled is not None else ours
    # What we never wrote, an adopted one, waits for what git says; so does what git has said since we last wrote.
    ahead = heard is None or not managed.same_content(wanted, heard)

    def found(state: State, *reasons: Reason, guessed: str | None = None) -> Standing:
        return Standing(state=state, reasons=reasons, guessed=guessed, ours=ours, taken=pulled, ahead=ahead)

    # What we wrote last is something that git has said, also where no commit can be asked; but for a rollback.
    specs = since
    if ours is not None and (ours.marker is None or ours.marker.rollback is None):
        specs = (*specs, managed.as_written(wanted, ours))

    def in_base(version: Version) -> bool:
        return any(managed.same_content(spec, version) for spec in specs)

    guessed = None if base.complete else base.why
    if live.mark is not None and rolled_back:
        if in_base(row):
            return found(State.BEHIND, Reason.MANIFEST)
        ahead = ahead and managed.said_hash(wanted) != live.mark.rollback
        return found(State.ROLLED_BACK, Reason.DRIFT, guessed=guessed)
    if as_written:
        return found(State.BEHIND, Reason.MANIFEST)
    if newest is not None and at_newest and not row.residue and managed.same_content(wanted, newest):
        return found(State.REFUSED)
    if at_newest and _was_rewritten(wanted, owner, live, history):
        return found(State.REFUSED)
    if in_base(row) or _untouched_default(wanted, live):
        return found(State.BEHIND, Reason.MANIFEST)
    same_row = next((r for r in history.rows if r.number == row.number), None)
    if same_row is not None and newest is not None:
        whole = same(_content(same_row), _content(row))
        if whole and ours is not None and (not at_newest or _came_back(wanted, live, history, ours)):
            return found(State.ROLLED_BACK, Reason.DRIFT, guessed=guessed)
        if not whole and (row.residue or (not at_newest and _half(row, same_row, newest))):
            return found(State.HALF_RESTORED, Reason.MANIFEST)
    if heard is not None and not row.residue and _is_said(wanted, heard, row):
        return found(State.BEHIND, Reason.MANIFEST)
    if ahead:
        return found(State.EDITED, Reason.DRIFT, Reason.MANIFEST, guessed=guessed)
    return found(State.EDITED, Reason.DRIFT, guessed=guessed)


def _is_said(wanted: Wanted, heard: Version, row: Version) -> bool:
    """Whether git says everything that is live, or said it of the version that it was last `heard` in: nothing of it is
    somebody else's alone, as after a `pull` of an edit while git had moved on."""
    before, now = managed.content_found(wanted, heard), managed.content_found(wanted, row)
    return all(same(_value(before, change.path), _value(now, change.path)) for change in fields.changed(wanted, row))


def _value(content: JsonObject, path: FieldPath) -> Json:
    """In a list, so that what is not there is no null; lists are compared whole."""
    found = paths.get(content, tuple(takewhile(lambda step: isinstance(step, str), path)))
    return [] if found is ABSENT else [found]


def is_newest(live: Live, history: History) -> bool:
    """Whether what is live is the newest version, as far as the history tells."""
    return not history.rows or live.row.number >= history.rows[0].number


def is_as_written(owner: str, live: Live, history: History) -> bool:
    """Whether what is live is what we wrote last: then git is ahead, whatever else git has said."""
    row = live.row
    if not is_newest(live, history) or row.residue or not managed.written_by_us(owner, live.assistant_id, row):
        return False
    ours = newest_of_ours(owner, live.assistant_id, history)
    return ours is None or ours.marker == row.marker


def _untouched_default(wanted: Wanted, live: Live) -> bool:
    """A graph's default assistant as the server makes it: empty, and nobody's work (docs/server.md, S22)."""
    row = live.row
    return wanted.default and row.marker is None and not (row.spec.context or row.spec.config or row.residue)


def _was_rewritten(wanted: Wanted, owner: str, live: Live, history: History) -> bool:
    """Whether no version that our sending of this content made holds it.

    A later edit by somebody keeps our marker, and with it the hash; so only a history that was read to its end tells.
    One version that lost its whole context is no sign yet: a server that knows no context took it away from the
    first write, before anything could be learned (docs/server.md, S5).
    """
    sent = compose(wanted, live, owner, Provenance()).marker.hash
    if not history.complete or live.mark is None or live.mark.hash != sent:
        return False
    carrying = [r for r in history.rows if r.marker is not None and r.marker.hash == sent]
    if any(not r.residue and managed.written_by_us(owner, live.assistant_id, r) for r in carrying):
        return False
    return len(carrying) > 1 or any(r.spec.context or not wanted.spec.context for r in carrying)


def _came_back(wanted: Wanted, live: Live, history: History, ours: Version) -> bool:
    """Whether the newest version is one from before `ours`, made active again and then edited in what is not git's: it
    has the marker and the content of that one."""
    row = live.row
    before = [r for r in history.rows if r.number < ours.number and r.marker == row.marker]
    return row.marker not in (None, ours.marker) and any(
        managed.same_content(replace(managed.as_written(wanted, r), ignore=wanted.ignore), row) for r in before
    )


def _content(row: Version) -> JsonObject:
    return row.spec.as_json() | {"residue": row.residue}


def _half(row: Version, older: Version, newest: Version) -> bool:
    """Whether each field of `row` is that of the older or of the newest row: what an interrupted set-latest leaves
    behind on a server that restores only part (docs/server.md, S17)."""
    now, was, last = row.spec.as_json(), older.spec.as_json(), newest.spec.as_json()
    return all(same(now[name], was[name]) or same(now[name], last[name]) for name in now)
