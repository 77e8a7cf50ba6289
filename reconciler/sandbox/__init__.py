"""A real Agent Server on loopback, with a stand-in graph for every context schema.

Everything that plan and apply do can be rehearsed against it: the API is the real one, that of
``langgraph-cli[inmem]``. Only the graphs are stand-ins, which answer with their context.
Needs the extra ``sandbox``. langgraph is imported in the server's own process only.
"""

from reconciler.sandbox.command import run_command
from reconciler.sandbox.errors import SandboxError
from reconciler.sandbox.foreground import run_foreground
from reconciler.sandbox.schemas import find_schemas
from reconciler.sandbox.server import Sandbox, serve

__all__ = ["Sandbox", "SandboxError", "find_schemas", "run_command", "run_foreground", "serve"]
