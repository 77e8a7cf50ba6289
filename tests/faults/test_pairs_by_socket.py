"""Two faults in one run through the proxy: each with each, at two requests by lot."""

from __future__ import annotations

import random
from functools import partial

import pytest

from reconciler.server.transport import Address, Transport
from tests.fake import LG, FakeServer, listen, transport
from tests.faults.proxy import FAULTS
from tests.faults.scenario import Scenario
from tests.faults.test_single_faults import REQUESTS
from tests.faults.trial import Spoil, Trial, say, side_by_side, through_proxy, trial


def by_socket(faults: Spoil) -> Trial:
    """A trial of the whole scenario on a fake of its own."""
    server = FakeServer(LG)
    with listen(server) as url:

        def clean() -> Transport:
            return Transport(Address(url=url), allow="writes", wire=transport(server))

        return trial(Scenario("acme", clean()), faults, through_proxy(url), clean)


@pytest.mark.needs_all  # for half a minute; in process every pair is tried
@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_with_each(fault: str) -> None:
    """The same as in process, where sockets and time are real."""
    lot = random.Random(fault)
    chosen = [sorted(lot.sample(range(1, REQUESTS + 1), 2)) for _ in FAULTS]
    done = side_by_side(
        [partial(by_socket, {k: fault, n: other}) for (k, n), other in zip(chosen, FAULTS, strict=True)]
    )
    bad = [str(d) for d in done if d.problems]
    say(f"{fault}: {len(done)} pairs, {len(bad)} bad")
    assert len(done) == len(FAULTS)
    assert not bad, "\n".join(bad)
