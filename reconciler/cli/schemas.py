"""`reconciler schemas pull`, `schemas check` and `schemas editor`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import options

if TYPE_CHECKING:
    from reconciler.app.schemas import Known
    from reconciler.app.source import Repository
    from reconciler.contexts import Schemas
    from reconciler.repo.manifests import Loaded

graphs = click.option("--graph", "graphs", multiple=True, metavar="G", help="Only this graph; several times for more.")


@click.group()
def schemas() -> None:
    """Fetch the graphs' context schemas, check that they still agree, or tell the editor of them."""


@schemas.command(short_help="Write schemas/<graph>.json as the server says them.")
@options.directory
@options.server
@graphs
@click.option("--own", is_flag=True, help="Into schemas/<deployment>/, for this deployment alone.")
def pull(
    directory: Path,
    deployment: str | None,
    url: str | None,
    send_key: bool,
    graphs: tuple[str, ...],
    own: bool,
) -> int:
    """Write schemas/<graph>.json as the deployment says them.

    The same schema gives the same bytes. A schema that cannot be had replaces no file.
    The nodes of the graphs, where tries may stop, go into schemas/nodes.yaml.
    The editor's schema is written too, as `schemas editor` does.
    """
    from reconciler.app import schemas as app
    from reconciler.app.editor import write_editor_files
    from reconciler.app.nodes import write_nodes
    from reconciler.cli.output import say, show_diagnostics
    from reconciler.errors import UsageError
    from reconciler.render.escape import terminal

    if own and deployment is None:
        raise UsageError("--own writes to the folder of a deployment", hint="name it: -d NAME")
    where = options.Where(directory=directory, deployment=deployment, url=url, send_key=send_key)
    with _asked(where, graphs) as (repository, _loaded, _files, known):
        pulled, more = app.pull(repository, known, deployment if own else None)
    for one in pulled:
        say(f"{one.became:8}{terminal(one.path)}")
    put = write_nodes(repository.root, repository.tree, known.nodes, deployment if own else None)
    if put is not None:
        say(f"{put[1]:8}{terminal(put[0])}")
    for path, became in write_editor_files(repository):
        say(f"{became:8}{path}")
    found = (*known.diagnostics, *more)
    show_diagnostics(found)
    return 1 if any(d.severity == "error" for d in found) else 0


@schemas.command(short_help="Say where schemas/ and the server differ.")
@options.directory
@options.server
@graphs
@options.detailed
def check(
    directory: Path,
    deployment: str | None,
    url: str | None,
    send_key: bool,
    graphs: tuple[str, ...],
    detailed_exitcode: bool,
) -> int:
    """Say where schemas/ and the deployment differ, and which manifests that breaks.

    Ends with 1 where a manifest breaks, else with 2 where they differ and --detailed-exitcode is given.
    """
    from reconciler.app import schemas as app
    from reconciler.app.nodes import load_nodes
    from reconciler.cli.output import emit, say, show_diagnostics
    from reconciler.render.escape import terminal

    where = options.Where(directory=directory, deployment=deployment, url=url, send_key=send_key)
    with _asked(where, graphs) as (repository, loaded, files, known):
        found = app.check(files, loaded, repository.settings.open_graphs, known)
        found += app.check_nodes(load_nodes(repository.tree, deployment), loaded, known)
    for one in found:
        emit(terminal(f"{one.path} differs from graph `{one.graph_id}`:"), None)
        for difference in one.differences:
            emit(f"  {terminal(difference.words)}", None)
    broken = [d for one in found for d in one.breaks]
    show_diagnostics((*known.diagnostics, *broken))
    if not found:
        count = len(known.schemas)
        say(f"{count} graph{'' if count == 1 else 's'}: the files are what the server says")
    else:
        say("`reconciler schemas pull` takes over what the server says")
    if broken or any(d.severity == "error" for d in known.diagnostics):
        return 1
    return 2 if found and detailed_exitcode else 0


@schemas.command(short_help="Write the schema that editors check manifests by.")
@options.directory
def editor(directory: Path) -> int:
    """Write schemas/editor/, by which an editor completes, explains and checks manifests and tries.

    Made of schemas/ and reconciler.yaml alone; the same files give the same bytes. Asks no server.
    """
    from reconciler.app.editor import write_editor_files
    from reconciler.app.source import open_repository
    from reconciler.cli.output import say

    for path, became in write_editor_files(open_repository(directory)):
        say(f"{became:8}{path}")
    return 0


@contextmanager
def _asked(where: options.Where, graphs: tuple[str, ...]) -> Iterator[tuple[Repository, Loaded, Schemas, Known]]:
    """The repository, and what the server says of its graphs."""
    from reconciler.app import schemas as app
    from reconciler.app.session import connect, target
    from reconciler.app.source import open_repository

    environ = options.environ()
    repository = open_repository(where.directory)
    found = target(repository.settings, environ, deployment=where.deployment, url=where.url, send_key=where.send_key)
    loaded, files = app.read(repository, where.deployment)
    with connect(found, repository.root, environ, write=False) as session:
        yield repository, loaded, files, app.ask(session, loaded, graphs)
