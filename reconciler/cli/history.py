"""`reconciler history KEY`: an assistant's versions, each with its commit or "outside git". Reads only."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli import options


@click.command()
@options.directory
@options.server
@click.argument("name", metavar="KEY")
@click.option("--limit", type=click.IntRange(min=1), default=20, metavar="N", help="So many versions; default 20.")
@click.option("--format", "kind", type=click.Choice(["text", "json"]), default="text", help="text, or json.")
@options.verbose
def history(
    directory: Path,
    deployment: str | None,
    url: str | None,
    send_key: bool,
    name: str,
    limit: int,
    kind: str,
    verbose: bool,
) -> int:
    """Show an assistant's versions, newest first: when, from which commit, what changed.

    A version is git's only where its content is what its notes say was written;
    every other one was made outside git. With -v each difference is shown as plan
    shows it.

    KEY is an assistant's key, also of one without a manifest any more, the path of
    its manifest, or an assistant_id.
    """
    import sys

    from reconciler.app.history import read_history
    from reconciler.app.session import connect, target
    from reconciler.app.source import open_repository
    from reconciler.cli import output
    from reconciler.render import history_json, history_text

    repository, env = open_repository(directory), options.environ()
    found = target(repository.settings, env, deployment=deployment, url=url, send_key=send_key)
    with connect(found, repository.root, env, write=False) as session:
        read = read_history(repository, session, name, limit=limit, here=Path.cwd(), progress=output.progress(verbose))
    if kind == "json":
        output.emit(history_json.history(read), None)
    else:
        columns, paint = output.width(sys.stdout), output.colour(sys.stdout)
        output.emit(history_text.history(read, width=columns, colour=paint, verbose=verbose), None)
    return 0
