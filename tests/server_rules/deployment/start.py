"""`python start.py PORT GRAPH…`: the server as `langgraph dev` starts it, its state in the cwd."""

import sys
from pathlib import Path

from langgraph_api.cli import run_server

if __name__ == "__main__":
    here = Path(__file__).parent
    modules = {"acting": here / "acting.py"}
    run_server(
        port=int(sys.argv[1]),
        graphs={graph_id: f"{modules.get(graph_id, here / 'graphs.py')}:{graph_id}" for graph_id in sys.argv[2:]},
        open_browser=False,
        allow_blocking=True,
    )
