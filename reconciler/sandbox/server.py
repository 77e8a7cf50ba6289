"""Start the server's process, wait until it answers, and leave nothing of it behind."""

from __future__ import annotations

import errno
import http.client
import importlib.util
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from msgspec import Struct

from reconciler.sandbox.environment import server_environment
from reconciler.sandbox.errors import SandboxError

START_SECONDS = 60.0
_END_SECONDS = 5.0
_LOG_LINES = 15
_LOG_BYTES = 20_000
_HOST = "127.0.0.1"
_NEEDED = ("langgraph_api", "langgraph_runtime_inmem", "uvicorn")


class Sandbox(Struct, frozen=True):
    """A running server: its address, its process, its log, and the one folder that it writes to."""

    url: str
    graphs: tuple[str, ...]
    process: subprocess.Popen[str]
    folder: Path
    log: IO[bytes]

    @property
    def pid(self) -> int:
        """The server's process id, which is also its process group."""
        return self.process.pid

    def log_tail(self) -> str:
        """Return the last lines of the server's log."""
        size = os.fstat(self.log.fileno()).st_size
        # pread: the server writes where this handle stands, so it must not move.
        text = os.pread(self.log.fileno(), _LOG_BYTES, max(0, size - _LOG_BYTES))
        return "\n".join(text.decode("utf-8", "replace").splitlines()[-_LOG_LINES:])

    def ends_with(self, command: int) -> None:
        """Have the server end process ``command`` too, should this process be killed; 0: none."""
        _tell(self.process, str(command))


@contextmanager
def serve(
    schemas: Mapping[str, Mapping[str, Any]],
    *,
    port: int | None = None,
    config_extra: Mapping[str, Any] | None = None,
) -> Iterator[Sandbox]:
    """Serve one stand-in graph per schema while the ``with`` block runs.

    The server answers when the block is entered. It ends with the block, and also when this process
    is killed; its temporary folder goes with it.

    Args:
        schemas: Graph id -> what ``GET /assistants/{id}/schemas`` says as ``context_schema``.
        port: The port on loopback; a free one where it is None.
        config_extra: For tests: more of ``langgraph.json`` (``auth``, ``http``, ``store``, ``env``,
            and ``graphs``, added to the stand-ins). Paths in it are absolute.

    Raises:
        SandboxError: The extra is not installed, the port is in use, or the server did not start.
    """
    _check_installed()
    listener = _bind(port)
    folder = Path(tempfile.gettempdir(), f"reconciler-sandbox-{secrets.token_hex(8)}")
    # A file without a name: it is gone when the last of both processes is.
    with tempfile.TemporaryFile() as log:
        with listener:
            url = f"http://{_HOST}:{listener.getsockname()[1]}"
            process = _start(folder, listener, log)
        # From here only the server has the socket: if it dies, connections to it are reset.
        try:
            settings = {"schemas": dict(schemas), "config": dict(config_extra or {})}
            _tell(process, json.dumps(settings))
            sandbox = Sandbox(url, tuple(schemas), process, folder, log)
            _wait_until_ready(sandbox)
            yield sandbox
        finally:
            _end(process)
            shutil.rmtree(folder, ignore_errors=True)


def _check_installed() -> None:
    if any(importlib.util.find_spec(name) is None for name in _NEEDED):
        raise SandboxError('the sandbox needs the Agent Server: pip install "assistants-reconciler[sandbox]"')


def _bind(port: int | None) -> socket.socket:
    """Take the port at once, here: the server itself would silently move to another one (S29)."""
    if port is not None and not 0 < port < 65536:
        raise SandboxError(f"{port} is not a port: 1 to 65535")
    try:
        return socket.create_server((_HOST, port or 0), backlog=128)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise SandboxError(f"port {port} is in use; leave out --port for a free one") from None
        raise SandboxError(f"cannot listen on port {port}: {error.strerror}") from None


def _start(folder: Path, listener: socket.socket, log: IO[bytes]) -> subprocess.Popen[str]:
    child = [sys.executable, "-m", "reconciler.sandbox.child"]
    return subprocess.Popen(
        [*child, str(folder), str(listener.fileno())],
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=subprocess.STDOUT,
        text=True,
        # Python looks for modules in the working folder: not in the user's, nor in a shared /tmp.
        cwd=os.sep,
        env=server_environment(os.environ),
        pass_fds=[listener.fileno()],
        # Its own group: Ctrl-C is for this process, which then ends the server in order.
        start_new_session=True,
    )


def _tell(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None
    with suppress(OSError):  # where it is gone, whoever waits for it finds out
        process.stdin.write(f"{line}\n")
        process.stdin.flush()


def _wait_until_ready(sandbox: Sandbox) -> None:
    """Ask once: the bound socket holds the question until the server accepts, or dies."""
    host, _, port = sandbox.url.removeprefix("http://").partition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=START_SECONDS)
    try:
        connection.request("GET", "/ok")
        connection.getresponse().read()
    except TimeoutError:
        problem = f"the server did not answer within {START_SECONDS:.0f} seconds"
    except (OSError, http.client.HTTPException):
        problem = "the server ended while it started"
    else:
        return
    finally:
        connection.close()
    raise SandboxError(f"{problem}; the end of its log:\n{sandbox.log_tail()}")


def _end(process: subprocess.Popen[str]) -> None:
    """End the server: closing its standard input is the word for it (see `child`)."""
    assert process.stdin is not None
    with suppress(OSError):  # where it is gone already
        process.stdin.close()
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
