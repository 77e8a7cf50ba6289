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
    schemas = load_schemas(tree)
    for deployment in (None, *(one.name for one in settings.deployments)):
        loaded = load(tree, settings, deployment)
        found = validate(loaded.wanted, schemas.by_graph, settings.open_graphs, loaded.locate, paths=schemas.paths)
        assert [*loaded.diagnostics, *schemas.diagnostics, *found] == []
        assert len(loaded.wanted) >= 10


def test_they_show_how_manifests_are_put_together() -> None:
    """A base, an override, rows and a reference stand in them, each because they are better for it."""
    texts = "".join(path.read_text("utf-8") for path in (ROOT / "assistants").rglob("*.yaml"))
    for word in ("extends: ", "overrides:", "for_each:", "!each ", "!template ", "!ref ", "!file "):
        assert word in texts, word
