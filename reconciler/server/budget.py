"""How often a run may send something again."""

from __future__ import annotations

from threading import Lock

RETRIES = 40
"""Retries in a row, over all threads of a run: four attempts each of ten, which sits out a restart of the server."""


class Budget:
    """How often one run may send something again, reads and writes and all assistants together.

    Two requests that are answered earn one retry back, up to `most`. So a run of any length goes on while fewer than
    one request in three fails, and a server that answers nothing is left alone soon. Safe for several threads.
    """

    def __init__(self, most: int = RETRIES) -> None:
        self.most = most
        self.left = float(most)
        self._lock = Lock()

    def take(self) -> bool:
        """Whether there was one left."""
        with self._lock:
            if self.left < 1:
                return False
            self.left -= 1
            return True

    def earn(self) -> None:
        """A request was answered."""
        with self._lock:
            self.left = min(self.left + 0.5, float(self.most))
