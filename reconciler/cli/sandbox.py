"""``reconciler sandbox``: a real Agent Server on loopback, in the foreground or for one command."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from reconciler.sandbox import Sandbox


@click.command()
@click.option(
    "-C",
    "--directory",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="Look for the settings from here upwards.",
)
@click.option("--port", type=click.IntRange(1, 65535), help="Default: a free one.")
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
def sandbox(directory: Path, port: int | None, command: tuple[str, ...]) -> None:
    """Serve a stand-in graph for every file in schemas/, on loopback.

    Without COMMAND the server runs until Ctrl-C. With one, a fresh server runs beside it, its
    address is in RECONCILER_URL, and the exit code is COMMAND's.
    """
    from reconciler.sandbox import find_schemas, run_command, run_foreground

    schemas = find_schemas(directory)
    if command:
        sys.exit(run_command(schemas, command, port=port))
    sys.exit(run_foreground(schemas, _announce, port=port))


def _announce(server: Sandbox) -> None:
    graphs = ", ".join(server.graphs)
    click.echo(f"Agent Server on {server.url} serving {graphs} (Ctrl-C stops it)", err=True)
