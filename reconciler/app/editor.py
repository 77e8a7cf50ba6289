"""`schemas editor`: the file by which an editor knows the graphs, and whether it still says what schemas/ does."""

from __future__ import annotations

from typing import Literal

from reconciler.app.source import Repository
from reconciler.contexts import dumps, load_schemas
from reconciler.contexts.editor import editor_schema
from reconciler.contexts.vscode import EDITOR_PATH
from reconciler.errors import ReconcilerError
from reconciler.model.diagnostic import Diagnostic


def editor_file(repository: Repository) -> bytes:
    """The bytes of the editor's schema: the same for the same schemas and settings."""
    settings, tree = repository.settings, repository.tree
    names = [deployment.name for deployment in settings.deployments]
    common = load_schemas(tree)
    own = [load_schemas(tree, name) for name in names]
    found = [common, *(one for one in own if one.paths != common.paths)]
    unreadable = {graph for one in found for graph in one.paths.keys() - one.by_graph.keys()}
    schema = editor_schema(
        common.by_graph,
        own=[one.by_graph for one in found[1:]],
        unreadable=frozenset(unreadable),
        open_graphs=settings.open_graphs,
        deployments=names,
    )
    return dumps(schema)


def write_editor_file(repository: Repository) -> tuple[str, Literal["new", "changed", "same"]]:
    """Write it, and say where it is and what became of it. Raises ReconcilerError where it cannot be written."""
    data = editor_file(repository)
    file = repository.root / EDITOR_PATH
    try:
        before = file.read_bytes() if file.is_file() else None
        if before == data:
            return EDITOR_PATH, "same"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    except OSError as error:
        raise ReconcilerError(f"{EDITOR_PATH} cannot be written: {error.strerror}") from None
    return EDITOR_PATH, "new" if before is None else "changed"


def stale_editor_file(repository: Repository) -> list[Diagnostic]:
    """A warning where the file is not what would be written; none where there is no such file, since nobody uses it."""
    file = repository.root / EDITOR_PATH
    try:
        if not file.exists() or file.read_bytes() == editor_file(repository):
            return []
    except OSError:
        pass  # an editor cannot read it either
    message = "the editor's schema is not what schemas/ and reconciler.yaml say now"
    hint = "have it written again: reconciler schemas editor"
    return [Diagnostic(severity="warning", code="editor-stale", message=message, path=EDITOR_PATH, line=1, hint=hint)]
