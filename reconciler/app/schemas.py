"""`schemas pull` and `schemas check`: the files under schemas/ against the graphs of a deployment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Literal, assert_never

from msgspec import Struct, field

from reconciler.app.asked_nodes import ask_nodes
from reconciler.app.live_schemas import unknown_graph
from reconciler.app.nodes import Nodes
from reconciler.app.session import Session
from reconciler.app.source import Repository
from reconciler.contexts import (
    OPEN_FORM,
    UNKNOWN_FORM,
    Difference,
    Schemas,
    breaks,
    compare,
    dumps,
    load_schemas,
    schema_path,
)
from reconciler.contexts.nodes import NODES_PATH, GraphNodes, check_tries, differs
from reconciler.errors import ReconcilerError
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json import JsonObject
from reconciler.model.live import Live
from reconciler.repo.manifests import Loaded, load
from reconciler.server.schemas import GraphSchema, graphs_of, read_schema, shows_defaults

Became = Literal["new", "changed", "same", "kept"]

HIDDEN = """an auth handler may hide every assistant, the default ones too. Three ways out:
use a key that sees them; or write the schema by hand to {path}; or leave its contexts unchecked, in reconciler.yaml:
schemas: {{{graph}: open}}"""


class Pulled(Struct, frozen=True, kw_only=True):
    """What became of one schema file. `kept`: the server could not say the schema, and a file stood there already."""

    graph_id: str
    path: str
    became: Became


class Checked(Struct, frozen=True, kw_only=True):
    """One graph whose file and live schema differ. `breaks` are the manifests that the live one would refuse."""

    graph_id: str
    path: str
    differences: tuple[Difference, ...]
    breaks: tuple[Diagnostic, ...]


class Known(Struct, frozen=True, kw_only=True):
    """The graphs of a server, each with what it says of its schema, and what is wrong with the others. `nodes` has
    those of each graph of which it says them."""

    schemas: tuple[GraphSchema, ...]
    diagnostics: tuple[Diagnostic, ...]
    nodes: Mapping[str, GraphNodes] = field(default_factory=dict)


def ask(session: Session, loaded: Loaded, graphs: Sequence[str]) -> Known:
    """Ask the server for the schemas of `graphs`, or of every graph that it lists or a manifest names."""
    lives = session.reader.assistants()
    listed = graphs_of(lives)
    named = {w.spec.graph_id for w in loaded.wanted}
    found: list[Diagnostic] = []
    schemas: list[GraphSchema] = []
    for graph in sorted(set(graphs) or named | set(listed)):
        if graph not in listed and shows_defaults(lives):
            found.append(_unknown(graph, listed, loaded))
            continue
        answer = read_schema(session.reader, graph, lives)
        schemas.append(answer)
        found += _said(answer, lives)
    seen = [answer.graph_id for answer in schemas if answer.outcome != "hidden"]
    nodes, unread = ask_nodes(session, seen, lives)
    return Known(schemas=tuple(schemas), diagnostics=tuple(sorted(found + unread, key=Diagnostic.order)), nodes=nodes)


def pull(repository: Repository, known: Known, deployment: str | None) -> tuple[list[Pulled], list[Diagnostic]]:
    """Write the schema files, byte for byte the same for the same schema. What cannot be had replaces nothing.

    With `deployment` the files go to that deployment's own folder. A graph whose id cannot be a file's name, and a
    file that cannot be written, are diagnostics; the others are written.
    """
    pulled: list[Pulled] = []
    found: list[Diagnostic] = []
    for answer in known.schemas:
        if answer.outcome == "hidden":
            continue
        try:
            path = schema_path(answer.graph_id, deployment)
        except ReconcilerError as error:
            found.append(Diagnostic(severity="warning", code="schema-name", message=error.message, hint=error.hint))
            continue
        try:
            pulled.append(_write(repository.root / path, path, answer))
        except OSError as error:
            found.append(Diagnostic(severity="error", code="schema-unwritten", message=str(error.strerror), path=path))
    return pulled, found


def check(source_schemas: Schemas, loaded: Loaded, open_graphs: frozenset[str], known: Known) -> list[Checked]:
    """The graphs whose file differs from what the server says, and what that breaks. Writes nothing."""
    result: list[Checked] = []
    for answer in known.schemas:
        graph = answer.graph_id
        file, live = source_schemas.by_graph.get(graph), _form(answer)
        if live is None or answer.outcome == "failed":
            continue
        if graph not in source_schemas.paths:
            result.append(_missing(graph, loaded))
        elif file is not None and (differences := compare(file, live)):
            broken = breaks(loaded.wanted, {graph: live}, open_graphs, loaded.locate)
            path = source_schemas.paths[graph]
            result.append(Checked(graph_id=graph, path=path, differences=differences, breaks=tuple(broken)))
    return result


def check_nodes(file: Nodes, loaded: Loaded, known: Known) -> list[Checked]:
    """The graphs whose nodes are others than the file says, and the tries that then stop nowhere. None where there is
    no such file: nobody uses it."""
    result: list[Checked] = []
    for graph, live in known.nodes.items() if file.by_graph else ():
        path = file.paths.get(graph, NODES_PATH)
        said = file.by_graph.get(graph)
        words = [f"it does not say the nodes of graph `{graph}`"] if said is None else differs(said, live)
        if words:
            broken = [d for d in check_tries(loaded.wanted, {graph: live}, loaded.locate) if d.severity == "error"]
            differences = tuple(Difference((), one) for one in words)
            result.append(Checked(graph_id=graph, path=path, differences=differences, breaks=tuple(broken)))
    return result


def _missing(graph: str, loaded: Loaded) -> Checked:
    """A graph of the server without a file: that breaks each manifest of it, since nothing checks its context."""
    words = "there is no such file"
    users = [want for want in loaded.wanted if want.spec.graph_id == graph]
    broken = [
        Diagnostic(
            severity="error",
            code="schema-absent",
            message=f"there is no schemas/{graph}.json for graph `{graph}`",
            path=want.path,
            line=want.line,
            hint="have it written: reconciler schemas pull",
            key=want.key,
        )
        for want in users[:1]
    ]
    return Checked(
        graph_id=graph, path=f"schemas/{graph}.json", differences=(Difference((), words),), breaks=tuple(broken)
    )


def read(repository: Repository, deployment: str | None) -> tuple[Loaded, Schemas]:
    """Manifests and schema files, without asking that they be valid: pulling is how they become so."""
    return load(repository.tree, repository.settings, deployment), load_schemas(repository.tree, deployment)


def _form(answer: GraphSchema) -> JsonObject | None:
    """What the file of a graph holds: its schema, or the open form; None where nothing is known."""
    match answer.outcome:
        case "found":
            return answer.schema
        case "none":
            return OPEN_FORM
        case "failed":
            return UNKNOWN_FORM
        case "hidden":
            return None
        case _:
            assert_never(answer.outcome)


def _write(file: Path, path: str, answer: GraphSchema) -> Pulled:
    form = _form(answer)
    assert form is not None
    before = file.read_bytes() if file.is_file() else None
    if before is not None and answer.outcome == "failed":
        return Pulled(graph_id=answer.graph_id, path=path, became="kept")
    data = dumps(form)
    if before == data:
        return Pulled(graph_id=answer.graph_id, path=path, became="same")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return Pulled(graph_id=answer.graph_id, path=path, became="new" if before is None else "changed")


def _unknown(graph: str, listed: Sequence[str], loaded: Loaded) -> Diagnostic:
    user = next((w for w in loaded.wanted if w.spec.graph_id == graph), None)
    near = get_close_matches(graph, listed, n=1)
    return Diagnostic(
        severity="error",
        code="graph-unknown",
        message=unknown_graph(graph, listed),
        path=user.path if user else None,
        line=user.line if user else None,
        hint=f"did you mean `{near[0]}`?" if near else None,
        key=user.key if user else None,
    )


def _said(answer: GraphSchema, lives: Sequence[Live]) -> list[Diagnostic]:
    graph = answer.graph_id
    match answer.outcome:
        case "found" | "none":
            return []
        case "failed":
            message = f"the server cannot say the context schema of graph `{graph}` ({answer.why})"
            hint = "a schema file that is there stays; without one its contexts are not checked"
            return [Diagnostic(severity="warning", code="schema-failed", message=message, hint=hint)]
        case "hidden":
            message = f"no assistant of graph `{graph}` can be seen, so there is none to ask for its schema"
            hint = HIDDEN.format(path=f"schemas/{graph}.json", graph=graph)
            return [Diagnostic(severity="error", code="schema-hidden", message=message, hint=hint)]
        case _:
            assert_never(answer.outcome)
