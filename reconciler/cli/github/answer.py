"""`reconciler github answer`: after an apply, what became of it, on the merged pull requests."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli import options


@click.command()
@click.option(
    "--plan-dir", type=click.Path(path_type=Path), required=True, metavar="DIR", help="What the planning job handed on."
)
@click.option("-d", "--deployment", required=True, metavar="NAME", help="The deployment that was applied.")
@click.option("--report", type=click.Path(path_type=Path), metavar="FILE", help="What apply --format json=FILE wrote.")
@click.option(
    "--author", default="github-actions[bot]", show_default=True, metavar="LOGIN", help="Who writes comments."
)
def answer(plan_dir: Path, deployment: str, report: Path | None, author: str) -> int:
    """Answer on the merged pull requests: live, not live yet, or partly live.

    Then what became of each assistant, and what to do. Without a report the
    apply did not finish.
    """
    from reconciler.app.github import answer as app
    from reconciler.app.github import step
    from reconciler.cli.output import say
    from reconciler.github.client import Client
    from reconciler.render.escape import row, terminal

    here = step.of(options.environ())
    step.expected_one(deployment)
    return app.run(
        lambda: Client(here.endpoint),
        here,
        plan_dir,
        deployment,
        report,
        author=author,
        say=lambda line: say(row(terminal(line))),
    )
