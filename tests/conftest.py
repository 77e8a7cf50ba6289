"""What all tests share: the real Agent Server, started once for each process of the run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from reconciler.sandbox import Sandbox, serve

settings.register_profile("noisy machines", deadline=None)
settings.load_profile("noisy machines")

SCHEMAS = Path(__file__).resolve().parents[1] / "schemas"


@pytest.fixture(scope="session")
def repository_schemas() -> dict[str, dict[str, Any]]:
    """graph_id -> the context schema that this repository keeps for it."""
    return {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(SCHEMAS.glob("*.json"))}


@pytest.fixture(scope="session")
def real_server(repository_schemas: dict[str, dict[str, Any]]) -> Iterator[Sandbox]:
    """The in-memory Agent Server with the repository's graphs; others use it too: clean up."""
    with serve(repository_schemas) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def acting_server() -> Iterator[Sandbox]:
    """One more, whose graph `acting` calls a tool that leaves a line in a file: others use it too, clean up."""
    graph = Path(__file__).parent / "server_rules" / "deployment" / "acting.py"
    with serve({}, config_extra={"graphs": {"acting": f"{graph}:acting"}}) as sandbox:
        yield sandbox
