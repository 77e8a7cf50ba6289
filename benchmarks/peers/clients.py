"""What an HTTP library costs: the recorded requests of `raw.py`, through httpx2 or httpx in threads.

`python clients.py LIBRARY URL REQUESTS.json CONCURRENCY`: one client, HTTP/1.1. Prints the seconds without the import.
"""

import importlib
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path
from typing import Any


def main(library: str, url: str, file: Path, concurrency: int) -> None:
    http: Any = importlib.import_module(library)
    recorded = json.loads(file.read_bytes())
    start = time.perf_counter()
    limits = http.Limits(max_connections=100, max_keepalive_connections=100)
    with http.Client(trust_env=False, timeout=30, limits=limits) as client, ThreadPoolExecutor(concurrency) as pool:

        def send(one: dict[str, Any]) -> None:
            more = {} if one["body"] is None else {"json": one["body"]}
            assert client.request(one["method"], url + one["path"], **more).status_code in (200, 204)

        for creates, group in groupby(recorded, key=lambda o: (o["method"], o["path"]) == ("POST", "/assistants")):
            if creates:
                list(pool.map(send, group))
            else:
                for one in group:
                    send(one)
    print(time.perf_counter() - start)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
