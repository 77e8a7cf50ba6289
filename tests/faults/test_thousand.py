"""A thousand assistants on a network that spoils one request in ten."""

from __future__ import annotations

import random
from collections import Counter
from threading import Lock
from typing import Any

import httpx

from reconciler.errors import ReconcilerError
from reconciler.model.report import Report
from reconciler.server.transport import Address, Transport
from tests.fake import LG, FakeServer
from tests.faults.proxy import Seen
from tests.faults.scenario import Scenario
from tests.faults.trial import say
from tests.faults.wire import SpoiledWire, kinds

ADDRESS = Address(url="http://127.0.0.1:2024")
HOW_MANY = {"create": 300, "update": 400, "activate": 200, "delete": 100}


class OneInTen(httpx.BaseTransport):
    """Which requests are spoiled follows from what they are, not from the order of threads."""

    def __init__(self, server: FakeServer, seed: int) -> None:
        self._server, self._seed = server, seed
        self._lock, self._times = Lock(), Counter[str]()
        self.spoiled: Counter[str] = Counter()
        self.total = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            what = f"{request.method} {request.url.path}"
            self._times[what] += 1
            self.total += 1
            lot = random.Random(f"{self._seed} {what} {self._times[what]}")
            fault = None
            if lot.random() < 0.1:
                fault = lot.choice(kinds(Seen(1, request.method, request.url.path, None)))
                self.spoiled[fault] += 1
        wire = SpoiledWire(self._server, {1: fault} if fault else {})
        try:
            return wire.handle_request(request)
        finally:
            wire.finish()


def _said(model: str) -> dict[str, Any]:
    return {"name": "Name", "context": {"model_name": model}, "metadata": {"team": "social"}}


def test_a_thousand_assistants_one_request_in_ten_spoiled() -> None:
    """Converged after two runs at most, each on such a network; no version twice, none lost."""
    keys = {kind: [f"{kind}/n{n}" for n in range(count)] for kind, count in HOW_MANY.items()}
    kept = [kind for kind in keys if kind != "delete"]
    server = FakeServer(LG)

    def clean() -> Transport:
        return Transport(ADDRESS, read_only=False, wire=SpoiledWire(server, {}))

    scenario = Scenario(
        "acme",
        clean(),
        first={key: _said("first") for kind in ("update", "activate", "delete") for key in keys[kind]},
        second={key: _said("first") | {"name": "Second"} for key in keys["activate"]},
        now={key: _said("first" if kind == "activate" else "now") for kind in kept for key in keys[kind]},
        settle=0.02,
        parallelism=4,
    )
    scenario.prepare()
    codes: list[int] = []
    for seed in (1, 2):
        wire = OneInTen(server, seed)
        report: Report | ReconcilerError = scenario.run(Transport(ADDRESS, read_only=False, wire=wire))
        codes.append(report.exit_code)
        say(f"run {seed}: exit {report.exit_code}, {wire.total} requests, {wire.spoiled.total()} spoiled")
        assert isinstance(report, ReconcilerError) or scenario.untrue(report) == []
        if seed == 1:
            assert wire.total > 2 * sum(HOW_MANY.values())
            assert 0.08 < wire.spoiled.total() / wire.total < 0.12
    assert codes[-1] == 0
    assert (scenario.wrong(), scenario.damage()) == ({}, [])
