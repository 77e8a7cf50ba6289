"""`reconciler deployments`: those that the settings list, in their order; as JSON for the matrix of a CI."""

from __future__ import annotations

import json
from pathlib import Path

import click

from reconciler.cli import options


@click.command()
@options.directory
@options.settings_from
@click.option("--changed-since", metavar="COMMIT", help="Only those of which the files here say something else.")
@click.option("--format", "kind", type=click.Choice(["text", "json"]), default="text", help="text, or json for a CI.")
def deployments(directory: Path, settings_from: str | None, changed_since: str | None, kind: str) -> int:
    """List the deployments of reconciler.yaml, in the order in which a change travels. Asks no server.

    The JSON is a list of objects: name, url, api_key_env. An address is shown as it is written there.

    --changed-since COMMIT leaves out those for which the manifests come to the same as at that commit. Where
    reconciler.yaml itself differs, or a manifest cannot be read, none is left out.
    """
    from reconciler.app.definitions import changed_since as only_changed
    from reconciler.app.settings_at import NoSettings
    from reconciler.app.source import open_repository
    from reconciler.cli.output import emit, say
    from reconciler.render.escape import terminal

    try:
        repository = open_repository(directory, settings_from)
        listed = repository.settings.deployments
        if changed_since is not None:
            listed = only_changed(repository, changed_since)
    except NoSettings as error:
        say(f"note: {terminal(error.message)}; {terminal(error.hint or '')}")
        listed = ()
    if kind == "json":
        made = [
            {"name": one.name, "url": one.url, "api_key_env": one.api_key_names[0] if one.key_required else None}
            for one in listed
        ]
        emit(json.dumps(made), None)
        return 0
    width = max((len(one.name) for one in listed), default=0)
    for one in listed:
        emit(f"{one.name:{width}}  {terminal(one.url)}", None)
    if not listed and changed_since is None and settings_from is None:
        say("reconciler.yaml lists no deployment; give an address with --url")
    return 0
