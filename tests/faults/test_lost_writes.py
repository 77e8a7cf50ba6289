"""A server that loses every write and answers every read: the run ends, and says what it does not know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.app.settle import MOST_LOST
from tests.app.world import World
from tests.core.case import derived_id
from tests.fake import LG, FakeServer, Request, Response


class Losing(FakeServer):
    """Behind a gateway that lets no PATCH through."""

    losing = False

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Any:
        if self.losing and method == "PATCH":
            self.log.append(Request(method, path, None, dict(headers)))
            return Response(502, {}, b"<html></html>")
        return super().handle(method, path, headers, body)


def test_it_is_not_sent_for_ever() -> None:
    """Reads that are answered earn retries back, so the budget alone would never end."""
    server = Losing(LG)
    world = World(server)
    world.commit({"one": {"context": {"system_prompt": "a"}}})
    assert world.apply().converged
    world.commit({"one": {"context": {"system_prompt": "b"}}})
    server.losing = True
    report = world.apply()
    assert report.exit_code == 6
    sent = [request for request in server.log.writes if request.method == "PATCH"]
    assert len(sent) == MOST_LOST
    assert len(server.versions(derived_id("one"))) == 1
