"""The servers that are measured against, each in a process of its own."""

from __future__ import annotations

import http.client
import json
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from reconciler.sandbox import serve

from .process import background
from .repository import SCHEMAS

LARGEST_REAL = 5_000
"""The in-memory server's writes slow down as it fills: with more than these the fake is measured, and it says so."""


def fake(root: Path) -> AbstractContextManager[str]:
    """The tests' fake with everything of `root` applied to it; its address."""
    return background([sys.executable, "-m", "benchmarks.fake", str(root)])


@contextmanager
def real() -> Iterator[str]:
    """A fresh Agent Server in memory; its address."""
    with serve(SCHEMAS) as sandbox:
        yield sandbox.url


def rows(url: str) -> list[dict[str, Any]]:
    """Everything that a server lists, but for what the system made."""
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port)
    found: list[dict[str, Any]] = []
    while True:
        body = json.dumps({"limit": 1000, "offset": len(found)})
        connection.request("POST", "/assistants/search", body, {"content-type": "application/json"})
        page = json.loads(connection.getresponse().read())
        found += page
        if len(page) < 1000:
            connection.close()
            return [row for row in found if (row["metadata"] or {}).get("created_by") != "system"]
