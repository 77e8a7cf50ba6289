"""`reconciler github log`: which assistants each of the newest commits changed, for the answers on pull requests."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli import options


@click.command()
@options.directory
@click.option("-d", "--deployment", metavar="NAME", help="As this deployment has them.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write it there, and not to stdout.")
def log(directory: Path, deployment: str | None, out: Path | None) -> int:
    """List the newest commits that changed assistants, as JSON: [{"sha": …, "keys": […]}], newest first.

    First parents only, so that a merge stands for what it brought. Asks no server.
    """
    import json

    from reconciler.app.commits import commits
    from reconciler.app.source import open_repository
    from reconciler.cli.output import check_writable, emit
    from reconciler.repo.settings import find_deployment

    if out is not None:
        check_writable(out)
    repository = open_repository(directory)
    if deployment is not None:
        find_deployment(repository.settings, deployment)
    found = [{"sha": one.sha, "keys": list(one.keys)} for one in commits(repository, deployment)]
    emit(json.dumps(found, indent=1), out)
    return 0
