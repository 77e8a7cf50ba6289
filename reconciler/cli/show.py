"""`reconciler show KEY`: the final manifest, whatever it is made of. Asks no server."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli import options


@click.command()
@options.directory
@click.argument("targets", nargs=-1, required=True, metavar="KEY...")
@click.option("-d", "--deployment", metavar="NAME", help="As this deployment has it.")
@click.option("--origin", is_flag=True, help="Beside each value the file and line that it comes from.")
def show(directory: Path, targets: tuple[str, ...], deployment: str | None, origin: bool) -> int:
    """Print the final manifest of an assistant: base, file, row and overrides, merged.

    What is printed is a manifest itself, and says the same.
    """
    from reconciler.app import show as app
    from reconciler.app.source import open_repository
    from reconciler.app.targets import select
    from reconciler.cli.output import emit
    from reconciler.render.escape import terminal

    repository = open_repository(directory)
    shown = app.read(repository, deployment)
    keys, _ = select(
        shown.loaded.wanted, targets, (), (), root=repository.root, here=Path.cwd(), elsewhere=shown.loaded.elsewhere
    )
    chosen = [want for want in shown.loaded.wanted if keys is None or want.key in keys]
    where = f"in deployment {shown.deployment}" if shown.deployment is not None else "without a deployment's overrides"
    for number, want in enumerate(chosen):
        head = f"# {want.key}, assistant_id {want.assistant_id}, {where}"
        text = app.final(shown, want, origin=terminal if origin else None)
        emit(("---\n" if number else "") + terminal(head) + "\n" + text, None)
    return 0
