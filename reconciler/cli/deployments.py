"""`reconciler deployments`: those that the settings list, in their order; as JSON for the matrix of a CI."""

from __future__ import annotations

import json
from pathlib import Path

import click

from reconciler.cli import options


@click.command()
@options.directory
@click.option("--format", "kind", type=click.Choice(["text", "json"]), default="text", help="text, or json for a CI.")
def deployments(directory: Path, kind: str) -> int:
    """List the deployments of reconciler.yaml, in the order in which a change travels. Asks no server.

    The JSON is a list of objects: name, url, api_key_env. An address is shown as it is written there.
    """
    from reconciler.app.source import open_repository
    from reconciler.cli.output import emit, say
    from reconciler.render.escape import terminal

    settings = open_repository(directory).settings
    if kind == "json":
        listed = [
            {"name": one.name, "url": one.url, "api_key_env": one.api_key_names[0] if one.key_required else None}
            for one in settings.deployments
        ]
        emit(json.dumps(listed), None)
        return 0
    width = max((len(one.name) for one in settings.deployments), default=0)
    for one in settings.deployments:
        emit(f"{one.name:{width}}  {terminal(one.url)}", None)
    if not settings.deployments:
        say("reconciler.yaml lists no deployment; give an address with --url")
    return 0
