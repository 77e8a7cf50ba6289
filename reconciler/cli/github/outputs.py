"""`reconciler github outputs`: what a plan comes to, as the outputs of the step."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli import options


@click.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="DOCUMENT.json")
@click.option("--plan-file", metavar="PATH", help="Where the saved plan is: the output plan-file.")
def outputs(file: Path, plan_file: str | None) -> int:
    """Append what the JSON of a plan comes to to the step's outputs ($GITHUB_OUTPUT).

    changes, blocked and refused are true or false; creates, updates, activates and deletes are numbers.
    """
    from reconciler.app.github import document
    from reconciler.app.github import outputs as step
    from reconciler.errors import UsageError

    if plan_file is not None and not Path(plan_file).is_file():
        raise UsageError(f"--plan-file {plan_file}: there is no such file")
    more = {"plan-file": plan_file} if plan_file is not None else {}
    step.append(options.environ(), step.of(document.read(file)) | more)
    return 0
