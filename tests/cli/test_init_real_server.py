"""`init` on the real Agent Server: from nothing to "No changes" in two commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.sandbox import serve
from tests.cli.conftest import Cli
from tests.cli.test_real_server import ask

PROMPT = "You write posts.\nNever use a hashtag: not one. \n\n"
BY_HAND: list[dict[str, Any]] = [
    {
        "graph_id": "writer",
        "name": "Tweet: writer",
        "description": "Short posts",
        "context": {"system_prompt": PROMPT, "model_name": "openai", "temperature": 0.7},
        "metadata": {"team": "social", "tags": ["a", "no"]},
    },
    {
        "graph_id": "support",
        "name": "Erste Hilfe ☂",
        "config": {"recursion_limit": 40},
        "context": {"system_prompt": "You help.", "tools": []},
    },
]
PLANNED = """\
Deployment local at {url}

note: each of 2 assistants (`support/erste-hilfe`, `writer/tweet-writer`) is as
  git wants it but carries no marker, so its drift and its removal cannot be
  told; `reconciler apply --adopt` marks it (one new version) [adopted]

Also there: 3 not managed from git.
No changes. 2 assistants are as git says, not marked yet.
"""


def test_from_nothing_to_no_changes(
    cli: Cli, repository_schemas: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two assistants made by hand are in git, byte for byte, after `init`; `plan` has nothing to do, and nothing was
    written to the server."""
    folder = tmp_path / "agents"
    folder.mkdir()
    monkeypatch.chdir(folder)
    with serve(repository_schemas) as server:
        for body in BY_HAND:
            assert ask(server.url, "POST", "/assistants", body)[0] == 200
        before = ask(server.url, "POST", "/assistants/search", {"limit": 100, "sort_by": "assistant_id"})
        began = cli("init", "--url", server.url, code=0)
        planned = cli("plan", "--detailed-exitcode", code=0)
        assert ask(server.url, "POST", "/assistants/search", {"limit": 100, "sort_by": "assistant_id"}) == before
    assert began.out == planned.out == PLANNED.format(url=server.url)
    assert {path.stem: json.loads(path.read_bytes()) for path in folder.glob("schemas/*.json")} == repository_schemas
    assert [path.read_bytes() for path in folder.glob("assistants/*/prompts/*.md")] == [PROMPT.encode()]
    settings = yaml.safe_load((folder / "reconciler.yaml").read_text("utf-8"))
    assert settings == {"owner": "agents", "deployments": {"local": {"url": server.url}}, "on_drift": "hold"}
    assert "valid" in cli("validate", code=0).err
