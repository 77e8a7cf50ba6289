"""How often a run sends something again, all in all, and over how many connections."""

from __future__ import annotations

import httpx2
import pytest

from reconciler.errors import ReconcilerError
from reconciler.model.report import Report
from reconciler.server.budget import RETRIES, Budget
from reconciler.server.reader import retry_after
from reconciler.server.transport import Address, Answer, Transport
from tests.fake import LG, FakeServer, listen, transport
from tests.faults.proxy import Proxy
from tests.faults.scenario import Scenario

ADDRESS = Address(url="http://127.0.0.1:2024")
MANY = 100


def test_a_budget_is_spent_and_earned_back() -> None:
    """So many in a row and no more; two answers earn one, and never more than there were."""
    budget = Budget(most=3)
    assert [budget.take() for _ in range(4)] == [True, True, True, False]
    budget.earn()
    assert not budget.take()
    budget.earn()
    assert [budget.take(), budget.take()] == [True, False]
    for _ in range(100):
        budget.earn()
    assert [budget.take() for _ in range(4)] == [True, True, True, False]


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("7", 7.0), ("0", 0.0), ("600", 30.0), ("9" * 400, 30.0), ("", 1.0), ("-1", 1.0), ("1.5", 1.0), ("\u00b2", 1.0)],
)
def test_how_long_a_server_may_have_us_wait(said: str, seconds: float) -> None:
    """Half a minute at most; what is no whole number, a date say, or only looks like one, is not said."""
    assert retry_after(Answer(429, {"retry-after": said}, b""), 1.0) == seconds


class Gone(httpx2.BaseTransport):
    """A server that is overloaded from the first write on."""

    def __init__(self, server: FakeServer, status: int) -> None:
        self._inner, self._status = transport(server), status
        self.gone = False
        self.after = 0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.gone = self.gone or request.url.path == "/assistants"
        if not self.gone:
            return self._inner.handle_request(request)
        self.after += 1
        return httpx2.Response(self._status, headers={"Retry-After": "0"}, text="busy")


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_is_gone_is_left_alone(status: int) -> None:
    """A hundred changes share one budget: each is tried once, and all of them together so many times again."""
    server = FakeServer(LG)
    said = {f"new/{n}": {"name": "Name", "context": {"model_name": "a"}} for n in range(MANY)}
    direct = Transport(ADDRESS, allow="writes", wire=transport(server))
    scenario = Scenario("acme", direct, first={}, second={}, now=said, settle=0.0, parallelism=4)
    scenario.prepare()
    wire = Gone(server, status)
    report = scenario.run(Transport(ADDRESS, allow="writes", wire=wire))
    assert isinstance(report, Report)
    assert report.exit_code in (5, 6)
    looks = MANY if status == 503 else 0  # at the version list, after what a gateway answered
    assert MANY + looks < wire.after <= MANY + looks + RETRIES + 1  # and the proof at the end


def test_one_client_for_a_run() -> None:
    """HTTP/1.1, kept alive: one request after the other needs one connection."""
    server = FakeServer(LG)
    with listen(server) as url, Proxy(url) as proxy:
        scenario = Scenario("acme", Transport(Address(url=url), allow="writes", wire=transport(server)))
        scenario.prepare()
        report = scenario.run(Transport(Address(url=proxy.url), allow="writes"))
        proxy.wait_until_quiet()
    assert not isinstance(report, ReconcilerError)
    assert (report.exit_code, len(proxy.seen) > 20) == (0, True)
    assert proxy.connections == 1
    assert proxy.protocols == {"HTTP/1.1"}
