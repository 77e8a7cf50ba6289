"""A real server, started twice in one folder: the second time with a graph less (S21, S22, S29)."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from reconciler.sandbox.environment import server_environment
from tests.fake import default_id
from tests.server_rules.conftest import DEPLOYMENT, client

ADDRESS = re.compile(rb"API: \S*?(http://127\.0\.0\.1:\d+)")
GRAPHS = ("strict", "silent", "choosy")
GOING = "typed"


@dataclass(frozen=True)
class Restarted:
    """The server after its second start, and what is known from before."""

    api: httpx2.Client
    orphan: str
    asked_port: int
    start_seconds: tuple[float, float]
    folder: Path


def between(api: httpx2.Client) -> str:
    """What happens between the starts: defaults get other names, one assistant is made; its id."""
    for graph_id in (*GRAPHS, GOING):
        body = {"name": "Renamed", "description": "Mine"}
        assert api.patch(f"/assistants/{default_id(graph_id)}", json=body).status_code == 200
    made: str = api.post("/assistants", json={"graph_id": GOING}).json()["assistant_id"]
    return made


def defaults(api: httpx2.Client) -> dict[str, tuple[str, str | None, int, list[int]]]:
    """graph_id -> name, description, version, all version numbers of its default assistant."""
    query = {"metadata": {"created_by": "system"}, "limit": 1000}
    found = {}
    for row in api.post("/assistants/search", json=query).json():
        history = api.post(f"/assistants/{row['assistant_id']}/versions", json={}).json()
        numbers = [version["version"] for version in history]
        texts = (row["name"], row["description"])
        found[row["graph_id"]] = (*texts, row["version"], numbers)
    return found


@contextmanager
def restarting(folder: Path) -> Iterator[Restarted]:
    """Both starts ask for a port that is taken."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        began = time.monotonic()
        with _start(folder, port, [*GRAPHS, GOING]) as first:
            up = time.monotonic()
            orphan = between(first)
        again = time.monotonic()
        with _start(folder, port, GRAPHS) as second:
            seconds = (up - began, time.monotonic() - again)
            yield Restarted(second, orphan, port, seconds, folder)


@contextmanager
def _start(folder: Path, port: int, graphs: Sequence[str]) -> Iterator[httpx2.Client]:
    log = folder / "log.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, str(DEPLOYMENT / "start.py"), str(port), *graphs],
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=server_environment(os.environ) | {"LOG_LEVEL": "INFO"},
        )
    try:
        with client(_address(log, process)) as api:
            yield api
    finally:
        process.terminate()
        process.wait(30)


def _address(log: Path, process: subprocess.Popen[bytes]) -> str:
    """The address that the server says it has, once it answers there."""
    for _ in range(600):
        found = ADDRESS.search(log.read_bytes())
        if found:
            url = found.group(1).decode()
            try:
                if httpx2.get(f"{url}/ok", trust_env=False).status_code == 200:
                    return url
            except httpx2.TransportError:
                pass
        assert process.poll() is None, log.read_text("utf-8", "replace")[-2000:]
        time.sleep(0.05)
    raise AssertionError("the server did not start")
