"""`reconciler list`: the assistants of a deployment, each with its state. Reads only."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli import options


@click.command("list")
@options.directory
@options.server
@click.option("--unmanaged", is_flag=True, help="Also what no manifest names: copies and other owners' too.")
@click.option("--format", "kind", type=click.Choice(["text", "json"]), default="text", help="text, or json.")
@options.verbose
def list_(
    directory: Path,
    deployment: str | None,
    url: str | None,
    send_key: bool,
    unmanaged: bool,
    kind: str,
    verbose: bool,
) -> int:
    """List the assistants that git names or manages, each with its state.

    The state is that of a plan. On a terminal what is too wide is cut; in a pipe
    and with -v nothing is.
    """
    import sys

    from reconciler.app.listing import list_assistants
    from reconciler.app.observe import inputs
    from reconciler.app.session import connect
    from reconciler.cli import output, planning
    from reconciler.render import list_json, list_text

    where = options.Where(directory=directory, deployment=deployment, url=url, send_key=send_key)
    run = planning.prepare(where, planning.narrowing((), (), ()))
    with connect(run.target, run.source.repository.root, run.environ, write=False) as session:
        given = inputs(run.source, session, None)
        found = list_assistants(given, session, unmanaged=unmanaged, progress=output.progress(verbose))
    if kind == "json":
        output.emit(list_json.listing(found), None)
    else:
        columns = output.width(sys.stdout) if sys.stdout.isatty() and not verbose else None
        output.emit(list_text.listing(found, width=columns), None)
        output.show_diagnostics(found.refused)
    return 0
