"""The least a plan can take: list a server by pages of 1,000, and read every manifest with libyaml.

`python listing.py URL ROOT`: http.client on one connection and json.loads of each page, then read_bytes and
yaml.load(…, CSafeLoader) of each file. Nothing is compared or checked.
"""

import http.client
import json
import sys
from pathlib import Path
from urllib.parse import urlsplit

import yaml


def listed(url: str) -> int:
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port)
    total = 0
    while True:
        body = {"limit": 1000, "offset": total, "sort_by": "assistant_id", "sort_order": "asc"}
        connection.request("POST", "/assistants/search", json.dumps(body), {"content-type": "application/json"})
        rows = json.loads(connection.getresponse().read())
        total += len(rows)
        if len(rows) < 1000:
            return total


def read(root: Path) -> int:
    files = sorted(root.glob("assistants/**/*.yaml"))
    return len([yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader) for file in files])


if __name__ == "__main__":
    print(listed(sys.argv[1]), read(Path(sys.argv[2])))
