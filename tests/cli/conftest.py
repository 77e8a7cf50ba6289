"""A repository, servers, and the command: in process for speed, as a process where signals and terminals matter."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import stamina

from reconciler.cli.main import WORDS, run
from tests.cli.places import Repo, Served
from tests.fake import GRAPHS, FakeServer, Traits, listen

ROOT = Path(__file__).resolve().parents[2]
DEADLINE = 30.0
READ_BY_US = ("RECONCILER_", "LANGGRAPH_", "LANGSMITH_", "LANGCHAIN_", "GITHUB_", "CI_", "GIT_")
ALSO = ("NO_COLOR", "CI", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


@dataclass(frozen=True)
class Ran:
    """What a command ended with and what it said."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err

    @property
    def message(self) -> str:
        """Stderr without its last line, in one line: what a user reads, however it is wrapped."""
        return " ".join(" ".join(self.err.splitlines()[:-1]).split())


def checked(code: int, out: str, err: str) -> Ran:
    """What holds for every run: no traceback, and the last line on stderr says the word of the exit code."""
    ran = Ran(code, out.replace("\r\n", "\n"), err.replace("\r\n", "\n"))
    assert "Traceback" not in ran.said, ran.said
    assert "a mistake in reconciler" not in ran.said, ran.said
    assert ran.err.splitlines()[-1:] == [f"reconciler: {WORDS[code]}"], ran.said
    return ran


Cli = Callable[..., Ran]


@pytest.fixture(autouse=True)
def _quiet_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No variable of this machine's counts, and reads are tried again without waiting."""
    for name in list(os.environ):
        if name.startswith(READ_BY_US) or name in ALSO:
            monkeypatch.delenv(name)
    stamina.set_testing(True, attempts=4)
    yield
    stamina.set_testing(False)


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """An empty repository, and the working folder is its root."""
    made = Repo(tmp_path / "repo")
    monkeypatch.chdir(made.root)
    return made


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    """`cli("plan", "--url", url, code=0)`: the command in this process."""

    def call(*words: object, code: int | None = None) -> Ran:
        capsys.readouterr()
        ended = run([str(word) for word in words])
        captured = capsys.readouterr()
        ran = checked(ended, captured.out, captured.err)
        assert code in (None, ran.code), ran.said
        return ran

    return call


Serve = Callable[..., Served]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """`serve(api_key="401")`: a fake with these traits, or `serve(server)`, until the test ends."""
    with ExitStack() as stack:

        def start(server: FakeServer | None = None, **traits: Any) -> Served:
            server = server or FakeServer(Traits(**traits), graphs=dict(GRAPHS))
            return Served(server, stack.enter_context(listen(server)))

        yield start


@pytest.fixture
def fake(serve: Serve) -> Served:
    """A fake as the real in-memory server is."""
    return serve()


class Process:
    """The command as a process of its own."""

    def __init__(self, words: tuple[object, ...], cwd: Path, **more: Any) -> None:
        command = [sys.executable, "-m", "reconciler", *map(str, words)]
        env = {**os.environ, "PYTHONPATH": str(ROOT), **more.pop("env", {})}
        # A run in the background (`make test &`) ignores SIGINT, and its children would inherit that.
        more.setdefault("preexec_fn", lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        self.popen = subprocess.Popen(command, cwd=cwd, env=env, **more)

    def end(self) -> Ran:
        out, err = self.popen.communicate(timeout=DEADLINE)
        return checked(self.popen.returncode, out or "", err or "")


Start = Callable[..., Process]


@pytest.fixture
def start(repo: Repo) -> Iterator[Start]:
    """`start("apply", "-y")`: the command as a process, its output in pipes unless it is said otherwise."""
    started: list[Process] = []

    def begin(*words: object, **more: Any) -> Process:
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        process = Process(words, repo.root, **(pipes | more))
        started.append(process)
        return process

    yield begin
    for process in started:
        process.popen.kill()
        process.popen.communicate()


@dataclass
class Terminal:
    """A command on a terminal of its own: what it shows, and what is typed."""

    process: Process
    master: int
    shown: str = ""

    def until(self, text: str) -> None:
        """Read until `text` is shown."""
        end = time.monotonic() + DEADLINE
        while text not in self.shown:
            assert time.monotonic() < end, self.shown
            assert self._read(), self.shown

    def type(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def press(self, keys: str, until: str) -> None:
        """Type, and once more where nothing comes of it: a signal just before a read does not interrupt that read."""
        end = time.monotonic() + DEADLINE
        while until not in self.shown:
            assert time.monotonic() < end, self.shown
            self.type(keys)
            while self._read(1.0) and until not in self.shown:
                pass

    def end(self) -> int:
        """Read to the end; the exit code."""
        while self._read():
            pass
        code = self.process.popen.wait(DEADLINE)
        checked(code, "", self.shown)
        return code

    def _read(self, seconds: float = DEADLINE) -> bool:
        ready, _, _ = select.select([self.master], [], [], seconds)
        try:
            data = os.read(self.master, 65536) if ready else b""
        except OSError:  # Linux says so where nobody holds the other end any more
            data = b""
        self.shown += data.decode("utf-8", "replace")
        return bool(data)


@pytest.fixture
def terminal(start: Start) -> Iterator[Callable[..., Terminal]]:
    """`terminal("apply")`: the command with a terminal as stdin, stdout and stderr."""
    masters: list[int] = []

    def begin(*words: object, environ: dict[str, str] | None = None, **streams: Any) -> Terminal:
        master, slave = pty.openpty()
        masters.append(master)
        ends = {"stdin": slave, "stdout": slave, "stderr": slave} | streams
        env = {"TERM": "xterm", "COLUMNS": "80", **(environ or {})}
        process = start(*words, **ends, env=env, text=False, preexec_fn=_owns_terminal)
        os.close(slave)
        return Terminal(process, master)

    yield begin
    for master in masters:
        os.close(master)


def _owns_terminal() -> None:
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
