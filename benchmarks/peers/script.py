"""The script that teams write: `python script.py URL ROOT` lists, matches by name, and updates or creates each one.

It reads YAML with `yaml.safe_load`, as PyYAML's own documentation and nearly everybody does. With `--libyaml` it takes
the loader in C instead, which few know of.
"""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from langgraph_sdk import get_sync_client


def main(url: str, root: Path, load: Callable[[bytes], Any]) -> None:
    client = get_sync_client(url=url)
    by_name: dict[str, Any] = {}
    offset = 0
    while page := client.assistants.search(limit=1000, offset=offset):
        by_name.update({str(row["name"]): row for row in page})
        offset += len(page)
    for file in sorted(root.glob("assistants/**/*.yaml")):
        manifest = load(file.read_bytes())
        fields = {name: manifest[name] for name in ("name", "description", "context", "metadata")}
        found = by_name.get(manifest["name"])
        if found is not None:
            client.assistants.update(found["assistant_id"], graph_id=manifest["graph_id"], **fields)
        else:
            client.assistants.create(manifest["graph_id"], **fields)
    print(len(by_name))


if __name__ == "__main__":
    fast = "--libyaml" in sys.argv
    main(sys.argv[1], Path(sys.argv[2]), partial(yaml.load, Loader=yaml.CSafeLoader) if fast else yaml.safe_load)
