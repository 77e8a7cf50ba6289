"""`reconciler pull --from FILE`: a manifest out of a backup. Writes files only; asks no server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from reconciler.cli import options


@click.command()
@options.directory
@click.argument("targets", nargs=-1, metavar="")
@click.option("--from", "file", type=click.Path(path_type=Path), metavar="FILE", help="A backup of apply --backup.")
@click.option("--version", type=click.IntRange(min=0), metavar="N", help="This version, not the one that was live.")
@click.option("--key", metavar="KEY", help="The assistant's key, where the backup has none or another is wanted.")
@click.option("--drift", is_flag=True, hidden=True)
@click.option("--new", is_flag=True, hidden=True)
@click.option("--shared", is_flag=True, hidden=True)
def pull(directory: Path, file: Path | None, version: int | None, key: str | None, **later: Any) -> int:
    """Make a manifest, and files for its prompts, out of a backup.

    What is written says exactly what the backup says: it is read back first. No file is overwritten.
    """
    from reconciler.app.pull import from_backup
    from reconciler.app.source import open_repository
    from reconciler.cli.output import say
    from reconciler.errors import UsageError
    from reconciler.render.escape import terminal

    asked = [*later.pop("targets"), *(f"--{name}" for name, given in later.items() if given)]
    if asked:
        raise UsageError(f"pull {asked[0]} is not in this version yet: there is only pull --from FILE")
    if file is None:
        raise UsageError("pull needs a backup; anything else is not in this version yet", hint="pull --from FILE")
    taken = from_backup(open_repository(directory), file, key=key, version=version)
    for path in taken.files:
        say(f"new     {terminal(path)}")
    for note in taken.notes:
        say(f"note: {terminal(note)}")
    say("`reconciler plan` shows what applying it would do")
    return 0
