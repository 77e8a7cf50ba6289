"""This repository's own assistants, as they lie here."""

from __future__ import annotations

from pathlib import Path

from reconciler.contexts import load_schemas, validate
from reconciler.repo.git import open_git
from reconciler.repo.manifests import load
from reconciler.repo.settings import find_settings, load_settings
from reconciler.repo.worktree import WorkTree

ROOT = Path(__file__).resolve().parents[2]


def test_they_validate() -> None:
    """Settings, manifests, prompts and schemas are without an error or a warning."""
    settings = load_settings(find_settings(ROOT))
    tree = WorkTree(ROOT, open_git(ROOT))
    loaded, schemas = load(tree, settings), load_schemas(tree)
    found = validate(loaded.wanted, schemas.by_graph, settings.open_graphs, loaded.locate, paths=schemas.paths)
    assert [*loaded.diagnostics, *schemas.diagnostics, *found] == []
    assert len(loaded.wanted) >= 10
