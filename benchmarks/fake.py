"""The tests' fake server with a repository applied to it, in a process of its own: `python -m benchmarks.fake ROOT`.

Its listing is precomputed, so that what is measured is not the fake: pages of 1,000 as it answered them once. Any
other request goes to the fake. Prints its address when it is ready, and ends when its standard input does.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.repository import SCHEMAS
from reconciler.app.source import open_repository, read_source
from reconciler.core.compose import Provenance, compose
from reconciler.model.json import JsonObject
from reconciler.server.dialect import Dialect
from tests.fake import FakeServer, listen
from tests.fake.messages import Response

SEARCH = "/assistants/search"


class Prepared(FakeServer):
    """A fake that remembers what it said to a listing while nothing is written."""

    def __init__(self) -> None:
        super().__init__(graphs=SCHEMAS)
        self._said: dict[bytes, Response] = {}

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Response:
        if (method, path) != ("POST", SEARCH):
            return super().handle(method, path, headers, body)
        asked = json.dumps(json.loads(body), sort_keys=True).encode()
        if asked not in self._said:
            self._said[asked] = super().handle(method, path, headers, body)
        return self._said[asked]

    def fill(self, root: Path) -> int:
        """Everything that the manifests say, as apply would have written it. Returns how many there are now."""
        wanted = read_source(open_repository(root), "live").loaded.wanted
        dialect, origin = Dialect(self.info()), Provenance(deployment="live")
        for one in wanted:
            body: dict[str, Any] = {**dialect.body(compose(one, None, "acme", origin), create=True)}
            self.create(**body)
        return len(self.ids())

    def info(self) -> JsonObject:
        answer: JsonObject = json.loads(super().handle("GET", "/info", {}, b"").body)
        return answer


def main(root: Path) -> None:
    server = Prepared()
    count = server.fill(root)
    for offset in range(0, count + 1, 1000):
        asked = {"limit": 1000, "offset": offset, "sort_by": "assistant_id", "sort_order": "asc"}
        server.handle("POST", SEARCH, {}, json.dumps(asked).encode())
    with listen(server) as url:
        print(url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
