"""The script that teams write: `python script.py URL ROOT` lists, matches by name, and updates or creates each one."""

import sys
from pathlib import Path
from typing import Any

import yaml
from langgraph_sdk import get_sync_client


def main(url: str, root: Path) -> None:
    client = get_sync_client(url=url)
    by_name: dict[str, Any] = {}
    offset = 0
    while page := client.assistants.search(limit=1000, offset=offset):
        by_name.update({str(row["name"]): row for row in page})
        offset += len(page)
    for file in sorted(root.glob("assistants/**/*.yaml")):
        manifest = yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)
        fields = {name: manifest[name] for name in ("name", "description", "context", "metadata")}
        found = by_name.get(manifest["name"])
        if found is not None:
            client.assistants.update(found["assistant_id"], graph_id=manifest["graph_id"], **fields)
        else:
            client.assistants.create(manifest["graph_id"], **fields)
    print(len(by_name))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
