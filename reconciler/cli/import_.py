"""`reconciler import`: another name for `pull --new`."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli import options


@click.command("import")
@options.directory
@options.server
@options.taking
@options.verbose
def import_(
    directory: Path,
    deployment: str | None,
    url: str | None,
    send_key: bool,
    graphs: tuple[str, ...],
    names: tuple[str, ...],
    metadata: tuple[str, ...],
    yes: bool,
    verbose: bool,
) -> int:
    """Take into git what nobody manages: pull --new.

    A manifest for each assistant, and files for its prompts; not the graphs'
    defaults, nor copies, nor what is another owner's. Nothing changes on the server.
    """
    from reconciler.cli import taking

    where = options.Where(directory=directory, deployment=deployment, url=url, send_key=send_key)
    return taking.run(where, taking.chosen(graphs, names, metadata), yes=yes, verbose=verbose)
