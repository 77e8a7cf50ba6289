"""A write whose answer was lost: did it land? Settled by the version list before anything is sent again.

| the version list, for `settle` seconds              | then                            |
|-----------------------------------------------------|---------------------------------|
| a row above the pinned version holds what was sent  | it landed                       |
| a row above it holds something else, and none ours  | somebody else wrote: not resent |
| no new row, and what is live is what it was         | it did not land: sent again     |
| no new row, and another one is live                 | somebody else wrote: not resent |
| it cannot be read                                   | unknown: not resent             |

The live row alone does not tell: it may be somebody else's by then. What a busy server has not let in is looked at in
the same way before it is sent again: seconds may have passed since the look before it. There is no conditional write
(docs/server.md, S2), so a server that commits later than `settle` seconds can still make a second version; the list
then shows both.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum
from threading import Event

from msgspec.structs import replace

from reconciler.core import managed
from reconciler.core.pin import moved
from reconciler.errors import ServerError
from reconciler.model.live import History, Live, Version
from reconciler.model.write import Write
from reconciler.server.reader import Reader
from reconciler.server.writer import Written

FIRST_LOOK, LONGEST_PAUSE = 0.05, 1.0
"""Seconds between two looks at the version list: the first, and what doubling it leads to."""

MOST_LOST = 5
"""How often one write is sent whose answer is lost each time. The looks in between are answered, and earn the budget of
retries back: it alone would never end."""

LONGEST_WAIT = 30.0
"""Seconds that a server's Retry-After may keep a write waiting."""


class Landing(Enum):
    """What the server's own record says of a write whose answer was lost."""

    LANDED = "landed"
    NOT_YET = "not yet"
    CONFLICT = "conflict"


class Settler:
    """Sends writes and settles those whose answer was lost. `settle` is in seconds; `stop` ends every wait. Writes that
    are sent again count against the same budget as the reader's retries."""

    def __init__(self, owner: str, reader: Reader, *, settle: float, stop: Event) -> None:
        self._owner, self._reader, self._budget = owner, reader, reader.budget
        self._settle, self._stop = settle, stop

    @property
    def stopped(self) -> bool:
        """Whether the run was interrupted: then nothing new is to be sent."""
        return self._stop.is_set()

    def send(self, write: Callable[[], Written], landed: Callable[[], Landing]) -> Written:
        """Send once, and again only where it never went out or the server's record shows that it did not land, and that
        nobody else wrote in the meantime."""
        again = resent = False
        losses = 0
        while True:
            written = replace(write(), resent=resent)
            if written.result == "unsent":
                again = True
                landing = None
                while landing is None:
                    if not self._budget.take() or self._stop.wait(min(written.after, LONGEST_WAIT)):
                        return replace(written, result="refused")
                    landing = self._look(landed, 0)
                if landing is Landing.NOT_YET:
                    continue
                return _done(written) if landing is Landing.LANDED else _stale(written)
            if written.result == "refused" and again and self._look(landed, 0) is Landing.LANDED:
                return _done(written)  # the first one came late, and the second met it
            if written.result != "lost":
                self._budget.earn()
                return written
            losses += 1
            landing = self._look(landed, self._settle)
            if landing is Landing.LANDED:
                return _done(written)
            if landing is Landing.CONFLICT:
                return _stale(written)
            if landing is None or losses >= MOST_LOST or self._stop.is_set() or not self._budget.take():
                return written
            again = resent = True

    def version_of(self, write: Write, pinned: int, live: Live | None = None) -> Callable[[], Landing]:
        """Whether a version above `pinned` holds what was sent. `live` is what was there right before: a set-latest
        makes no version, and shows in the live row alone."""

        def landed() -> Landing:
            another = self._moved(live)  # asked first: what lands after that shows in the list
            above = self.above(write.assistant_id, pinned)
            if any(self._is_sent(write, row) for row in above):
                return Landing.LANDED
            return Landing.CONFLICT if above or another else Landing.NOT_YET

        return landed

    def activation_of(self, assistant_id: str, pinned: int, target: int) -> Callable[[], Landing]:
        """Whether the target is active. A set-latest makes no version, so here the live row is asked."""

        def landed() -> Landing:
            found = self._reader.get(assistant_id)
            number = found.row.number if found is not None else None
            if number == target:
                return Landing.LANDED
            return Landing.NOT_YET if number == pinned else Landing.CONFLICT

        return landed

    def deletion_of(self, live: Live) -> Callable[[], Landing]:
        """Whether no version is left. What was changed since, or made anew, is not what was to be deleted."""

        def landed() -> Landing:
            another = self._moved(live)
            if not self._history(live.assistant_id, 0).rows:
                return Landing.LANDED
            return Landing.CONFLICT if another else Landing.NOT_YET

        return landed

    def newest(self, assistant_id: str) -> int:
        """The highest version number there is; 0 where there is none."""
        rows = self._reader.history(assistant_id, 1, lambda rows: True).rows
        return rows[0].number if rows else 0

    def above(self, assistant_id: str, pinned: int) -> tuple[Version, ...]:
        """The versions above `pinned`, newest first."""
        return tuple(row for row in self._history(assistant_id, pinned).rows if row.number > pinned)

    def _look(self, landed: Callable[[], Landing], seconds: float) -> Landing | None:
        """Ask until it landed, somebody else wrote, or `seconds` have passed. None: it could not be asked."""
        end, pause = time.monotonic() + seconds, FIRST_LOOK
        while True:
            left = end - time.monotonic()  # before the look: the last one has to begin after all the seconds
            try:
                found = landed()
            except ServerError:
                found = None
            if found in (Landing.LANDED, Landing.CONFLICT) or left <= 0:
                return found
            time.sleep(min(pause, left))
            pause = min(pause * 2, LONGEST_PAUSE)

    def _moved(self, live: Live | None) -> bool:
        """Whether something else is live by now. What cannot be read, since its graph is gone (S21), is not."""
        now = self._reader.get(live.assistant_id) if live is not None else None
        return now is not None and moved(live, now)

    def _history(self, assistant_id: str, pinned: int) -> History:
        return self._reader.history(assistant_id, 10, lambda rows: any(row.number <= pinned for row in rows))

    def _is_sent(self, write: Write, row: Version) -> bool:
        marker = row.marker
        if write.released:
            return marker is None and managed.hash_as_written(row.spec, write.marker.keys) == write.marker.hash
        ours = managed.written_by_us(self._owner, write.assistant_id, row)
        return ours and marker is not None and marker.hash == write.marker.hash


def _done(written: Written) -> Written:
    return replace(written, result="done", error=None, versions=written.versions or 1)


def _stale(written: Written) -> Written:
    return replace(written, result="stale", error="somebody else wrote to it in the meantime; plan again")
