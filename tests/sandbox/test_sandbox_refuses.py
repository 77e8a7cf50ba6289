"""What the sandbox says when it cannot start."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import SandboxError, find_schemas, serve

SCHEMA: dict[str, Any] = {"writer": {"type": "object"}}


def test_a_busy_port_is_named() -> None:
    """No other port is taken silently, as the server itself would do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SandboxError, match=f"port {port} is in use"), serve(SCHEMA, port=port):
            raise AssertionError("it was served")


def test_the_given_port_is_the_one_that_answers() -> None:
    """A port that is free is used."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with serve(SCHEMA, port=port) as sandbox:
        assert sandbox.url == f"http://127.0.0.1:{port}"
        socket.create_connection(("127.0.0.1", port)).close()


def test_no_port_at_all() -> None:
    """A number that is no port is refused with the range."""
    with pytest.raises(SandboxError, match="70000 is not a port"), serve(SCHEMA, port=70000):
        raise AssertionError("it was served")


def test_a_failed_start_shows_the_end_of_the_log(tmp_path: Path) -> None:
    """A server that ends while it starts is noticed at once, and its own words are shown."""
    broken = tmp_path / "broken.py"
    broken.write_text("raise RuntimeError('no graph in this file')\n", encoding="utf-8")
    extra = {"graphs": {"broken": f"{broken}:graph"}}
    with pytest.raises(SandboxError, match="no graph in this file") as caught:  # noqa: SIM117 - the raising one is the inner one
        with serve(SCHEMA, config_extra=extra):
            raise AssertionError("it was served")
    assert "the server ended while it started" in str(caught.value)


def test_a_missing_extra_says_how_to_install_it(start: Any) -> None:
    """Without it, importing the sandbox still works, and serving says what to do."""
    process = start("""
import sys
sys.modules["langgraph_api"] = None
from reconciler.sandbox import SandboxError, serve
try:
    with serve({}):
        pass
except SandboxError as error:
    print(error)
assert not [name for name in sys.modules if name.startswith(("langgraph.", "langchain"))]
""")
    said, _ = process.communicate(timeout=20)
    assert said == ('the sandbox needs the Agent Server: pip install "assistants-reconciler[sandbox]"\n')
    assert process.returncode == 0


def test_no_schema_files(tmp_path: Path) -> None:
    """An empty folder is an error that says where schemas are looked for."""
    with pytest.raises(SandboxError, match=r"no context schema in .*schemas"):
        find_schemas(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{\n  "type" "object"}', r"writer\.json:2:10: not JSON"),
        ("[1]", r"writer\.json: a context schema is a JSON object"),
    ],
)
def test_a_broken_schema_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    """The place is given as file:line:column."""
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "writer.json").write_text(text, encoding="utf-8")
    with pytest.raises(SandboxError, match=said):
        find_schemas(tmp_path)
