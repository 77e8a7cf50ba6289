"""`schemas/nodes.yaml`: read for a deployment, and written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from msgspec import Struct, field

from reconciler.contexts.nodes import GraphNodes, nodes_path
from reconciler.errors import ReconcilerError
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json import Json
from reconciler.repo.tree import CannotRead, MissingFile, Tree
from reconciler.repo.yaml import Findings, dump, load

_HEAD = "# The nodes of each graph, and those that call tools. `reconciler schemas pull` writes this file.\n"
_AGAIN = "have it written again: reconciler schemas pull"


class Nodes(Struct, frozen=True, kw_only=True):
    """What is known of the nodes of graphs, by graph; `paths` has the file that says it. Empty where no file does."""

    by_graph: Mapping[str, GraphNodes] = field(default_factory=dict)
    paths: Mapping[str, str] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()


def load_nodes(tree: Tree, deployment: str | None = None) -> Nodes:
    """What holds for a deployment: of each graph its own file, else the common one. Never raises for what stands
    there."""
    by_graph: dict[str, GraphNodes] = {}
    paths: dict[str, str] = {}
    found: list[Diagnostic] = []
    for path in dict.fromkeys((nodes_path(), nodes_path(deployment))):
        said = _read(tree, path, found)
        by_graph |= said
        paths |= dict.fromkeys(said, path)
    return Nodes(by_graph=by_graph, paths=paths, diagnostics=tuple(found))


def write_nodes(
    root: Path, tree: Tree, known: Mapping[str, GraphNodes], deployment: str | None
) -> tuple[str, Literal["new", "changed", "same"]] | None:
    """Write what is known; graphs of which it says nothing stay as they are. None where there is nothing to write.

    Raises ReconcilerError where the file cannot be written.
    """
    if not known:
        return None
    path = nodes_path(deployment)
    table = {graph: nodes.as_json() for graph, nodes in sorted((_read(tree, path, []) | dict(known)).items())}
    data = (_HEAD + dump(table)).encode()
    file = root / path
    try:
        before = file.read_bytes() if file.is_file() else None
        if before == data:
            return path, "same"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    except OSError as error:
        raise ReconcilerError(f"{path} cannot be written: {error.strerror}") from None
    return path, "new" if before is None else "changed"


def _read(tree: Tree, path: str, found: list[Diagnostic]) -> dict[str, GraphNodes]:
    try:
        document = load(tree.read(path), path)
    except MissingFile:
        return {}
    except CannotRead as wrong:
        found.append(
            Diagnostic(severity="error", code="nodes-form", message=f"this file {wrong.message}", path=path, line=1)
        )
        return {}
    findings = Findings(document)
    table = findings.mapping((), document.value) if document.readable else None
    result = {graph: nodes for graph, value in (table or {}).items() if (nodes := _nodes(findings, graph, value))}
    found += findings.all
    return result


def _nodes(found: Findings, graph: str, value: Json) -> GraphNodes | None:
    if isinstance(value, dict) and value.keys() == {"nodes", "tools"}:
        nodes, tools = _names(value["nodes"]), _names(value["tools"])
        if nodes is not None and tools is not None:
            return GraphNodes(nodes=nodes, tools=tools)
    found.add((graph,), "nodes-form", f"graph `{graph}` has `nodes` and `tools` here, lists of names", hint=_AGAIN)
    return None


def _names(value: Json) -> tuple[str, ...] | None:
    """The texts of a list; None where it is not one of texts alone."""
    names = [one for one in value if isinstance(one, str)] if isinstance(value, list) else None
    return tuple(names) if names is not None and isinstance(value, list) and len(names) == len(value) else None
