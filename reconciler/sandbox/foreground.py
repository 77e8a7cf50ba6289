"""``reconciler sandbox``: the server in the foreground, until Ctrl-C or SIGTERM."""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any

from reconciler.sandbox.errors import SandboxError
from reconciler.sandbox.server import Sandbox, serve


def run_foreground(
    schemas: Mapping[str, Mapping[str, Any]],
    announce: Callable[[Sandbox], None],
    *,
    port: int | None = None,
) -> int:
    """Serve until this process is told to stop; return the exit code, 0.

    ``announce`` is called once, when the server answers. Call it in the main thread.

    Raises:
        SandboxError: As `serve` does, and where the server ends by itself.
    """
    before = signal.signal(signal.SIGTERM, _stop)
    try:
        with serve(schemas, port=port) as sandbox:
            announce(sandbox)
            sandbox.process.wait()
            raise SandboxError(f"the server ended; the end of its log:\n{sandbox.log_tail()}")
    except KeyboardInterrupt:
        return 0
    finally:
        signal.signal(signal.SIGTERM, before)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
