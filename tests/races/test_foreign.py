"""A write of somebody else between any two requests of ours: never overwritten unseen, never doubled."""

from __future__ import annotations

import itertools
import os
import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from reconciler.sandbox import Sandbox
from reconciler.server.transport import Address, Transport
from tests.fake import LG, LH, FakeServer, Traits, transport
from tests.faults.trial import say
from tests.races.foreign import DEEDS, KEYS, Judged, scenario, tally, trial

ADDRESS = Address(url="http://127.0.0.1:2024")
ACTIVATED = ("back/a-name", "back/b-prompt")
SAMPLE = 48


def on_fake(traits: Traits, key: str, deed: str, number: int, **more: Any) -> tuple[Judged, int]:
    """A trial on a fake of its own."""
    server = FakeServer(traits)
    one = scenario("acme", Transport(ADDRESS, allow="writes", wire=transport(server)), **more)
    return trial(one, lambda: transport(server), ADDRESS, key, deed, number)


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize(
    ("traits", "keys"),
    [pytest.param(LG, KEYS, marks=pytest.mark.needs_all), (LH, ACTIVATED)],
    ids=["restores part", "restores all"],
)
def test_between_any_two_requests(traits: Traits, keys: tuple[str, ...], deed: str) -> None:
    """Before every request, to every assistant of the run."""
    requests = on_fake(traits, "new/one", deed, 1)[1]
    done = [on_fake(traits, key, deed, k)[0] for key in keys for k in range(1, requests + 1)]
    found = tally(done)
    say(f"{deed}: {', '.join(f'{v} {k}' for k, v in found.items())}")
    assert found["bad"] == 0, "\n".join(str(d) for d in done if d.problems)
    assert found["trials"] >= (len(keys) - 2) * requests
    limits = [d.what for d in done if d.limit]
    assert found["at the limit"] <= {"delete": 0, "patch": 1, "metadata": 1, "set-latest": 4}[deed], limits


@pytest.mark.parametrize("others", [{"round": 2}, {"seen": True}], ids=["a value", "a key"])
def test_a_rollback_right_before_our_write_shows_in_metadata_of_others(others: dict[str, Any]) -> None:
    """It makes no version, so what it brings back of other people's metadata is the only sign; it is told."""
    requests = on_fake(LG, "new/one", "patch", 1)[1]
    done = [on_fake(LG, "edit/one", "set-latest", k, later_others=others)[0] for k in range(1, requests + 1)]
    assert [str(d) for d in done if d.problems or d.limit] == []


@pytest.mark.parametrize("sample", [12, pytest.param(SAMPLE, marks=pytest.mark.needs_all)])
def test_a_sample_on_the_real_server(real_server: Sandbox, direct: Transport, sample: int) -> None:
    """The same by lot, where the server is not ours."""
    numbers = itertools.count(1)

    def on_real(key: str, deed: str, number: int) -> Judged:
        one = scenario(f"r{os.getpid()}-{next(numbers)}", direct)
        address = Address(url=real_server.url)
        try:
            return trial(one, lambda: httpx2.HTTPTransport(trust_env=False), address, key, deed, number)[0]
        finally:
            one.clean_up()

    lot = random.Random(11)
    every = [(key, deed, number) for key in KEYS for deed in DEEDS for number in range(8, 22)]
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda chosen: on_real(*chosen), lot.sample(every, sample)))
    found = tally(done)
    say(f"real server: {', '.join(f'{v} {k}' for k, v in found.items())}")
    assert found["bad"] == 0, "\n".join(str(d) for d in done if d.problems)
    assert found["trials"] > sample // 2
