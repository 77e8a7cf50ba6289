"""A repository that deletes, and the files in which it keeps what it deleted."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reconciler.repo.backup import schema
from tests.cli.conftest import Cli, _quiet_environment, cli, fake, repo, serve
from tests.cli.places import Answer, Repo, Served

__all__ = ["_quiet_environment", "cli", "fake", "repo", "serve"]

Delete = Callable[..., Any]


@pytest.fixture
def delete(cli: Cli, repo: Repo, tmp_path: Path) -> Delete:
    """`delete(url, "a", code=0)`: the manifests go, and apply runs with a backup."""

    def call(url: str, *keys: str, code: int | None = 0, folder: Path = tmp_path / "saved", words: Any = ()) -> Any:
        for key in keys:
            repo.remove(f"assistants/{key}.yaml")
        allowed = [word for key in keys for word in ("--allow-delete", key)]
        more = ["--allow", "empty_source", "--allow", "max_delete_percent", *allowed, *words]
        return cli("apply", "-y", "--prune", "--url", url, "--backup", folder, *more, code=code)

    return call


def saved(folder: Path) -> dict[str, Any]:
    """The one backup in a folder, which is as its schema says."""
    (file,) = folder.iterdir()
    document: dict[str, Any] = json.loads(file.read_text("utf-8"))
    Draft202012Validator(schema()).validate(document)
    return document


def through(
    served: Served, spoil: Callable[[str, str, bytes], Answer | None]
) -> Callable[[str, str, Mapping[str, str], bytes], Answer]:
    """The fake, but for the requests that `spoil` answers."""

    def handle(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        spoilt = spoil(method, path, body)
        if spoilt is not None:
            return spoilt
        answer = served.server.handle(method, path, headers, body)
        return answer.status, {"Content-Type": "application/json"}, answer.body

    return handle
