"""A process that is forked for each run of a scenario, so that a run can be killed as a job is killed.

Everything is imported once; a line on stdin says which run, and a line on stdout says in which process it is.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from threading import Lock

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 30.0


class Victims:
    """Starts runs in processes of their own. Safe for several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._server = subprocess.Popen(
            [sys.executable, "-c", "from tests.faults.victim import serve; serve()"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def start(self, owner: str, url: str) -> int:
        """The process id of a new run of the scenario of `owner` on the server at `url`."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        with self._lock:
            self._server.stdin.write(f"{owner} {url}\n")
            self._server.stdin.flush()
            return int(self._server.stdout.readline())

    def wait(self, pid: int) -> None:
        """Until that process is gone."""
        end = time.monotonic() + SECONDS
        with suppress(ProcessLookupError):
            while time.monotonic() < end:
                os.kill(pid, 0)
                time.sleep(0.005)
            raise AssertionError(f"process {pid} does not end")

    def close(self) -> None:
        """End the server; runs that still go on are left to themselves."""
        self._server.communicate()


def serve() -> None:
    """Fork a run for each line of stdin, until it ends."""
    from reconciler.app import observe
    from reconciler.server.transport import Address, Transport
    from tests.faults.scenario import Scenario

    observe.LOOKUPS = 1  # one history after the other: the k-th request is the same in every run
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in iter(sys.stdin.readline, ""):
        owner, url = line.split()
        pid = os.fork()
        if pid == 0:
            with suppress(BaseException):
                transport = Transport(Address(url=url), allow="writes")
                Scenario(owner, transport).run(transport)
            os._exit(0)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()
