"""What the sandbox's tests share: schemas, HTTP without proxies, and waiting with a deadline."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from reconciler.sandbox import serve

ROOT = Path(__file__).resolve().parents[2]
DEADLINE = 20.0

SCHEMAS: dict[str, dict[str, Any]] = {
    "writer": {
        "title": "Context",
        "type": "object",
        "properties": {
            "system_prompt": {"type": "string", "langgraph_type": "prompt"},
            "model_name": {"enum": ["anthropic", "openai"], "default": "anthropic"},
            "limits": {"$ref": "#/$defs/Limits"},
        },
        "$defs": {"Limits": {"type": "object", "properties": {"words": {"type": "integer"}}}},
    },
    "open.graph-2": {"type": "object", "title": "Anything", "x_own": {"ü": [1.5, None]}},
    "silent": {
        "$comment": "this graph declares no context schema",
        "additionalProperties": True,
    },
}


@pytest.fixture(scope="session")
def schemas() -> dict[str, dict[str, Any]]:
    """Three graphs: a closed schema, an open one, and one that declares none."""
    return SCHEMAS


@pytest.fixture(scope="module")
def client() -> Iterator[httpx2.Client]:
    """A client of a server that the tests of one module share."""
    with serve(SCHEMAS) as sandbox, httpx2.Client(base_url=sandbox.url, trust_env=False) as http:
        yield http


Start = Callable[..., "subprocess.Popen[str]"]


def _hears_ctrl_c() -> None:
    """A run in the background (`make test &`) ignores SIGINT, and its children would inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start Python code as a process with its own TMPDIR, HOME and working folder."""
    started: list[subprocess.Popen[str]] = []
    for name in ("tmp", "home", "cwd"):
        (tmp_path / name).mkdir()

    def run(code: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        own = {"TMPDIR": str(tmp_path / "tmp"), "HOME": str(tmp_path / "home")}
        process = subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path / "cwd",
            env={**os.environ, **own, "PYTHONPATH": str(ROOT), **environment},
            preexec_fn=_hears_ctrl_c,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def eventually() -> Callable[[Callable[[], object]], None]:
    """Wait for a condition, and fail where it does not come true in time."""

    def wait(condition: Callable[[], object]) -> None:
        end = time.monotonic() + DEADLINE
        while not condition():
            assert time.monotonic() < end, "it did not come true in time"
            time.sleep(0.01)

    return wait


@pytest.fixture
def alive() -> Callable[[int], bool]:
    """Whether a process runs; one that nobody has waited for yet does not."""

    def look(pid: int) -> bool:
        state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], stdout=subprocess.PIPE)
        return state.stdout.strip()[:1] not in (b"", b"Z")

    return look
