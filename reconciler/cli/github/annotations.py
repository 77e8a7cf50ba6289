"""`reconciler github annotations`: what documents say is wrong, on the lines of a pull request."""

# No `from __future__ import annotations`: the command has that name.
from pathlib import Path

import click

from reconciler.cli import options


@click.command()
@options.directory
@click.argument("documents", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="DOCUMENT.json...")
def annotations(directory: Path, documents: tuple[Path, ...]) -> int:
    """Print what the JSON of plan, apply, drift or validate says is wrong, as workflow commands.

    GitHub shows them on the lines of the manifests and prompts. It shows ten of a kind a step: those that matter most
    are printed, and how many others there are. Ends with 0 whatever is said.
    """
    from reconciler.app.github import findings
    from reconciler.app.github.place import prefix
    from reconciler.cli.output import emit
    from reconciler.render.annotations import commands

    found = [one for path in documents for one in findings.read(path)]
    shown = commands(found, prefix(directory))
    if shown:
        emit(shown, None)
    return 0
