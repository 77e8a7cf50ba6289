"""What sweeps and races share: reads that are retried without waiting, and requests in a fixed order."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import stamina

from reconciler.app import observe
from reconciler.sandbox import Sandbox
from reconciler.server.transport import Address, Transport


@pytest.fixture(scope="package", autouse=True)
def in_order() -> Iterator[None]:
    """One history after the other, so that the k-th request is the same in every trial; no pause between attempts."""
    with pytest.MonkeyPatch.context() as patch, stamina.set_testing(True, attempts=10, cap=True):
        patch.setattr(observe, "LOOKUPS", 1)
        yield


@pytest.fixture(scope="package")
def direct(real_server: Sandbox) -> Iterator[Transport]:
    """A connection to the real server past every proxy and wire of ours."""
    transport = Transport(Address(url=real_server.url), allow="writes")
    yield transport
    transport.close()
