"""A thousand assistants through a proxy that spoils one request in ten."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest

from reconciler.app import observe
from reconciler.errors import ReconcilerError
from reconciler.server.transport import Address, Transport
from tests.fake import LG, FakeServer, listen, transport
from tests.faults.proxy import FAULTS, Proxy
from tests.faults.scenario import Scenario
from tests.faults.trial import Spoil, Wire, say

HOW_MANY = {"create": 300, "update": 400, "activate": 200, "delete": 100}
MOST_REQUESTS = 20_000
MOST_RUNS = 4
TIMEOUT = 0.5
"""Seconds: what is stalled costs as many, and a list of a thousand has to come in less."""


def one_in_ten(seed: int) -> Spoil:
    """One of each ten requests is spoiled; which, and how, by lot."""
    lot = random.Random(seed)
    return {k + lot.randrange(10): lot.choice(FAULTS) for k in range(1, MOST_REQUESTS, 10)}


def _said(model: str) -> dict[str, Any]:
    return {"name": "Name", "context": {"model_name": model}, "metadata": {"team": "social"}}


def thousand(owner: str, direct: Transport) -> Scenario:
    """Every kind of change, ten writes side by side as a run does by default."""
    keys = {kind: [f"{kind}/n{n}" for n in range(count)] for kind, count in HOW_MANY.items()}
    return Scenario(
        owner,
        direct,
        first={key: _said("first") for kind in ("update", "activate", "delete") for key in keys[kind]},
        second={key: _said("first") | {"name": "Second"} for key in keys["activate"]},
        now={
            key: _said("first" if kind == "activate" else "now")
            for kind in keys
            if kind != "delete"
            for key in keys[kind]
        },
        parallelism=10,
    )


@pytest.mark.needs_all  # for twenty seconds
def test_a_thousand_assistants_one_request_in_ten_spoiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Converged after a few runs (a plan gives up where one read fails four times); no version twice, none lost."""
    monkeypatch.setattr(observe, "LOOKUPS", 8)
    server = FakeServer(LG)
    with listen(server) as url:
        scenario = thousand("acme", Transport(Address(url=url), allow="writes", wire=transport(server)))
        scenario.prepare()
        codes: list[int] = []
        requests, faults = 0, Counter[str]()
        while not codes or (codes[-1] != 0 and len(codes) < MOST_RUNS):
            with Proxy(url, one_in_ten(len(codes))) as proxy:
                address = Address(url=proxy.url, timeout=TIMEOUT)
                report = scenario.run(Transport(address, allow="writes", wire=Wire(proxy)))
                proxy.wait_until_quiet()
            codes.append(report.exit_code)
            spoiled = Counter(seen.fault for seen in proxy.seen if seen.fault)
            requests, faults = requests + len(proxy.seen), faults + spoiled
            say(f"run {len(codes)}: exit {codes[-1]}, {len(proxy.seen)} requests, {spoiled.total()} spoiled")
            assert isinstance(report, ReconcilerError) or scenario.untrue(report) == []
    assert codes[-1] == 0
    assert (scenario.wrong(), scenario.damage()) == ({}, [])
    assert requests > 2 * sum(HOW_MANY.values())
    assert 0.09 < faults.total() / requests < 0.11
    assert set(faults) == set(FAULTS)
