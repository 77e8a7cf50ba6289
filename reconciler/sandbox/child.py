"""The server's process: ``python -m reconciler.sandbox.child FOLDER SOCKET_FD``.

Standard input brings the settings, and ends when the parent does: the kernel closes the pipe of a
parent that was killed, too. Then this process ends, and takes FOLDER with it, the only place that
it writes to. It makes the folder itself, so there is never one that nobody would remove.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sys
import threading
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest import mock

GRAPHS_MODULE = "reconciler_sandbox_graphs"


def main(folder: Path, socket_fd: int) -> None:
    """Serve until standard input ends. Where the server ends earlier, the parent cleans up."""
    told = sys.stdin.readline()
    if not told:
        return
    folder.mkdir(mode=0o700)
    threading.Thread(target=_end_with_parent, args=(folder,), daemon=True).start()
    os.chdir(folder)
    settings = json.loads(told)
    _serve(socket.socket(fileno=socket_fd), settings["schemas"], settings["config"])


def _serve(listener: socket.socket, schemas: Mapping[str, Any], config: Mapping[str, Any]) -> None:
    os.set_inheritable(listener.fileno(), False)
    host, port = listener.getsockname()

    # Imported this late, so that the thread above already watches while seconds of imports run.
    import uvicorn
    from langgraph_api.cli import run_server  # type: ignore[import-untyped]  # it ships no types

    from reconciler.sandbox.graphs import stand_in

    def run_on_listener(app: str, **options: Any) -> None:
        # The parent has bound the port: no other process can take it, and none is taken instead.
        os.environ["LANGGRAPH_API_URL"] = f"http://{host}:{port}"
        chosen = uvicorn.Config(app, log_config=options["log_config"], access_log=False, lifespan="on")
        uvicorn.Server(chosen).run(sockets=[listener])

    module = types.ModuleType(GRAPHS_MODULE)
    vars(module).update({graph_id: stand_in(graph_id, schemas[graph_id]) for graph_id in schemas})
    sys.modules[GRAPHS_MODULE] = module
    graphs = {graph_id: f"{GRAPHS_MODULE}:{graph_id}" for graph_id in schemas}

    with mock.patch.object(uvicorn, "run", run_on_listener):
        run_server(
            host,
            0,  # not used: `run_on_listener` has the socket
            **{**config, "graphs": graphs | config.get("graphs", {})},
            n_jobs_per_worker=10,
            open_browser=False,
            allow_blocking=True,
            disable_persistence=True,
        )


def _end_with_parent(folder: Path) -> None:
    """Wait for the end of standard input, then end this process and all that it started."""
    command = 0
    for line in sys.stdin:
        command = int(line)  # the process that runs beside the server; 0: it has ended
    if command:
        _terminate(command)
    shutil.rmtree(folder, ignore_errors=True)
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(0)


def _terminate(process: int) -> None:
    try:
        os.kill(process, signal.SIGTERM)
    except OSError:
        return


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
