"""The server's environment: a short list of what it may see, not the user's with holes in it.

The Agent Server reads some hundred variables: tracing, licences, databases, proxies, flags. Only
an allow-list makes sure that no key and no switch of the user's shell gets in.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

_NAMES = frozenset({"HOME", "LANG", "LD_LIBRARY_PATH", "PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "TZ", "USER"})
_PREFIXES = ("COVERAGE_", "DYLD_", "LC_", "PYTHON", "VIRTUAL_ENV")

_SILENT = {
    "LANGCHAIN_TRACING_V2": "false",
    "LANGGRAPH_CLI_NO_ANALYTICS": "1",
    "LANGGRAPH_NO_VERSION_CHECK": "true",
    "LANGSMITH_TRACING": "false",
    "LOG_COLOR": "false",
    "LOG_LEVEL": "WARNING",
    "OTEL_SDK_DISABLED": "true",
}


def server_environment(user: Mapping[str, str]) -> dict[str, str]:
    """Return the whole environment of the server's process, made from the user's.

    Contains no credential, proxy or address of the user's, and switches off everything that would
    talk to the network.
    """
    kept = {name: value for name, value in user.items() if name in _NAMES or name.startswith(_PREFIXES)}
    return kept | _SILENT | {"PYTHONPATH": _import_path(user.get("PYTHONPATH"))}


def _import_path(given: str | None) -> str:
    """The server runs in a folder of its own: tell it where this very package is."""
    root = str(Path(__file__).resolve().parents[2])
    return os.pathsep.join([root, given] if given else [root])
