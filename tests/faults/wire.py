"""The proxy's faults without a network, before the fake server: for sweeps of thousands of trials.

Of the faults that look alike to an HTTP client (a reset, a cut answer, an answer that never comes) one is enough here,
and to a read it is all one whether the server has seen it; `test_single_faults.py` tries every fault everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping

import httpx2

from reconciler.server.wall import READS
from tests.fake import FakeServer, transport
from tests.faults.proxy import LATE, Seen

TO_READS = ("refused", "request_dropped", "503_before")
TO_WRITES = (*TO_READS, "answer_dropped", "429", "502_before", "502_after", "503_after", "late_closed")


def kinds(seen: Seen) -> tuple[str, ...]:
    """The faults that differ for this request."""
    reads = seen.method == "GET" or seen.path.endswith(READS)
    return TO_READS if reads else TO_WRITES


class SpoiledWire(httpx2.BaseTransport):
    """Numbers the requests of one run, and spoils the k-th."""

    def __init__(self, server: FakeServer, faults: Mapping[int, str]) -> None:
        assert set(faults.values()) <= set(TO_WRITES)
        self._inner = transport(server)
        self._faults = faults
        self._late: list[httpx2.Request] = []
        self.seen: list[Seen] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        number = len(self.seen) + 1
        fault = self._faults.get(number)
        self.seen.append(Seen(number, request.method, request.url.path, fault, done=True))
        due, self._late = self._late, []
        try:
            return self._one(request, fault)
        finally:
            for late in due:
                self._inner.handle_request(late)

    def finish(self) -> None:
        """Carry out what is still on its way."""
        for late in self._late:
            self._inner.handle_request(late)

    def _one(self, request: httpx2.Request, fault: str | None) -> httpx2.Response:
        request.read()
        if fault is None:
            return self._inner.handle_request(request)
        if fault in LATE:
            self._late.append(request)
        if fault.endswith("_after") or fault == "answer_dropped":
            self._inner.handle_request(request)
        if fault == "refused":
            raise httpx2.ConnectError("refused", request=request)
        if fault[:3].isdigit():
            headers = {"Retry-After": "0"} if fault == "429" else {}
            return httpx2.Response(int(fault[:3]), headers=headers, text="<html></html>")
        raise httpx2.RemoteProtocolError("the connection broke", request=request)
