"""`reconciler github issue`: one issue for the drift of a deployment."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli import options


@click.command()
@click.option("-d", "--deployment", required=True, metavar="NAME", help="Whose drift it is.")
@click.option(
    "--drift", type=click.Path(path_type=Path), required=True, metavar="FILE", help="drift --format json=FILE"
)
@click.option(
    "--body", type=click.Path(path_type=Path), required=True, metavar="FILE", help="drift --format markdown=FILE"
)
@click.option("--author", default="github-actions[bot]", show_default=True, metavar="LOGIN", help="Who writes issues.")
def issue(deployment: str, drift: Path, body: Path, author: str) -> int:
    """Open, update or close the one issue about the drift of a deployment.

    Where there is no drift and no issue, none is made.
    """
    from reconciler.app.github import issue as app
    from reconciler.app.github import step
    from reconciler.cli.output import say
    from reconciler.github.client import Client
    from reconciler.render.escape import row, terminal

    here = step.of(options.environ())
    name = step.expected_one(deployment)
    return app.run(
        lambda: Client(here.endpoint),
        here,
        name,
        drift,
        body,
        author=author,
        say=lambda line: say(row(terminal(line))),
    )
