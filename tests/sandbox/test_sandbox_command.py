"""`run_command`: a fresh server for one command."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import SandboxError, run_command

Schemas = dict[str, dict[str, Any]]

IN_MAIN = """
import json, sys
from reconciler.sandbox import run_command
sys.exit(run_command({"writer": {"type": "object"}}, json.loads(sys.argv[1])))
"""


def _python(code: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", code, *arguments]


def test_exit_code_and_address_are_passed_on(schemas: Schemas, tmp_path: Path) -> None:
    """The command finds the server in three variables; its exit code is the answer."""
    code = """
import os, pathlib, sys, urllib.request
url = os.environ["RECONCILER_URL"]
assert url == os.environ["LANGGRAPH_API_URL"] == os.environ["RECONCILER_SANDBOX"]
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
pathlib.Path(sys.argv[1]).write_bytes(opener.open(url + "/ok").read())
sys.exit(23)
"""
    assert run_command(schemas, _python(code, str(tmp_path / "ok"))) == 23
    assert json.loads((tmp_path / "ok").read_text())["ok"] is True


def test_a_command_ended_by_a_signal_is_128_and_more(schemas: Schemas) -> None:
    """The shells' own convention."""
    code = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    assert run_command(schemas, _python(code)) == 128 + signal.SIGKILL


def test_no_such_command(schemas: Schemas) -> None:
    """Said by name, before a server is started."""
    with pytest.raises(SandboxError, match="no-such-command-here: command not found"):
        run_command(schemas, ["no-such-command-here"])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_are_passed_on(start: Any, eventually: Any, tmp_path: Path, number: int) -> None:
    """The command decides what a signal means, and its exit code is still passed on."""
    ready = tmp_path / "ready"
    code = """
import pathlib, signal, sys
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, lambda number, frame: sys.exit(40 + number))
pathlib.Path(sys.argv[1]).touch()
signal.pause()
"""
    process = start(IN_MAIN, json.dumps(_python(code, str(ready))))
    eventually(ready.exists)
    process.send_signal(number)
    process.communicate(timeout=20)
    assert process.returncode == 40 + number
    assert not list((tmp_path / "tmp").iterdir())


def test_sigkill_ends_the_command_too(start: Any, eventually: Any, alive: Any, tmp_path: Path) -> None:
    """Nobody is left to pass a code on to, so the server tells the command to end."""
    ready = tmp_path / "ready"
    code = """
import os, pathlib, signal, sys
path = pathlib.Path(sys.argv[1])
path.with_suffix(".new").write_text(str(os.getpid()))
path.with_suffix(".new").rename(path)
signal.pause()
"""
    process = start(IN_MAIN, json.dumps(_python(code, str(ready))))
    eventually(ready.exists)
    command = int(ready.read_text())
    assert alive(command)
    process.kill()
    eventually(lambda: not alive(command))
    eventually(lambda: not list((tmp_path / "tmp").iterdir()))
