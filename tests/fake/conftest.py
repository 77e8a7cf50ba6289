"""Real servers of their own, so that searches without a filter can be compared too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Sandbox, serve

AUTH = Path(__file__).parents[1] / "server_rules" / "deployment" / "auth.py"
NO_SCHEMA = {"$comment": "this graph declares no context schema"}


@pytest.fixture(scope="module")
def untouched_server(repository_schemas: dict[str, dict[str, Any]]) -> Iterator[Sandbox]:
    """The in-memory Agent Server, touched by nobody else, with a graph without a schema too."""
    with serve({**repository_schemas, "plain": NO_SCHEMA}) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def guarded_server(repository_schemas: dict[str, dict[str, Any]]) -> Iterator[Sandbox]:
    """The same behind a mount prefix and the auth handler of LangGraph's documentation."""
    config = {"auth": {"path": f"{AUTH}:auth"}, "http": {"mount_prefix": "/agents"}}
    with serve({**repository_schemas, "plain": NO_SCHEMA}, config_extra=config) as sandbox:
        yield sandbox
