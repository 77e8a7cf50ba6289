"""One long request in a thread of its own, so that whoever waits for it can stop waiting."""

from __future__ import annotations

import time
from collections.abc import Mapping
from threading import Event, Thread

from reconciler.errors import ServerError
from reconciler.model.json import JsonObject
from reconciler.server.transport import Answer, Transport

LARGEST = 32 * 2**20
"""How many bytes of an answer are read."""

LOOK = 0.05
"""Seconds between two looks at whether to go on waiting."""


class Pending:
    """Sent as soon as it is made. `headers` are those of its answer, from when they are there."""

    def __init__(self, transport: Transport, method: str, path: str, body: JsonObject | None, seconds: float) -> None:
        self.headers: Mapping[str, str] = {}
        self._came: Answer | ServerError | None = None
        self._broke: BaseException | None = None
        self._done = Event()
        # A daemon: where nobody waits any more it ends with its connection, and keeps no process alive.
        Thread(target=self._send, args=(transport, method, path, body, seconds), daemon=True).start()

    def wait(self, until: float, stop: Event) -> Answer | ServerError | None:
        """The answer, or Unreachable or AnswerLost as a value; None where `until` (monotonic) or `stop` came first."""
        while not self._done.wait(LOOK):
            if stop.is_set() or time.monotonic() >= until:
                return None
        if self._broke is not None:
            raise self._broke
        return self._came

    def _send(self, transport: Transport, method: str, path: str, body: JsonObject | None, seconds: float) -> None:
        try:
            self._came = transport.stream(method, path, body, seconds=seconds, most=LARGEST, begun=self._begun)
        except ServerError as error:
            self._came = error
        except BaseException as error:
            self._broke = error
        finally:
            self._done.set()

    def _begun(self, headers: Mapping[str, str]) -> None:
        self.headers = headers
