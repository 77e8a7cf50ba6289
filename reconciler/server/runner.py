"""Runs an assistant once, as a try, and sees to its end: never sent twice, and nothing of it is left behind."""

from __future__ import annotations

import time
import uuid
from threading import Event
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from reconciler.errors import ServerError, Unreachable
from reconciler.model.json import Json, JsonObject
from reconciler.model.output import failed_fields, failure_of, interrupted, says_nothing
from reconciler.model.trial import Erred, NotRun, Ran, Unknown
from reconciler.server.leftovers import MARK, Leftovers, Place, told
from reconciler.server.outputs import answered
from reconciler.server.pending import Pending
from reconciler.server.reader import Reader, retry_after
from reconciler.server.refusals import detail
from reconciler.server.transport import Answer, TooLarge, Transport

ATTEMPTS = 6
"""How often something is sent that certainly was not taken, or that only reads."""

LOOKS = 3
"""How often a run is looked for of which nobody knows whether it was taken: it may be being taken just now."""

PAUSE = 0.2
"""Seconds before it is sent again, twice as many each time."""

MAYBE_TAKEN = frozenset({408, 500, 502, 503, 504})
"""Answers after which a run may be going on: of something in between, or of a server that failed halfway."""

LONGEST = 10_000
"""Characters of a failure's words that are kept."""

CANCELLED = frozenset({"UserInterrupt", "UserRollback", "CancelledError"})
SOMEBODY = "somebody else cancelled the run"

Came = Answer | ServerError


class RunOf(Struct, frozen=True, kw_only=True):
    """What is run. `context` and `config` are merged over the assistant's own (docs/server.md, S27), None leaves those
    as they are. `like` is the assistant whose content this is, where another one carries it."""

    assistant_id: str
    input: Json
    context: JsonObject | None = None
    config: JsonObject | None = None
    interrupt_before: tuple[str, ...] | Literal["*"] | None = None
    like: str | None = None


class Runner:
    """Runs through a transport that may run. Safe for several threads."""

    def __init__(self, transport: Transport, reader: Reader) -> None:
        self._transport = transport
        self._reader = reader

    def run(self, what: RunOf, *, seconds: float, stop: Event) -> Ran:
        """Blocks until the run's end, for `seconds`, or until `stop`; then it is cancelled and cleared away, and how it
        would have ended is unknown. Never raises for what a server answers, or does not."""
        return _Run(self._transport, self._reader, what, seconds, stop).carried_out()


