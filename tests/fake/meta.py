"""/ok, /health and /info (docs/server.md, S24)."""

from __future__ import annotations

from typing import Final

from .messages import Problem
from .traits import Traits
from .values import JsonObject

PROJECT_ID: Final = "5f0c7f0e-6b1f-4b43-8a0e-1d1f0a3f9c01"
TENANT_ID: Final = "9a1d8c2b-3e4f-4a5b-9c6d-7e8f9a0b1c02"


def up(traits: Traits, path: str) -> JsonObject:
    """The answer of the health path; 404 for the other one."""
    if traits.health != path:
        raise Problem(404, "Not Found")
    return {"ok": True, "services": {}} if path == "/ok" else {"status": "healthy"}


def info(traits: Traits) -> JsonObject:
    """The answer of /info; 404 where it is switched off."""
    ids = traits.host_ids == "set"
    host = {
        "kind": "saas" if ids else "self-hosted",
        "project_id": PROJECT_ID if ids else None,
        "host_revision_id": None,
        "revision_id": None,
        "tenant_id": TENANT_ID if ids else None,
    }
    flags = {"assistants": True, "crons": True, "langsmith": False}
    match traits.info:
        case "python":
            return {
                "version": "0.16.7",
                "langgraph_py_version": "1.2.22",
                "flags": {
                    **flags,
                    "langsmith_tracing_replicas": True,
                    "langsmith_tracing_session_on_runs": True,
                },
                "host": host,
            }
        case "javascript":
            return {"version": "1.5.0", "langgraph_js_version": "1.3.0", "flags": flags,
                    "host": host}  # in columns, to be read as a table # fmt: skip
        case "aegra" | "aegra_0_10":
            version = "0.11.0" if traits.info == "aegra" else "0.10.4"
            return {"name": "Aegra", "version": version, "description": "", "status": "running",
                    "flags": flags}  # in columns, to be read as a table # fmt: skip
        case "absent":
            raise Problem(404, "Not Found")
