"""No step over what a server says looks at each pair: many assistants, and many versions of one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx2

from reconciler.model.live import Live
from reconciler.server.reader import Reader
from reconciler.server.transport import Address, Transport

from .linear import assert_linear

ID = "00000000-0000-4000-8000-{:012}"


def _row(number: int, assistant_id: str) -> dict[str, Any]:
    content = {"graph_id": "w", "name": "A", "description": "", "config": {}, "context": {"n": number}, "metadata": {}}
    return {"assistant_id": assistant_id, "version": number, "created_at": f"t{number:06}", **content}


def _reader(rows: list[dict[str, Any]]) -> Reader:
    """Of a server that answers nothing but pages of these; past the end 404 for versions, as real ones do."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.method == "GET":
            return httpx2.Response(200, json={})
        asked = json.loads(request.content)
        page = rows[asked["offset"] : asked["offset"] + asked["limit"]]
        past = not page and request.url.path.endswith("/versions")
        return httpx2.Response(404 if past else 200, json=page)

    wire = httpx2.MockTransport(answer)
    return Reader(Transport(Address(url="http://127.0.0.1:9"), allow="reads", wire=wire))


def test_listing_takes_linear_time() -> None:
    """Ten times as many assistants take about ten times as long to be listed, page by page."""

    def work(count: int) -> Callable[[], list[Live]]:
        return _reader([_row(1, ID.format(i)) for i in range(count)]).assistants

    assert len(work(1500)()) == 1500
    assert_linear(work)


def test_every_version_of_one_takes_linear_time() -> None:
    """So do the versions of one assistant, for a backup."""

    def work(count: int) -> Callable[[], list[Any]]:
        reader = _reader([_row(number, ID.format(1)) for number in range(count, 0, -1)])
        return lambda: reader.versions(ID.format(1), page=100)

    assert len(work(1500)()) == 1500
    assert_linear(work)


def test_a_history_to_its_end_takes_linear_time() -> None:
    """And so does going back through them to the very first, as `history` and `pull KEY@1` do."""

    def work(count: int) -> Callable[[], object]:
        reader = _reader([_row(number, ID.format(1)) for number in range(count, 0, -1)])
        return lambda: reader.history(ID.format(1), 10, lambda rows: len(rows) > count)

    assert_linear(work, many=5_000)
