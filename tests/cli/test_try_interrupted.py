"""Ctrl-C and SIGTERM during tries: what runs is cancelled, nothing of it is left, and what came is told."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Mapping

import pytest

from tests.cli.conftest import Serve, Start
from tests.cli.places import Repo, Served
from tests.fake import Ends, FakeServer, Given, Response

TRIES = "tries: [{name: one, input: x}, {name: two, input: y}, {name: three, input: z}]"


class Hanging:
    """The second run goes on for ever; `arrived` says that it is there."""

    def __init__(self) -> None:
        self.arrived, self._began = threading.Event(), 0

    def __call__(self, given: Given) -> Ends:
        self._began += 1
        if self._began == 1:
            return Ends()
        self.arrived.set()
        return Ends(seconds=None)


@pytest.fixture
def hanging(repo: Repo, serve: Serve) -> tuple[Served, Hanging]:
    served, hangs = serve(FakeServer()), Hanging()
    served.server.runs.ends = hangs
    repo.settings(f"owner: {repo.owner}", f"deployments: {{staging: {{url: '{served.url}'}}}}", "try_on: staging")
    repo.manifest("tweet", "x", TRIES)
    return served, hangs


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal(start: Start, hanging: tuple[Served, Hanging], number: signal.Signals) -> None:
    """What ended is told, what ran is unknown and cleared away, what was not sent is not; the code is 6."""
    served, hangs = hanging
    process = start("try", "tweet", "--parallelism", "1", "--format", "json")
    assert hangs.arrived.wait(20)
    process.popen.send_signal(number)
    ran = process.end()
    assert ran.code == 6
    said = json.loads(ran.out)
    assert said["interrupted"] is True
    assert [trial["verdict"] for trial in said["trials"]] == ["shown", "unknown", "not_run"]
    assert said["trials"][1]["after"] == {"end": "unknown", "why": "it was interrupted", "left": None}
    assert len(served.server.runs.asked) == 2
    assert served.server.runs.threads == []


class Stuck(FakeServer):
    """A server that never gets to deleting a thread; `arrived` says that it was asked to."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived, self.gate = threading.Event(), threading.Event()
        self.runs.ends = Hanging()

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Response:
        if method == "DELETE":
            self.arrived.set()
            self.gate.wait(20)
        return super().handle(method, path, headers, body)


def test_a_second_signal_insists(repo: Repo, start: Start, serve: Serve) -> None:
    """What cannot be cleared away is not waited for: it ends at once, and says that the run may go on."""
    server = Stuck()
    served = serve(server)
    repo.settings(f"owner: {repo.owner}", f"deployments: {{staging: {{url: '{served.url}'}}}}", "try_on: staging")
    repo.manifest("tweet", "x", TRIES)
    process = start("try", "tweet", "--parallelism", "1", "--format", "json")
    hanging = server.runs.ends
    assert isinstance(hanging, Hanging)
    assert hanging.arrived.wait(20)
    process.popen.send_signal(signal.SIGINT)
    assert server.arrived.wait(20)
    process.popen.send_signal(signal.SIGINT)
    ran = process.end()
    assert not server.gate.is_set()
    server.gate.set()
    assert ran.code == 6
    said = json.loads(ran.out)
    assert [trial["verdict"] for trial in said["trials"]] == ["shown", "unknown", "not_run"]
    assert said["trials"][1]["after"]["left"] == "the run or its thread, whose metadata says reconciler: try"
