"""One change -> the calls that make it so. What came of it is a value; nothing is raised for a refusal."""

from __future__ import annotations

from threading import Lock
from typing import Literal, assert_never

from msgspec import Struct
from msgspec.structs import replace

from reconciler.app.backup import Backup
from reconciler.app.settle import Settler
from reconciler.core import managed
from reconciler.core.compose import Provenance, compose
from reconciler.core.pin import moved
from reconciler.errors import ReconcilerError, ServerError
from reconciler.model.change import Activate, Change, Create, Delete, Update, assistant_id_of
from reconciler.model.live import Live
from reconciler.model.wanted import Wanted
from reconciler.server.reader import Reader
from reconciler.server.writer import Writer, Written

CHANGED = "it was changed on the server since the plan; plan again"


class Attempt(Struct, frozen=True, kw_only=True):
    """What was tried for one change, before the proof. `skipped` was never sent; `versions` is how many new ones the
    server said it made, `before` the highest there was right before, where that had to be asked; `resent` and `errored`
    as in Written; `note` is what else there is to tell."""

    change: Change
    result: Literal["done", "refused", "lost", "gone", "stale", "skipped"]
    by: str | None = None
    error: str | None = None
    versions: int = 0
    before: int | None = None
    resent: bool = False
    errored: bool = False
    note: str | None = None


class Executor:
    """Carries out changes of one run. Safe for several threads, as long as each assistant is in one of them."""

    def __init__(
        self,
        owner: str,
        provenance: Provenance,
        reader: Reader,
        writer: Writer,
        settler: Settler,
        backup: Backup | None = None,
    ) -> None:
        """`backup` is asked to save an assistant before it is deleted."""
        self._owner, self._provenance, self._backup = owner, provenance, backup
        self._saved: dict[str, str] = {}
        self._before: dict[str, int] = {}
        self._reader, self._writer, self._settler = reader, writer, settler
        self._lock = Lock()
        self._restores = True
        """False once a set-latest of this server had to be repaired: from then on it gets updates."""

    def __call__(self, change: Change) -> Attempt:
        """Send what `change` says; an answer that is lost is settled. What cannot be read before a write is a
        refusal: nothing was sent."""
        try:
            written = self._write(change)
        except ServerError as error:
            return Attempt(change=change, result="refused", error=error.message)
        assert written.result != "unsent", "a settler sends it again or calls it refused"
        return Attempt(
            change=change,
            result=written.result,
            by=written.by,
            error=written.error,
            versions=written.versions,
            before=self._before.get(assistant_id_of(change)),
            resent=written.resent,
            errored=written.errored,
            note=self._saved.get(assistant_id_of(change)),
        )

    def _write(self, change: Change) -> Written:
        match change:
            case Create(wanted=wanted):
                write = compose(wanted, None, self._owner, self._provenance)
                return self._settler.send(lambda: self._writer.create(write), self._settler.version_of(write, 0))
            case Update(wanted=wanted, live=live):
                now = self._look(live)
                return now if isinstance(now, Written) else self._update(wanted, now, change.newest)
            case Activate():
                now = self._look(change.live)
                return now if isinstance(now, Written) else self._activate(change, now)
            case Delete(live=live):
                return self._delete(live)
            case _:
                assert_never(change)

    def _look(self, planned: Live) -> Live | Written:
        """The assistant as it is right before the write, or that it moved: there is no conditional write (S2), so a
        look just before is what keeps the moment small in which somebody's edit could be overwritten.

        One that cannot be read though it was listed belongs to a graph that is gone (S21): it is taken as planned.
        """
        now = self._reader.get(planned.assistant_id)
        if now is None:
            return planned
        return Written(result="stale", by="GET", error=CHANGED) if moved(planned, now) else now

    def _update(self, wanted: Wanted, live: Live, newest: int | None) -> Written:
        write = compose(wanted, live, self._owner, self._provenance)
        pinned = newest
        if pinned is None:
            pinned = self._before[live.assistant_id] = self._settler.newest(live.assistant_id)
        return self._settler.send(lambda: self._writer.update(write), self._settler.version_of(write, pinned, live))

    def _activate(self, change: Activate, live: Live) -> Written:
        """set-latest, read back at once; one full update where the server restored only part (docs/server.md, S17)."""
        with self._lock:
            restores = self._restores
        if not restores and not change.target_is_newest:
            return self._update(change.wanted, live, change.newest)
        written = self._settler.send(
            lambda: self._writer.set_latest(live.assistant_id, change.target),
            self._settler.activation_of(live.assistant_id, live.row.number, change.target),
        )
        written = replace(written, versions=0)
        if written.result != "done":
            return written
        try:
            found = self._reader.get(live.assistant_id)
        except ServerError as error:
            return replace(written, result="lost", error=f"it cannot be read back: {error.message}")
        if found is None:
            return replace(written, result="lost", error="it cannot be read back")
        if self._holds(change.wanted, found):
            return written
        if found.row.number != change.target:
            return replace(written, result="stale", error=CHANGED)
        if not change.target_is_newest:
            with self._lock:
                self._restores = False
        repaired = self._update(change.wanted, found, change.newest)
        return replace(repaired, by=f"{written.by}, then {repaired.by}")

    def _delete(self, planned: Live) -> Written:
        """Look at it by itself first: a deletion is of one that is ours, never of what a listing said a while ago."""
        barred = self._not_to_delete(planned)
        if barred is None and self._backup is not None:
            try:
                self._saved[planned.assistant_id] = f"saved before as {self._backup(planned)}"
            except ReconcilerError as error:
                return Written(result="refused", by="GET", error=f"not deleted, since not saved: {error.message}")
            if self._settler.stopped:  # saving takes a while
                return Written(result="refused", by="GET", error="saved, and not deleted: the run was interrupted")
            barred = self._not_to_delete(planned)
        return barred or self._settler.send(
            lambda: self._writer.delete(planned.assistant_id), self._settler.deletion_of(planned)
        )

    def _not_to_delete(self, planned: Live) -> Written | None:
        now = self._reader.get(planned.assistant_id)
        if now is not None and (now.mark is None or now.mark.owner != self._owner):
            return Written(result="refused", by="GET", error="it is not ours any more; not deleted")
        if now is not None and moved(planned, now):
            return Written(result="stale", by="GET", error=CHANGED)
        return None

    def _holds(self, wanted: Wanted, live: Live) -> bool:
        return managed.same_content(wanted, live.row) and managed.same_marker(wanted, self._owner, live.row)
