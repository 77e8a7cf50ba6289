"""`schemas editor`: the files by which an editor knows the graphs, and whether they still say what schemas/ does."""

from __future__ import annotations

from typing import Literal

from reconciler.app.nodes import Nodes, load_nodes
from reconciler.app.source import Repository
from reconciler.contexts import dumps, load_schemas
from reconciler.contexts.editor import editor_schema, tries_schema
from reconciler.contexts.nodes import GraphNodes
from reconciler.contexts.vscode import EDITOR_PATH, TRIES_PATH
from reconciler.errors import ReconcilerError
from reconciler.model.diagnostic import Diagnostic


def editor_files(repository: Repository) -> dict[str, bytes]:
    """Path -> bytes of the editor's schemas: the same for the same schemas and settings."""
    settings, tree = repository.settings, repository.tree
    names = [deployment.name for deployment in settings.deployments]
    common = load_schemas(tree)
    own = [load_schemas(tree, name) for name in names]
    found = [common, *(one for one in own if one.paths != common.paths)]
    unreadable = {graph for one in found for graph in one.paths.keys() - one.by_graph.keys()}
    nodes = _nodes([load_nodes(tree), *(load_nodes(tree, name) for name in names)])
    schema = editor_schema(
        common.by_graph,
        own=[one.by_graph for one in found[1:]],
        unreadable=frozenset(unreadable),
        open_graphs=settings.open_graphs,
        deployments=names,
        nodes=nodes,
    )
    return {EDITOR_PATH: dumps(schema), TRIES_PATH: dumps(tries_schema(nodes))}


def write_editor_files(repository: Repository) -> list[tuple[str, Literal["new", "changed", "same"]]]:
    """Write them, and say where each is and what became of it. Raises ReconcilerError where one cannot be written."""
    written: list[tuple[str, Literal["new", "changed", "same"]]] = []
    for path, data in editor_files(repository).items():
        file = repository.root / path
        try:
            before = file.read_bytes() if file.is_file() else None
            if before != data:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(data)
        except OSError as error:
            raise ReconcilerError(f"{path} cannot be written: {error.strerror}") from None
        written.append((path, "same" if before == data else "new" if before is None else "changed"))
    return written


def stale_editor_files(repository: Repository) -> list[Diagnostic]:
    """A warning for each file that is not what would be written; none where neither is there: nobody uses them."""
    if not any((repository.root / path).exists() for path in (EDITOR_PATH, TRIES_PATH)):
        return []
    return [_stale(path) for path, data in editor_files(repository).items() if not _holds(repository, path, data)]


def _nodes(readings: list[Nodes]) -> dict[str, GraphNodes]:
    """All nodes that a graph has in any deployment."""
    result: dict[str, GraphNodes] = {}
    for one in readings:
        for graph, known in one.by_graph.items():
            before = result.get(graph, GraphNodes())
            nodes, tools = {*before.nodes, *known.nodes}, {*before.tools, *known.tools}
            result[graph] = GraphNodes(nodes=tuple(sorted(nodes)), tools=tuple(sorted(tools)))
    return result


def _holds(repository: Repository, path: str, data: bytes) -> bool:
    try:  # git on Windows turns the line ends of a checkout, and JSON has no other
        return (repository.root / path).read_bytes().replace(b"\r\n", b"\n") == data
    except OSError:
        return False  # an editor cannot read it either


def _stale(path: str) -> Diagnostic:
    message = "the editor's schema is not what schemas/ and reconciler.yaml say now"
    hint = "have it written again: reconciler schemas editor"
    return Diagnostic(severity="warning", code="editor-stale", message=message, path=path, line=1, hint=hint)
