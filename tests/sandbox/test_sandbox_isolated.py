"""The server sees no credential of the user's and writes to one temporary folder only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox.environment import server_environment

SECRETS = {
    "LANGSMITH_API_KEY": "lsv2_secret",
    "LANGCHAIN_API_KEY": "lsv2_secret",
    "LANGGRAPH_API_KEY": "lsv2_secret",
    "LANGGRAPH_CLOUD_LICENSE_KEY": "lcl_secret",
    "PRODUCTION_LANGSMITH_API_KEY": "lsv2_secret",
    "OPENAI_API_KEY": "sk-secret",
    "DATABASE_URI": "postgres://secret",
    "HTTPS_PROXY": "http://secret:1",
    "LANGSMITH_TRACING": "true",
}

SERVE = """
from reconciler.sandbox import serve
with serve({"writer": {"type": "object"}}) as sandbox:
    print(sandbox.pid, flush=True)
    input()
"""


def test_only_a_short_list_of_variables_gets_through() -> None:
    """Keys, proxies and addresses stay here; tracing and telemetry are off."""
    environment = server_environment({**SECRETS, "PATH": "/bin", "LC_ALL": "C.UTF-8"})
    assert "secret" not in str(environment)
    assert environment["LANGSMITH_TRACING"] == "false"
    assert environment["LANGGRAPH_CLI_NO_ANALYTICS"] == "1"
    assert (environment["PATH"], environment["LC_ALL"]) == ("/bin", "C.UTF-8")


def test_the_users_keys_are_not_in_the_servers_environment(start: Any) -> None:
    """Looked up in the running process itself."""
    if not Path("/proc/self/environ").exists():
        pytest.skip("only Linux shows a process's environment as a file")
    process = start(SERVE, **SECRETS)
    pid = int(process.stdout.readline())
    environment = Path(f"/proc/{pid}/environ").read_bytes()
    assert b"LANGSMITH_TRACING=false" in environment
    assert b"secret" not in environment


def test_nothing_is_written_outside_the_temporary_folder(start: Any, tmp_path: Path) -> None:
    """Neither the working folder nor HOME gets a file, and the temporary folder is one."""
    process = start(SERVE.replace("input()", "pass"))
    process.communicate(timeout=30)
    assert process.returncode == 0
    assert [path for path in tmp_path.rglob("*") if not path.is_dir()] == []
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["cwd", "home", "tmp"]
