"""What a running server gives to a new repository: who it is, the schemas of its graphs."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from reconciler.app import schemas
from reconciler.app.init.put import Put
from reconciler.app.init.settings import Entry, expected
from reconciler.app.nodes import write_nodes
from reconciler.app.session import Session, connect, target
from reconciler.app.source import Repository
from reconciler.contexts import FOLDER, schema_path
from reconciler.contexts.nodes import NODES_PATH
from reconciler.errors import ReconcilerError, UsageError
from reconciler.model.diagnostic import Diagnostic
from reconciler.repo.settings import DeploymentSettings, Settings
from reconciler.repo.settings.address import VARIABLE, normal


class Fetched(Struct, frozen=True, kw_only=True):
    """What became of the schema files, and what is wrong with a graph's."""

    files: tuple[Put, ...]
    diagnostics: tuple[Diagnostic, ...]


def listed_at(settings: Settings, name: str | None, url: str | None) -> DeploymentSettings | None:
    """The deployment that existing settings list under that name or at that address; None where neither is given.

    Raises UsageError where they list none: `init` changes no settings.
    """
    if name is None and url is None:
        return None
    for one in settings.deployments:
        same = url is None or (not VARIABLE.search(one.url) and normal(one.url) == url)
        if same and name in (None, one.name):
            return one
    what = f"`{name}`" if name is not None else "at that address"
    raise UsageError(
        f"reconciler.yaml is there already, and lists no deployment {what}",
        hint="list it there, with its url, and then: reconciler init -d NAME",
    )


@contextmanager
def visit(folder: Path, settings: Settings, name: str, environ: Mapping[str, str]) -> Iterator[Session]:
    """A connection that only reads. Key and headers go along: the address is the deployment's own.

    Raises ServerError where no Agent Server is there or it lists nothing to this key: before anything is written.
    """
    found = target(settings, environ, deployment=name, url=None, send_key=False)
    with connect(found, folder, environ, write=False) as session:
        session.reader.assistants()
        yield session


def entry(session: Session) -> Entry:
    """The deployment as new settings list it."""
    return Entry(name=session.deployment.name or "", url=session.deployment.url, expect=expected(session.reader.info))


def fetch(repository: Repository, session: Session, prefix: str) -> Fetched:
    """Write the schema of each graph that has none here yet. `prefix` goes before the names of the files."""
    folder = repository.root / FOLDER
    if os.path.lexists(folder) and os.path.realpath(folder) != os.path.join(os.path.realpath(repository.root), FOLDER):
        raise ReconcilerError(f"{prefix}{FOLDER}: a link leads elsewhere, so nothing is written there")
    loaded, _ = schemas.read(repository, None)
    known = schemas.ask(session, loaded, ())
    there = {one.graph_id: path for one in known.schemas if (path := _there(repository.root, one.graph_id))}
    missing = tuple(one for one in known.schemas if one.graph_id not in there)
    pulled, found = schemas.pull(repository, schemas.Known(schemas=missing, diagnostics=()), None)
    written = {one.graph_id: Put(path=prefix + one.path, became="new") for one in pulled}
    kept = {graph: Put(path=prefix + path, became="there") for graph, path in there.items()}
    both = written | kept
    files = [both[graph] for graph in sorted(both)]
    if os.path.lexists(repository.root / NODES_PATH):
        files.append(Put(path=prefix + NODES_PATH, became="there"))
    elif write_nodes(repository.root, repository.tree, known.nodes, None) is not None:
        files.append(Put(path=prefix + NODES_PATH, became="new"))
    return Fetched(files=tuple(files), diagnostics=(*known.diagnostics, *found))


def owned(session: Session, owner: str) -> int:
    """How many assistants this owner manages on the server already."""
    lives = session.reader.assistants()
    return sum(1 for live in lives if live.mark is not None and live.mark.owner == owner)


def _there(root: Path, graph: str) -> str | None:
    """The path of the graph's schema file, where one stands."""
    try:
        path = schema_path(graph)
    except ReconcilerError:
        return None
    return path if os.path.lexists(root / path) else None
