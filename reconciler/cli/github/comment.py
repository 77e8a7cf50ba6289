"""`reconciler github comment`: what the plans say, on the pull request; then the verdict."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli import options


@click.command()
@click.option(
    "--plans", type=click.Path(path_type=Path), required=True, metavar="DIR", help="Holds a folder plan-NAME each."
)
@click.option(
    "--expect", required=True, metavar="JSON", help="The deployments that were to be planned, a list of names."
)
@click.option(
    "--author", default="github-actions[bot]", show_default=True, metavar="LOGIN", help="Who writes comments."
)
@click.option("--owner", metavar="NAME", help="Leave the comments of other owners alone.")
def comment(plans: Path, expect: str, author: str, owner: str | None) -> int:
    """Post or update a comment for each deployment, then give the verdict.

    Ends with 1 where a guard blocks, an assistant is refused, or there is no
    plan. On merge_group it only gives the verdict.
    """
    from reconciler.app.github import comment as app
    from reconciler.app.github import step
    from reconciler.cli.output import say
    from reconciler.github.client import Client
    from reconciler.render.escape import row, terminal

    here = step.of(options.environ())
    names = step.expected(expect)
    return app.run(
        lambda: Client(here.endpoint),
        here,
        plans,
        names,
        author=author,
        owner=owner,
        say=lambda line: say(row(terminal(line))),
    )
