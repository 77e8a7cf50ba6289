"""One change -> the calls that make it so. What came of it is a value; nothing is raised for a refusal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from threading import Lock
from typing import Literal, assert_never

from reconciler.core import managed
from reconciler.core.compose import Provenance, compose
from reconciler.errors import ServerError
from reconciler.model.change import Activate, Change, Create, Delete, Update
from reconciler.model.live import Live
from reconciler.model.wanted import Wanted
from reconciler.server.reader import Reader
from reconciler.server.writer import Writer, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What was tried for one change, before the proof. `skipped` was never sent."""

    change: Change
    result: Literal["done", "refused", "lost", "gone", "stale", "skipped"]
    by: str | None = None
    error: str | None = None


class Executor:
    """Carries out changes of one run. Safe for several threads, as long as each assistant is in one of them."""

    def __init__(self, owner: str, provenance: Provenance, reader: Reader, writer: Writer) -> None:
        self._owner, self._provenance = owner, provenance
        self._reader, self._writer = reader, writer
        self._lock = Lock()
        self._restores = True
        """False once a set-latest of this server had to be repaired: from then on it gets updates."""

    def __call__(self, change: Change) -> Attempt:
        """Send what `change` says. Never retries a write, never raises for what a server answers."""
        try:
            written = self._write(change)
        except ServerError as error:
            return Attempt(change=change, result="refused", error=error.message)
        return Attempt(change=change, result=written.result, by=written.by, error=written.error)

    def _write(self, change: Change) -> Written:
        match change:
            case Create(wanted=wanted):
                return self._writer.create(compose(wanted, None, self._owner, self._provenance))
            case Update(wanted=wanted, live=live):
                return self._update(wanted, live)
            case Activate():
                return self._activate(change)
            case Delete(live=live):
                return self._delete(live)
            case _:
                assert_never(change)

    def _update(self, wanted: Wanted, live: Live) -> Written:
        return self._writer.update(compose(wanted, live, self._owner, self._provenance))

    def _activate(self, change: Activate) -> Written:
        """set-latest, read back at once; one full update where the server restored only part (docs/server.md, S17)."""
        with self._lock:
            restores = self._restores
        if not restores and not change.target_is_newest:
            return self._update(change.wanted, change.live)
        written = self._writer.set_latest(change.live.assistant_id, change.target)
        if written.result != "done":
            return written
        found = self._reader.get(change.live.assistant_id)
        if found is None:
            return replace(written, result="lost", error="it cannot be read back")
        if self._holds(change.wanted, found):
            return written
        if change.target_is_newest:
            return replace(written, result="refused", error="the server did not take its newest version")
        with self._lock:
            self._restores = False
        repaired = self._update(change.wanted, found)
        return replace(repaired, by=f"{written.by}, then {repaired.by}")

    def _delete(self, live: Live) -> Written:
        """Look at it by itself once more: a deletion is of one that is ours, never of what a listing said a while
        ago."""
        found = self._reader.get(live.assistant_id)
        if found is not None and (found.mark is None or found.mark.owner != self._owner):
            return Written(result="refused", by="GET", error="it is not ours any more; not deleted")
        if found is not None and found.row.number != live.row.number:
            return Written(result="stale", by="GET", error="it was changed since the plan; not deleted")
        return self._writer.delete(live.assistant_id)

    def _holds(self, wanted: Wanted, live: Live) -> bool:
        return managed.same_content(wanted, live.row) and managed.same_marker(wanted, self._owner, live.row)
