"""``reconciler sandbox -- COMMAND``: a fresh server for one command, gone when the command is."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from reconciler.sandbox.errors import SandboxError
from reconciler.sandbox.server import serve


def run_command(
    schemas: Mapping[str, Mapping[str, Any]],
    command: Sequence[str],
    *,
    port: int | None = None,
) -> int:
    """Run ``command`` beside a fresh server and return its exit code, 128 + n after signal n.

    The command finds the server in ``RECONCILER_URL`` and ``LANGGRAPH_API_URL``;
    ``RECONCILER_SANDBOX`` tells our own commands that every other address is out of bounds.
    SIGTERM and SIGINT are passed on to it. Call it in the main thread.

    Raises:
        SandboxError: As `serve` does, and where there is no such command.
    """
    if not command or shutil.which(command[0]) is None:
        raise SandboxError(f"{command[0] if command else 'COMMAND'}: command not found")
    with serve(schemas, port=port) as sandbox, _passed_on() as pass_on:
        url = sandbox.url
        named = {"RECONCILER_URL": url, "LANGGRAPH_API_URL": url, "RECONCILER_SANDBOX": url}
        try:
            process = subprocess.Popen(list(command), env={**os.environ, **named})
        except OSError as error:
            raise SandboxError(f"{command[0]}: {error.strerror}") from error
        sandbox.ends_with(process.pid)
        pass_on.to(process)
        code = process.wait()
        sandbox.ends_with(0)
    return code if code >= 0 else 128 - code


class _Signals:
    """Signals for the command, kept until there is one."""

    def __init__(self) -> None:
        self._early: list[int] = []
        self._process: subprocess.Popen[bytes] | None = None

    def to(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        for number in self._early:
            process.send_signal(number)

    def received(self, number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGINT and _terminal_tells_everyone():
            return
        if self._process is None:
            self._early.append(number)
        else:
            self._process.send_signal(number)


@contextmanager
def _passed_on() -> Iterator[_Signals]:
    signals = _Signals()
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, signals.received) for number in numbers}
    try:
        yield signals
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _terminal_tells_everyone() -> bool:
    """Ctrl-C in a terminal goes to its whole foreground group, so the command has it already."""
    try:
        with Path("/dev/tty").open("rb", buffering=0) as terminal:
            return os.tcgetpgrp(terminal.fileno()) == os.getpgrp()
    except OSError:
        return False
