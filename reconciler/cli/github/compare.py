"""`reconciler github compare`: after a merge, what is planned against what the pull requests showed."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli import options


@click.command()
@click.option(
    "--plans", type=click.Path(path_type=Path), required=True, metavar="DIR", help="Holds a folder plan-NAME each."
)
@click.option("--expect", required=True, metavar="JSON", help="The deployments, a list of names in their order.")
@click.option(
    "--author", default="github-actions[bot]", show_default=True, metavar="LOGIN", help="Who writes comments."
)
def compare(plans: Path, expect: str, author: str) -> int:
    """Name what differs from the comments, and say what to apply.

    Writes the output `deployments`: a JSON list of those to apply, up to the
    first that is blocked, refused or has no plan; then it ends with 1. Answers
    on the merged pull requests what they wait for.
    """
    from reconciler.app.github import compare as app
    from reconciler.app.github import step
    from reconciler.cli.output import emit, say
    from reconciler.github.client import Client
    from reconciler.render.escape import row, terminal

    environ = options.environ()
    here = step.of(environ)
    return app.run(
        lambda: Client(here.endpoint),
        here,
        environ,
        plans,
        step.expected(expect),
        author=author,
        emit=lambda line: emit(row(terminal(line)), None),
        say=lambda line: say(row(terminal(line))),
    )
