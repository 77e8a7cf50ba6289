"""Options that several commands share, and the values they make."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from msgspec import Struct

F = TypeVar("F", bound=Callable[..., Any])


class Where(Struct, frozen=True, kw_only=True):
    """Which repository and which server a command is about."""

    directory: Path
    deployment: str | None
    url: str | None
    send_key: bool


def chain(*options: Callable[[F], F]) -> Callable[[F], F]:
    """Several decorators as one, in the order in which help shows them."""

    def decorate(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


directory = click.option(
    "-C",
    "directory",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    metavar="DIR",
    help="Look for reconciler.yaml from here upwards.",
)
verbose = click.option("-v", "--verbose", is_flag=True, help="Say more.")
server = chain(
    click.option("-d", "--deployment", metavar="NAME", help="A deployment of reconciler.yaml."),
    click.option("--url", metavar="URL", help="The server's address, in place of the settings'."),
    click.option("--send-key", is_flag=True, help="Send credentials to --url although it is another address."),
)
formats = click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="KIND[=FILE]",
    help="text (the default), json or markdown; of a plan also comment, summary and html, of apply summary. Several "
    "times to write files too.",
)
detailed = click.option("--detailed-exitcode", is_flag=True, help="End with 2 where there are changes.")
narrowing = chain(
    click.argument("targets", nargs=-1, metavar="[KEY]..."),
    click.option("--graph", "graphs", multiple=True, metavar="G", help="Only assistants of this graph."),
    click.option("--exclude", multiple=True, metavar="KEY", help="Not this assistant; a glob in quotes for several."),
)
planning = chain(
    narrowing,
    click.option("--prune/--no-prune", default=None, help="Delete what is ours and has no manifest."),
    click.option(
        "--on-drift",
        type=click.Choice(["overwrite", "hold", "block"]),
        help="What to do about what was changed outside git.",
    ),
    click.option(
        "--on-drift-default",
        type=click.Choice(["overwrite", "hold", "block"]),
        help="The same, for what neither a manifest nor the settings decide.",
    ),
    click.option("--base", metavar="COMMIT", help="Tell what was changed since this commit from what was there."),
    click.option("--adopt", is_flag=True, help="Mark assistants that manifests adopt (one version each)."),
    click.option("--allow", multiple=True, metavar="GUARD", help="Let this guard pass."),
    click.option("--allow-delete", multiple=True, metavar="KEY", help="Let this assistant be deleted."),
)
settings_from = click.option(
    "--settings-from",
    metavar="COMMIT",
    help="Take reconciler.yaml as this commit has it, and not as the files here say.",
)
taking = chain(
    click.option("--graph", "graphs", multiple=True, metavar="G", help="Take only those of this graph."),
    click.option("--name", "names", multiple=True, metavar="GLOB", help="Take only those of such a name."),
    click.option("--metadata", multiple=True, metavar="KEY=VALUE", help="Take only those with this metadata."),
    click.option("-y", "--yes", is_flag=True, help="Do not ask, also where there are more than 50."),
)


def environ() -> dict[str, str]:
    """The environment, as the value that app is given."""
    return dict(os.environ)
