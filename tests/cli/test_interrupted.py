"""Ctrl-C and SIGTERM during apply: nothing new is started, and what was done is reported."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Mapping

import pytest

from reconciler.app.apply import IN_FLIGHT
from tests.cli.conftest import Serve, Start
from tests.cli.places import Repo, Served
from tests.fake import FakeServer, Response


class Gated(FakeServer):
    """The second create waits at a gate, and those after it; `arrived` says that one does."""

    def __init__(self) -> None:
        super().__init__()
        self.gate, self.arrived, self.creates = threading.Event(), threading.Event(), 0

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Response:
        if (method, path) == ("POST", "/assistants"):
            self.creates += 1
            if self.creates > 1:
                self.arrived.set()
                self.gate.wait(20)
        return super().handle(method, path, headers, body)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_during_apply(repo: Repo, start: Start, serve: Serve, number: signal.Signals) -> None:
    """What is in flight ends, the rest is not started, the report says which, and the code is 5."""
    for index in range(6):
        repo.manifest(f"a{index}")
    server = Gated()
    served = serve(server)
    process = start("apply", "-y", "--parallelism", "1", "--url", served.url, "--format", "json")
    assert server.arrived.wait(20)
    process.popen.send_signal(number)
    server.gate.set()
    ran = process.end()
    assert ran.code == 5
    said = json.loads(ran.out)
    assert said["interrupted"] is True
    outcomes = [change["outcome"] for change in said["changes"]]
    assert outcomes[:2] == ["applied", "applied"]
    assert outcomes.count("applied") == len(served.writes) < 6


def test_before_the_first_write(repo: Repo, start: Start, serve: Serve) -> None:
    """Nothing is written, and it says so."""
    repo.manifest("tweet")
    server = Gated()
    served = serve(server)
    reads: list[str] = []

    def slow(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Response:
        reads.append(path)
        if path == "/assistants/search":
            server.arrived.set()
            server.gate.wait(20)
        return FakeServer.handle(server, method, path, headers, body)

    server.handle = slow  # type: ignore[method-assign]  # a slow server, for this test
    process = start("apply", "-y", "--url", served.url)
    assert server.arrived.wait(20)
    process.popen.send_signal(signal.SIGTERM)
    server.gate.set()
    ran = process.end()
    assert ran.code == 5
    assert ran.message == "interrupted; nothing was written to the server"
    assert served.writes == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_who_insists_gets_the_report_at_once(repo: Repo, start: Start, serve: Serve, number: signal.Signals) -> None:
    """As a runner does that cancels a job: the second one waits for nothing, and nothing is claimed of what it cut."""
    for index in range(6):
        repo.manifest(f"a{index}")
    server = Gated()
    served = serve(server)
    process = start("apply", "-y", "--parallelism", "2", "--url", served.url, "--format", "json")
    assert server.arrived.wait(20)
    began = time.monotonic()
    process.popen.send_signal(number)
    assert process.popen.stderr is not None
    while "interrupted: nothing new is started" not in process.popen.stderr.readline():
        assert process.popen.poll() is None
    process.popen.send_signal(number)
    ran = process.end()
    took = time.monotonic() - began
    server.gate.set()
    assert took < IN_FLIGHT
    said = json.loads(ran.out)
    assert (ran.code, said["interrupted"], said["converged"]) == (6, True, False)
    outcomes = [change["outcome"] for change in said["changes"]]
    assert len(outcomes) == 6
    assert outcomes[0] == "unknown"
    assert outcomes.count("failed") >= 3
    assert {change["error"] for change in said["changes"] if change["outcome"] == "failed"} == {
        "not started: the run was interrupted"
    }


def test_while_the_report_is_written(repo: Repo, start: Start, fake: Served) -> None:
    """Nobody is told that nothing was written to the server."""
    repo.manifest("tweet")
    os.mkfifo(repo.root / "report.json")  # to open it waits for a reader, and there is none
    process = start("apply", "-y", "--url", fake.url, "--format", "text", "--format", "json=report.json")
    assert process.popen.stdout is not None
    while not process.popen.stdout.readline().startswith("Applied: 1 created"):
        assert process.popen.poll() is None
    process.popen.send_signal(signal.SIGINT)
    ran = process.end()
    assert ran.code == 5
    assert ran.message.endswith("interrupted while the report was written: reconciler plan shows what is live")
    assert "nothing was written" not in ran.said
    assert fake.writes == ["POST /assistants"]
