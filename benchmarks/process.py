"""Commands as processes of their own: wall-clock seconds, peak memory, and what they printed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PEERS = Path(__file__).parent / "peers"
INSTALLED = ROOT / ".venv-bench/bin/python"
"""Has the tool without what it is developed with (scripts/install-bench): what is there to import takes time."""
READ_BY_US = ("RECONCILER_", "LANGGRAPH_", "LANGSMITH_", "LANGCHAIN_", "GITHUB_", "CI_", "GIT_")
ALSO = (
    "CI",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONUNBUFFERED",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "http_proxy",
    "https_proxy",
    "PYTHONPATH",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One run of a command. `peak` is in bytes, `cpu` in seconds."""

    seconds: float
    peak: int
    cpu: float
    out: str


def reconciler(*words: object) -> list[str]:
    """The command as its users have it."""
    return [str(INSTALLED.with_name("reconciler")), *map(str, words)]


def peer(name: str, *words: object, python: Path = INSTALLED) -> list[str]:
    """A script of `peers`, in the environment that the command has."""
    return [str(python), str(PEERS / f"{name}.py"), *map(str, words)]


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """This one, without what says something to the tool, a server or Python."""
    kept = {n: v for n, v in os.environ.items() if not n.startswith(READ_BY_US) and n not in ALSO}
    return {**kept, **more}


def _ours(words: list[str]) -> dict[str, str]:
    """What a module of these benchmarks needs to be found."""
    return {"PYTHONPATH": str(ROOT)} if "-m" in words else {}


def run(words: list[str], **variables: str) -> Ran:
    """Run to the end. Raises RuntimeError where that is none with 0."""
    return start(words, **variables).end()


class Running:
    """A command that was started."""

    def __init__(self, words: list[str], variables: Mapping[str, str]) -> None:
        self._words = words
        self._told, tells = os.pipe()
        whole = [sys.executable, "-I", "-S", str(Path(__file__).with_name("trampoline.py")), str(tells), *words]
        self._popen = subprocess.Popen(
            whole,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment({**_ours(words), **variables}),
            pass_fds=[tells],
        )
        os.close(tells)

    def end(self) -> Ran:
        out, err = self._popen.communicate()
        with os.fdopen(self._told) as told:
            said = json.loads(told.read() or "{}")
        if said.get("code") != 0:
            raise RuntimeError(f"{' '.join(self._words)} ended with {said.get('code')}:\n{out[-2000:]}\n{err[-2000:]}")
        return Ran(seconds=said["seconds"], peak=said["peak"], cpu=said["cpu"], out=out)


def start(words: list[str], **variables: str) -> Running:
    """The command, running beside this process."""
    return Running(words, variables)


@contextmanager
def background(words: list[str]) -> Iterator[str]:
    """A server: a process that prints one line when it is ready, and ends when its standard input does. Yields that
    line."""
    popen = subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment(_ours(words))
    )
    try:
        assert popen.stdout is not None
        line = popen.stdout.readline().strip()
        if not line:
            raise RuntimeError(f"{' '.join(words)} ended with {popen.wait()}")
        yield line
    finally:
        popen.communicate()
