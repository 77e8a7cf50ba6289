"""What may happen to a request on its way to the fake server, and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2

from reconciler.server.leftovers import MARK
from tests.runs.conftest import Faked

Answering = Callable[..., httpx2.Response]


def status(code: int, text: str = "", **headers: str) -> Any:
    """Instead of the server."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request, send: httpx2.Response(code, text=text, headers=named)


def after(code: int) -> Any:
    """Of something in between, after the server has taken it."""

    def answered(request: httpx2.Request, send: Answering) -> httpx2.Response:
        send()
        return httpx2.Response(code, text="<html></html>")

    return answered


def lost(request: httpx2.Request, send: Answering) -> httpx2.Response:
    send()
    raise httpx2.RemoteProtocolError("it broke", request=request)


def never_came(request: httpx2.Request, send: Answering) -> httpx2.Response:
    raise httpx2.RemoteProtocolError("it broke", request=request)


def refused(request: httpx2.Request, send: Answering) -> httpx2.Response:
    raise httpx2.ConnectError("refused", request=request)


def body_of(text: str) -> Any:
    def answered(request: httpx2.Request, send: Answering) -> httpx2.Response:
        return httpx2.Response(200, headers=send().headers, text=text)

    return answered


def marks(fake: Faked) -> list[str]:
    """Of the runs that were to be sent, in order."""
    runs = zip(fake.wire.seen, fake.wire.bodies, strict=True)
    return [body["metadata"][MARK] for seen, body in runs if seen[1].endswith("/runs/wait")]


RUNS = ("POST", "/runs/wait")
"""Where runs are sent."""
