"""`reconciler github propose`: a patch as a pull request."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli import options


@click.command()
@options.directory
@click.option("--branch", required=True, metavar="NAME", help="The branch of its own, made or moved.")
@click.option("--base", default="main", show_default=True, metavar="NAME", help="The branch to merge into.")
@click.option("--title", required=True, metavar="TEXT", help="Of the commit and the pull request.")
@click.option("--body", type=click.Path(path_type=Path), required=True, metavar="FILE", help="Of the pull request.")
@click.option("--patch", type=click.Path(path_type=Path), required=True, metavar="FILE", help="What git diff printed.")
def propose(directory: Path, branch: str, base: str, title: str, body: Path, patch: Path) -> int:
    """Open or update a pull request with a patch of the assistants.

    The patch is applied to the commit that is checked out; one that changes
    anything outside assistants/ is refused. The work tree is left as it is.
    """
    from reconciler.app.github import propose as app
    from reconciler.app.github import step
    from reconciler.cli.output import say
    from reconciler.github.client import Client
    from reconciler.render.escape import row, terminal

    here = step.of(options.environ())
    return app.run(
        lambda: Client(here.endpoint),
        here,
        directory,
        branch=branch,
        base=base,
        title=title,
        body=body,
        patch=patch,
        say=lambda line: say(row(terminal(line))),
    )
