"""The server leaves neither a process nor a file behind, however its parent ends."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import serve

SERVE = """
import sys
from reconciler.sandbox import serve
with serve({"writer": {"type": "object"}}) as sandbox:
    print(sandbox.pid, flush=True)
    print(sandbox.folder, flush=True)
    sandbox.process.wait()
"""


def _gone(group: int) -> bool:
    """Whether no process of the server's group can be found, grandchildren included."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def test_nothing_is_left_after_the_block() -> None:
    """Process, group and folder are gone when the block has ended, also by an exception."""
    with pytest.raises(KeyError), serve({"writer": {"type": "object"}}) as sandbox:  # noqa: PT012 - the failure is within the block
        assert sandbox.folder.is_dir()
        raise KeyError
    assert sandbox.process.returncode is not None
    assert _gone(sandbox.pid)
    assert not sandbox.folder.exists()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_is_left_after_a_signal(start: Any, eventually: Any, alive: Any, tmp_path: Path, number: int) -> None:
    """A parent that had no chance to clean up is cleaned up after."""
    process = start(SERVE)
    pid = int(process.stdout.readline())
    folder = Path(process.stdout.readline().strip())
    assert alive(pid)
    assert list((tmp_path / "tmp").iterdir()) == [folder]
    process.send_signal(number)
    process.wait(timeout=20)
    eventually(lambda: not alive(pid))
    eventually(lambda: not list((tmp_path / "tmp").iterdir()))


def test_nothing_is_left_where_the_parent_is_killed_during_start_up(
    start: Any, eventually: Any, tmp_path: Path
) -> None:
    """The server watches for its parent's end before it imports anything slow."""
    process = start(SERVE)
    eventually(lambda: list((tmp_path / "tmp").glob("reconciler-sandbox-*")))
    process.kill()
    eventually(lambda: not list((tmp_path / "tmp").iterdir()))