class _Run:
    """One run on its way. `place` is where it is, as soon as that is known, `left` what stayed after an answer."""

    def __init__(self, transport: Transport, reader: Reader, what: RunOf, seconds: float, stop: Event) -> None:
        self._transport, self._reader, self._what, self._stop = transport, reader, what, stop
        self._leftovers = Leftovers(transport)
        self._mark = str(uuid.uuid4())
        self._seconds = seconds
        self._began = time.monotonic()
        self._until = self._began + seconds
        self._place: Place | None = None
        self._left: str | None = None

    def carried_out(self) -> Ran:
        """Send it, once; again only after what says for certain that it was not taken."""
        body, attempt, why = self._body(), 0, ""
        while not self._over:
            attempt += 1
            self._began = time.monotonic()
            try:
                came = self._ask("POST", "/runs/wait", body)
            except (ValueError, RecursionError) as error:
                return Erred(error="input", message=f"it cannot be sent as JSON: {error}", started=False)
            if came is None:
                return self._cut_short()
            if not isinstance(came, Unreachable) and not (isinstance(came, Answer) and came.status == 429):
                return self._judged(came)
            why = self._said(came)
            if not self._again(attempt, came):
                break
        return NotRun(why=self._why_over() if self._stop.is_set() or not why else why)

    def _body(self) -> JsonObject:
        what = self._what
        said = self._reader.dialect.run(what.like or what.assistant_id, what.context, what.config)
        if what.interrupt_before:
            said["interrupt_before"] = "*" if what.interrupt_before == "*" else list(what.interrupt_before)
        mark: JsonObject = {"reconciler": "try", MARK: self._mark}
        return {"assistant_id": what.assistant_id, "input": what.input, "metadata": mark} | said

    # -- sending --

    def _ask(self, method: str, path: str, body: JsonObject | None = None) -> Came | None:
        """One long request; None where the time is up, or it was to stop."""
        left = max(self._until - time.monotonic(), 0.0)
        pending = Pending(self._transport, method, path, body, left + 1.0)
        came = pending.wait(self._until, self._stop)
        self._place = self._place or told(pending.headers)
        if isinstance(came, Answer) and came.status != 429 and came.status not in MAYBE_TAKEN:
            self._reader.budget.earn()
        return came

    @property
    def _over(self) -> bool:
        return self._stop.is_set() or time.monotonic() >= self._until

    def _again(self, attempt: int, came: Came) -> bool:
        """Wait for another attempt; whether there is one."""
        if attempt >= ATTEMPTS or not self._reader.budget.take():
            return False
        pause = PAUSE * 2 ** (attempt - 1)
        if isinstance(came, Answer):
            pause = retry_after(came, pause)
        return not self._stop.wait(min(pause, max(self._until - time.monotonic(), 0.0))) and not self._over

    # -- how it ended --

    def _judged(self, came: Came) -> Ran:
        if isinstance(came, TooLarge):
            return Unknown(why=self._said(came), left=self._clear())
        if isinstance(came, ServerError) or came.status in MAYBE_TAKEN:
            return self._looked_for(came)
        if came.ok:
            return self._read(came) or self._looked_for(came)
        said = detail(self._transport, came) or "it says nothing more"
        return Erred(error=f"HTTP {came.status}", message=said, started=False)

    def _read(self, answer: Answer) -> Ran | None:
        """What an answer says; None where it ends in the middle, or is no JSON."""
        seconds, mask = time.monotonic() - self._began, self._transport.mask
        try:
            output = answer.json()
        except ValueError:
            return None
        if (failure := failure_of(output)) is not None:
            error, message = mask(failure[0])[:LONGEST], mask(failure[1])[:LONGEST]
            if error in CANCELLED:
                return Unknown(why=SOMEBODY, left=self._clear())
            return Erred(error=error, message=message, fields=failed_fields(message), seconds=seconds)
        if (why := self._unfinished(output)) is not None:
            return Unknown(why=why, left=self._clear())
        what = self._what
        stops = what.interrupt_before or ()
        said = answered(output, what.input, size=len(answer.body), seconds=seconds, stops=stops, mask=mask)
        return replace(said, left=self._left)

    def _unfinished(self, output: Json) -> str | None:
        """Why this is no answer: a run that somebody cancels ends with what it had by then, which is `{}` or the input
        before it says anything. Of one that had not begun the thread stays, and says so (docs/server.md, S32). Where a
        server keeps the threads of others, too, they go now."""
        stops = bool(self._what.interrupt_before) or interrupted(output)
        status = self._leftovers.status(self._place) if self._place is not None else None
        if status not in (None, "gone"):
            self._left = self._clear()
        if status == "interrupted" and not stops:
            return SOMEBODY
        nothing = not stops and says_nothing(output, self._what.input)
        return "it ended without saying anything, as a run does that somebody else cancels" if nothing else None

    def _looked_for(self, came: Came) -> Ran:
        """How a run ended whose answer was lost, if it was taken at all. It is never sent again: only read."""
        why, attempt = self._said(came), 0
        while not self._over:
            attempt += 1
            if self._place is None:
                places = self._leftovers.find(self._mark)
                if places:
                    self._place = places[0]
                elif places is not None and attempt >= LOOKS:
                    return Unknown(why=f"{why}; no run of it is there, or not any more")
            if self._place is not None and (found := self._joined(self._place)) is not None:
                return found
            if not self._again(attempt, came):
                break
        return self._cut_short() if self._over else Unknown(why=why, left=self._clear())

    def _joined(self, place: Place) -> Ran | None:
        """The end of a run that goes on; None where the server does not say for now."""
        came = self._ask("GET", f"{place.path}/join")
        if came is None:
            return self._cut_short()
        if isinstance(came, ServerError) or came.status in MAYBE_TAKEN or came.status == 429:
            return None
        if came.ok:
            ended = self._read(came)
            if not isinstance(ended, Erred) or ended.error != "HTTPException":
                return ended
            said = ended.message
        else:
            said = detail(self._transport, came)
        return Unknown(why=f"its answer was lost, and the run is over ({said})", left=self._clear())

    # -- afterwards --

    def _cut_short(self) -> Unknown:
        """The time is up, or it was to stop: end the run, and say what may be left of it."""
        return Unknown(why=self._why_over(), left=self._clear())

    def _clear(self) -> str | None:
        """See to it that neither the run nor its thread is there; else what may be, in words."""
        if self._place is not None:
            stays = [] if self._leftovers.clear(self._place) else [self._place]
        elif (found := self._leftovers.clear_marked(self._mark)) is not None:
            stays = found
        else:
            return f"the run, if it was taken: its metadata says {MARK}: {self._mark}"
        return f"the run {stays[0].run_id} on thread {stays[0].thread_id}" if stays else None

    def _why_over(self) -> str:
        return "it was interrupted" if self._stop.is_set() else f"no end within {self._seconds:g} s"

    def _said(self, came: Came) -> str:
        if isinstance(came, ServerError):
            return self._transport.mask(came.message)
        said = detail(self._transport, came) if not came.ok else "with something that is no JSON"
        return f"the server answered {came.status}{': ' + said if said else ''}"


__all__ = ["RunOf", "Runner"]
