"""The fake answers every request as the real in-memory server does: status, headers and JSON."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import httpx2

from reconciler.sandbox import Sandbox
from tests.fake import KEYS, FakeServer, Traits, transport
from tests.fake.request_mix import IDS, Sent, requests

HEADERS = ("content-type", "x-pagination-total", "x-pagination-next")
TIMES = ("created_at", "updated_at")
Told = tuple[int, dict[str, str], str]


def test_the_fake_answers_as_the_real_server(untouched_server: Sandbox, repository_schemas: Mapping[str, Any]) -> None:
    """With default traits, but for times and for ids that the server chose."""
    fake = FakeServer(graphs={**repository_schemas, "plain": None})
    keyless: itertools.repeat[str] = itertools.repeat("")
    statuses = _compare(untouched_server.url, fake, requests(seed=20261120), keyless)
    assert statuses.total() >= 300
    assert statuses.keys() >= {200, 204, 400, 404, 405, 409, 422, 500}


def test_the_guarded_fake_answers_as_the_guarded_server(
    guarded_server: Sandbox, repository_schemas: Mapping[str, Any]
) -> None:
    """The same with an auth handler and a mount prefix: two users, and one without a key."""
    traits = Traits(api_key="401", auth_handler="owner", mount_prefix="/agents")
    fake = FakeServer(traits, graphs={**repository_schemas, "plain": None})
    alice, bob = KEYS
    turns = itertools.cycle([alice] * 5 + [bob] * 2 + [""])
    url = f"{guarded_server.url}/agents"
    statuses = _compare(url, fake, requests(seed=20261121), turns)
    assert statuses.total() >= 300
    assert statuses.keys() >= {200, 204, 400, 401, 404, 409, 422, 500}


def _compare(real_url: str, fake: FakeServer, asked: Iterable[Sent], keys: Iterable[str]) -> Counter[int]:
    """Sends every request to both; how often which status came. Fails where they differ."""
    known = {*IDS, *fake.ids()}
    real_seen, fake_seen = Seen(known), Seen(known)
    statuses: Counter[int] = Counter()
    different = []
    # A connection each: after a 500 the real server resets a kept one (S15).
    limits = httpx2.Limits(max_keepalive_connections=0)
    fake_url = f"http://fake{fake.traits.mount_prefix}"
    with (
        httpx2.Client(base_url=real_url, limits=limits, trust_env=False) as real_client,
        httpx2.Client(base_url=fake_url, transport=transport(fake)) as fake_client,
    ):
        for request, key in zip(asked, keys, strict=False):
            real = real_seen.told(request, _ask(real_client, request, key))
            told = fake_seen.told(request, _ask(fake_client, request, key))
            statuses[real[0]] += 1
            if real != told:
                different.append(f"{request}\n  real: {_short(real)}\n  fake: {_short(told)}")
    total = statuses.total()
    assert not different, f"{len(different)} of {total}:\n" + "\n".join(different[:10])
    return statuses


class Seen:
    """What one server said, with its times and own ids replaced by the order of their coming."""

    def __init__(self, known: set[str]) -> None:
        self.known = known
        self.names: dict[str, str] = {}

    def told(self, request: Sent, answer: httpx2.Response) -> Told:
        headers = {name: answer.headers[name] for name in HEADERS if name in answer.headers}
        if headers.get("content-type") != "application/json":
            return answer.status_code, headers, answer.text
        body = answer.json()
        if request.path.endswith("/schemas") and answer.status_code == 200:
            # The state's schemas are the graph's, not the server's.
            body = {name: body[name] for name in ("graph_id", "context_schema")}
        # As text, in the order of keys: 1, 1.0 and true differ, and so does the order.
        return answer.status_code, headers, json.dumps(self._plain(body))

    def _plain(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._plain(item) for item in value]
        if not isinstance(value, dict):
            return value
        own = {"assistant_id": self._id, **dict.fromkeys(TIMES, self._name)}
        return {name: own.get(name, self._plain)(inner) for name, inner in value.items()}

    def _id(self, value: Any) -> Any:
        return value if value in self.known else self._name(value)

    def _name(self, value: Any) -> str:
        return self.names.setdefault(str(value), f"#{len(self.names)}")


def _ask(client: httpx2.Client, request: Sent, key: str) -> httpx2.Response:
    headers = {"content-type": "application/json"} if request.body else {}
    if key:
        headers["x-api-key"] = key
    return client.request(request.method, request.path, content=request.body, headers=headers)


def _short(told: Told) -> str:
    return f"{told[0]} {told[1]} {told[2][:1500]}"
