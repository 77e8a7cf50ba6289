"""`reconciler sandbox`: in the foreground until Ctrl-C, or for one command."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli.main import run

MAIN = "import sys; from reconciler.cli.main import main; sys.argv.insert(1, 'sandbox'); main()"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Settings and two schemas; the command is run from a folder below."""
    (tmp_path / "repository" / "schemas").mkdir(parents=True)
    (tmp_path / "repository" / "assistants" / "writer").mkdir(parents=True)
    (tmp_path / "repository" / "reconciler.yaml").touch()
    for graph_id in ("support", "writer"):
        path = tmp_path / "repository" / "schemas" / f"{graph_id}.json"
        path.write_text('{"type": "object"}\n', encoding="utf-8")
    return tmp_path / "repository"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_foreground_until_it_is_told_to_stop(start: Any, repository: Path, tmp_path: Path, number: int) -> None:
    """One line on stderr says where and what; stopping it is success, and leaves nothing."""
    process = start(MAIN, "-C", str(repository / "assistants" / "writer"))
    line = process.stderr.readline()
    assert line.startswith("Agent Server on http://127.0.0.1:")
    assert line.endswith(" serving support, writer (Ctrl-C stops it)\n")
    process.send_signal(number)
    assert process.communicate(timeout=20) == ("", "")
    assert process.returncode == 0
    assert not list((tmp_path / "tmp").iterdir())


def test_a_server_that_dies_is_an_error(start: Any, repository: Path, tmp_path: Path) -> None:
    """The foreground mode does not wait for a server that is gone."""
    process = start(
        """
import os, signal
import reconciler.cli.sandbox as module
module._announce = lambda server: os.killpg(server.pid, signal.SIGKILL)
"""
        + MAIN,
        "-C",
        str(repository),
    )
    _, said = process.communicate(timeout=20)
    assert process.returncode == 1
    assert said.startswith("error: the server ended")
    assert not list((tmp_path / "tmp").iterdir())


def test_a_command_with_options_of_its_own(repository: Path) -> None:
    """All after `--` is the command's; its exit code is ours."""
    command = [sys.executable, "-c", "import sys; sys.exit(len(sys.argv))", "--port", "-C"]
    with pytest.raises(SystemExit) as ended:
        run(["sandbox", "-C", str(repository), "--", *command])
    assert ended.value.code == 3


def test_errors_are_one_line_and_exit_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No traceback reaches the user."""
    assert run(["sandbox", "-C", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith("error: no context schema in")
