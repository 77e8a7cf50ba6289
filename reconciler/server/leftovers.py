"""What a run may leave behind on a server: found by its mark, cancelled, and its temporary thread deleted.

The server deletes that thread when the run ends by itself; of one that was cancelled it may stay (docs/server.md, S32).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from typing import Literal, TypeVar

from msgspec import Struct

from reconciler.errors import ServerError
from reconciler.model.json import Json, JsonObject
from reconciler.server.transport import Answer, Transport
from reconciler.server.wall import UUID

MARK = "reconciler_try"
"""The run's metadata, which its temporary thread has too while it is there."""

SECONDS = 10.0
"""How long one request about it may take, and how long it is tried to delete a thread."""

CANCEL_SECONDS = 3.0
"""How long to wait for a run to stop: code that cannot be interrupted goes on for as long as it takes."""

_PLACE = re.compile(rf"/threads/({UUID})/runs/({UUID})(?![^/])")
_ONE = re.compile(UUID)


class Place(Struct, frozen=True):
    """Where a run is: its temporary thread, and its id in it."""

    thread_id: str
    run_id: str

    @property
    def path(self) -> str:
        return f"/threads/{self.thread_id}/runs/{self.run_id}"


def told(headers: Mapping[str, str]) -> Place | None:
    """The place that the headers of an answer name."""
    for name in ("content-location", "location"):
        if found := _PLACE.search(headers.get(name, "")):
            return Place(*found.groups())
    return None


class Leftovers:
    """Looks for runs and clears them away. Nothing here raises for what a server says, or does not."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._seconds = min(SECONDS, transport.address.timeout)

    def find(self, mark: str) -> list[Place] | None:
        """The runs that have this mark; None where the server does not say. Rows without it are others', whatever was
        filtered for (docs/server.md, S19)."""
        threads = self._list("POST", "/threads/search", {"metadata": {MARK: mark}, "limit": 10})
        if threads is None:
            return None
        places: list[Place] = []
        for thread in threads:
            metadata, thread_id = thread.get("metadata"), thread.get("thread_id")
            if not isinstance(metadata, dict) or metadata.get(MARK) != mark or not _is_id(thread_id):
                continue
            runs = self._list("GET", f"/threads/{thread_id}/runs", None)
            if runs is None:
                return None
            places += [Place(str(thread_id), str(run["run_id"])) for run in runs if _is_id(run.get("run_id"))]
        return places

    def status(self, place: Place) -> str | None:
        """How far a run is, as the server says it; `gone` where it is not there any more. None: it does not say."""
        answer = self._ask("GET", place.path, None)
        if answer is None or answer.status == 404:
            return "gone" if answer else None
        body = _body(answer)
        status = body.get("status") if isinstance(body, dict) else None
        return status if isinstance(status, str) else None

    def clear_marked(self, mark: str) -> list[Place] | None:
        """As `clear`, for all that has this mark: those that stay. None where none was found, or none could be looked
        for; a run that is taken only now would go on."""
        until = time.monotonic() + SECONDS
        places = _tried(lambda: self.find(mark), until)
        return [place for place in places if not self.clear(place)] if places else None

    def clear(self, place: Place) -> bool:
        """End a run and delete its thread; whether neither is there any more.

        In this order: a run whose thread is deleted goes on all the same, and its tools act (docs/server.md, S32).
        Where the server waits for its end for too long, it is told once more, without waiting.
        """
        until = time.monotonic() + SECONDS
        cancel = f"{place.path}/cancel?wait={{}}&action=interrupt"
        if not _over(self._ask("POST", cancel.format("true"), {}, CANCEL_SECONDS)):
            again = _tried(lambda: _over(self._ask("POST", cancel.format("false"), {})), until)
            if again is None:
                return False
        return _tried(lambda: _over(self._ask("DELETE", f"/threads/{place.thread_id}", None)), until) is not None

    def _list(self, method: str, path: str, body: JsonObject | None) -> list[JsonObject] | None:
        answer = self._ask(method, path, body)
        found = _body(answer) if answer is not None else None
        return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else None

    def _ask(self, method: str, path: str, body: JsonObject | None, most: float = SECONDS) -> Answer | None:
        try:
            return self._transport.send(method, path, body, seconds=min(self._seconds, most))
        except ServerError:
            return None


T = TypeVar("T")


def _tried(what: Callable[[], T | None], until: float) -> T | None:
    """What it returns, as soon as that is not None."""
    pause = 0.1
    while (found := what()) is None and time.monotonic() + pause < until:
        time.sleep(pause)
        pause *= 2
    return found


def _over(answer: Answer | None) -> Literal[True] | None:
    """Whether the server says that it is done, or that there is nothing."""
    return True if answer is not None and (answer.ok or answer.status == 404) else None


def _body(answer: Answer) -> Json:
    try:
        return answer.json() if answer.ok else None
    except ValueError:
        return None


def _is_id(value: Json) -> bool:
    return isinstance(value, str) and _ONE.fullmatch(value) is not None
