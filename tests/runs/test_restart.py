"""The server dies while a run goes on, or is started again: an honest unknown, or the true answer; never two runs."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from reconciler.model.trial import Answered, Ran, Unknown
from reconciler.sandbox.environment import server_environment
from tests.runs.conftest import Acting

START = Path(__file__).parents[1] / "server_rules" / "deployment" / "start.py"


def _until(holds: Callable[[], bool]) -> bool:
    """Whether it holds within half a minute."""
    end = time.monotonic() + 30
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    return holds()


@pytest.fixture
def url() -> str:
    """An address where nothing listens, and where the server is started twice."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return f"http://127.0.0.1:{found.getsockname()[1]}"


@contextmanager
def _started(url: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The server, with its state in `folder`; gone at the end, however it went."""

    def up() -> bool:
        try:
            return httpx2.get(f"{url}/ok", trust_env=False).is_success
        except httpx2.TransportError:
            return False

    environ = server_environment(os.environ)
    with (folder / "log").open("ab") as log:
        command = [sys.executable, str(START), url.rpartition(":")[2], "acting"]
        process = subprocess.Popen(command, cwd=folder, env=environ, stdout=log, stderr=subprocess.STDOUT)
    try:
        assert _until(up), (folder / "log").read_text("utf-8", "replace")[-2000:]
        yield process
    finally:
        process.kill()
        process.wait(30)


@contextmanager
def _ended(url: str, folder: Path, how: int, seconds: float) -> Iterator[tuple[Acting, Future[Ran]]]:
    """A run whose server is ended after it has begun."""
    (folder / "journal").touch()
    with ThreadPoolExecutor(1) as pool:
        with _started(url, folder) as process:
            acting = Acting(url, folder / "journal")
            running = pool.submit(acting.run, {"seconds": 3}, seconds=seconds)
            assert _until(lambda: acting.done() == ["begun"])
            process.send_signal(how)
            process.wait(30)
        yield acting, running
    acting.transport.close()


@pytest.mark.needs_all
def test_a_server_that_dies_leaves_an_unknown(url: str, tmp_path: Path) -> None:
    """How the run ended is not known, what may be left is named, nothing is sent again."""
    with _ended(url, tmp_path, signal.SIGKILL, seconds=2) as (acting, running):
        ran = running.result(60)
    assert isinstance(ran, Unknown)
    assert ran.left is not None
    assert "on thread" in ran.left
    assert acting.done() == ["begun"]


@pytest.mark.needs_all
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_server_that_is_started_again(url: str, tmp_path: Path, how: int) -> None:
    """A run that was killed is known to be over; one that was let end has its answer. Neither is run again."""
    with _ended(url, tmp_path, how, seconds=60) as (acting, running), _started(url, tmp_path):
        ran = running.result(60)
        if how == signal.SIGKILL:
            assert isinstance(ran, Unknown)
            assert (ran.why[:43], ran.left) == ("its answer was lost, and the run is over (4", None)
        else:
            assert isinstance(ran, Answered)
            assert ran.text == "done: by default"
        assert acting.threads() == []
        assert isinstance(acting.run({"seconds": 3}), Answered)
    assert acting.done().count("refund 5") == (1 if how == signal.SIGKILL else 2)
