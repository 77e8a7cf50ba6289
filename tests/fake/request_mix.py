"""The requests that the fake and the real server are both asked: the same ones in every run."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

GRAPHS = ("plain", "research", "support", "writer")
IDS = [str(uuid.UUID(int=0xA0000000000040008000000000000000 + number)) for number in range(9)]
DEFAULT = str(uuid.uuid5(uuid.UUID("6ba7b821-9dad-11d1-80b4-00c04fd430c8"), "writer"))


@dataclass(frozen=True)
class Sent:
    method: str
    path: str
    body: bytes = b""

    def __str__(self) -> str:
        shown = self.body[:300].decode("utf-8", "backslashreplace")
        return f"{self.method} {self.path} {shown}"


def sent(method: str, path: str, body: Any = None) -> Sent:
    return Sent(method, path, b"" if body is None else json.dumps(body).encode())


BODIES = Path(__file__).with_name("bodies")


def _lines(name: str) -> list[bytes]:
    """One body a line, as the bytes that are sent: anybody can read them and add one."""
    return (BODIES / f"{name}.txt").read_bytes().splitlines()


def _objects(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in _lines(name)]


PATCHES, WRONG = _objects("patches"), _objects("wrong_fields")
SEARCHES, LISTS = _objects("searches"), _objects("version_lists")
VALUES: list[Any] = [json.loads(line) for line in _lines("values")]
LONG = b'{"context":{"a":%s}}'
NOT_JSON = [
    *_lines("not_json"),
    b"",
    b"\xef\xbb\xbf{}",
    b'{"name":"\xff"}',
    LONG % (b"9" * 5000),
    LONG % (b"1" * 310),
]
PATHS = (
    "x",
    IDS[8],
    IDS[8].upper(),
    IDS[8].replace("-", ""),
    "{" + IDS[8] + "}",
    "writer",
    "search",
)


def requests(seed: int) -> Iterator[Sent]:
    """First every case by itself, then a long mix of them on few assistants."""
    yield from _creates()
    for body in PATCHES:
        yield sent("PATCH", f"/assistants/{IDS[0]}", body)
    for raw in NOT_JSON:
        yield Sent("PATCH", f"/assistants/{IDS[0]}", raw)
    yield Sent("POST", "/assistants", b"")
    yield Sent("POST", "/assistants/search", b"")
    for body in WRONG:
        yield sent("PATCH", f"/assistants/{IDS[0]}", body)
        yield sent("POST", "/assistants", {"graph_id": "writer", "assistant_id": IDS[7], **body})
    for value in VALUES:
        yield sent("PATCH", f"/assistants/{IDS[1]}", {"context": {"v": value}, "metadata": {"v": value}})
    yield from _reads()
    yield from _deep()
    yield from _mixed(random.Random(seed), 250)
    yield from _reads()
    for assistant_id in IDS:
        yield sent("DELETE", f"/assistants/{assistant_id}")
        yield sent("DELETE", f"/assistants/{assistant_id}")


def _creates() -> Iterator[Sent]:
    full = {
        "graph_id": "writer",
        "assistant_id": IDS[0],
        "name": "First",
        "description": "d",
        "metadata": {"k": 1, "nested": {"a": 1}},
        "context": {"m": "x"},
        "config": {"recursion_limit": 5},
    }
    yield sent("POST", "/assistants", full)
    yield sent("POST", "/assistants", full)
    yield sent("POST", "/assistants", {**full, "if_exists": "do_nothing", "name": "Other"})
    yield sent("POST", "/assistants", {**full, "if_exists": "raise"})
    yield sent("POST", "/assistants", {**full, "if_exists": "replace"})
    yield sent(
        "POST",
        "/assistants",
        {**full, "assistant_id": IDS[1].upper(), "name": "", "description": None},
    )
    yield sent("POST", "/assistants", {"graph_id": "plain", "assistant_id": IDS[2]})
    for wrong in ("x", 5, None):
        yield sent("POST", "/assistants", {"graph_id": "writer", "assistant_id": wrong})
        yield sent("POST", "/assistants", {"graph_id": "no-such-graph", "assistant_id": wrong})
    yield sent("POST", "/assistants", {"name": 5})
    yield sent("POST", "/assistants", {"graph_id": "writer", "if_exists": "x", "assistant_id": "x"})


def _reads() -> Iterator[Sent]:
    for body in SEARCHES:
        yield sent("POST", "/assistants/search", body)
        if "limit" not in body and "offset" not in body and "sort_order" not in body:
            yield sent("POST", "/assistants/count", body)
    for body in LISTS:
        yield sent("POST", f"/assistants/{IDS[0]}/versions", body)
    for version in (1, 1.0, 2, 999, -1, "1", None, True):
        yield sent("POST", f"/assistants/{IDS[0]}/latest", {"version": version})
        yield sent("GET", f"/assistants/{IDS[0]}")
    yield sent("POST", f"/assistants/{IDS[0]}/latest", {})
    yield sent("PATCH", f"/assistants/{IDS[0]}", {})
    for path in PATHS:
        yield sent("GET", f"/assistants/{path}")
        yield sent("PATCH", f"/assistants/{path}", {"name": 5})
        yield sent("PATCH", f"/assistants/{path}", {"name": "n"})
        yield sent("POST", f"/assistants/{path}/versions", {"limit": 0})
        yield sent("POST", f"/assistants/{path}/versions", {})
        yield sent("POST", f"/assistants/{path}/latest", {"version": "x"})
        yield sent("POST", f"/assistants/{path}/latest", {"version": 1})
        yield sent("GET", f"/assistants/{path}/schemas")
    yield sent("GET", f"/assistants/{DEFAULT}")
    yield sent("POST", f"/assistants/{DEFAULT}/versions", {})
    yield sent("GET", f"/assistants/{DEFAULT}/schemas")
    yield sent("GET", f"/assistants/{IDS[2]}/schemas")
    yield sent("GET", "/ok")
    yield sent("GET", "/info")
    yield sent("GET", "/health")
    yield sent("PUT", f"/assistants/{IDS[0]}", {})
    yield sent("POST", "/threads/count", {})
    yield sent("POST", "/runs/crons/count", {"assistant_id": IDS[0]})


def _deep() -> Iterator[Sent]:
    """Around the depths at which the server stops writing, checking and reading."""
    for levels in (250, 252, 253, 255, 1100):
        yield from _nested("context", levels)
    for levels in (252, 253, 254, 255):
        yield from _nested("metadata", levels)


def _nested(field: str, levels: int) -> Iterator[Sent]:
    head = f'{{"graph_id":"writer","assistant_id":"{IDS[6]}","{field}":'.encode()
    value = b'{"a":' * levels + b"1" + b"}" * levels
    yield Sent("POST", "/assistants", head + value + b"}")
    yield sent("GET", f"/assistants/{IDS[6]}")
    yield sent("POST", "/assistants/search", {"limit": 1000})
    yield sent("POST", f"/assistants/{IDS[6]}/versions", {})
    yield sent("DELETE", f"/assistants/{IDS[6]}")


def _mixed(rng: random.Random, number: int) -> Iterator[Sent]:
    for _ in range(number):
        here = f"/assistants/{rng.choice([*IDS[:5], DEFAULT])}"
        match rng.randrange(10):
            case 0 | 1:
                body = {
                    "graph_id": rng.choice(GRAPHS),
                    "assistant_id": rng.choice(IDS[:5]),
                    **rng.choice(PATCHES),
                }
                yield sent("POST", "/assistants", {**body, "name": rng.choice(("a", "B", "c"))})
            case 2 | 3 | 4:
                value = rng.choice(VALUES)
                extra: dict[str, Any] = rng.choice(({}, {"context": {"w": value}}, {"metadata": {"w": value}}))
                yield sent("PATCH", here, {**rng.choice(PATCHES), **extra})
            case 5 | 6:
                yield sent("POST", f"{here}/latest", {"version": rng.randint(1, 8)})
            case 7:
                yield sent("POST", f"{here}/versions", rng.choice(LISTS))
            case 8:
                yield sent("POST", "/assistants/search", rng.choice(SEARCHES))
            case _ if rng.random() < 0.4 and DEFAULT not in here:
                yield sent("DELETE", here)
            case _:
                yield sent("GET", here)
