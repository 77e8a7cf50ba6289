"""`reconciler pull`: what is live, was live, or is in a backup, into manifests. Writes files only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from reconciler.cli import options


@click.command()
@options.directory
@click.argument("targets", nargs=-1, metavar="[KEY | KEY@N]...")
@click.option("--drift", is_flag=True, help="Take what was changed outside git (the default).")
@click.option("--shared", is_flag=True, help="Write a value where it came from, whoever else takes it from there.")
@click.option("--new", is_flag=True, help="Take the assistants of a server that nobody manages.")
@options.server
@options.taking
@click.option("--from", "file", type=click.Path(path_type=Path), metavar="FILE", help="A backup of apply --backup.")
@click.option("--version", type=click.IntRange(min=0), metavar="N", help="This version, not the one that was live.")
@click.option("--key", metavar="KEY", help="The assistant's key, where the backup has none or another is wanted.")
@options.verbose
def pull(
    directory: Path,
    targets: tuple[str, ...],
    drift: bool,
    shared: bool,
    new: bool,
    deployment: str | None,
    url: str | None,
    send_key: bool,
    file: Path | None,
    version: int | None,
    key: str | None,
    verbose: bool,
    **more: Any,
) -> int:
    """Take into the manifests what was changed outside git: of all assistants, or of KEY.

    A value goes where it came from if nothing else comes from there; else it becomes
    this assistant's own, unless --shared says otherwise. KEY@N takes an older version,
    which apply then makes active again.

    With --new, a manifest is made of each assistant that nobody manages: not the graphs'
    defaults, nor copies, nor what is another owner's. With --from FILE, of the one in a
    backup.

    What is written says exactly what is live, or what the version or the backup says:
    it is read back first. Everything else in a file stays as it is, and nothing is
    committed.
    """
    from reconciler.errors import UsageError

    ways = [name for name, given in (("--drift", drift), ("--new", new), ("--from", file is not None)) if given]
    if len(ways) > 1:
        raise UsageError(f"pull takes one of {ways[0]} and {ways[1]}")
    if file is None and (version is not None or key is not None):
        raise UsageError("--version and --key go with --from FILE")
    if (targets or shared) and (new or file is not None):
        raise UsageError("KEY and --shared go with --drift", hint="--graph, --name and --metadata choose for --new")
    where = options.Where(directory=directory, deployment=deployment, url=url, send_key=send_key)
    if file is not None:
        if deployment or url or any(more.values()):
            raise UsageError("pull --from FILE asks no server: what chooses one, or assistants of it, goes with --new")
        return _backup(directory, file, version, key)
    if new:
        return _new(where, more, verbose)
    if any(more.values()):
        raise UsageError("--graph, --name, --metadata and -y go with --new", hint="name assistants by KEY")
    from reconciler.cli import bringing

    return bringing.run(where, targets, shared=shared, verbose=verbose)


def _new(where: options.Where, asked: dict[str, Any], verbose: bool) -> int:
    from reconciler.cli import taking

    wanted = taking.chosen(asked["graphs"], asked["names"], asked["metadata"])
    return taking.run(where, wanted, yes=asked["yes"], verbose=verbose)


def _backup(directory: Path, file: Path, version: int | None, key: str | None) -> int:
    from reconciler.app.pull import from_backup
    from reconciler.app.source import open_repository
    from reconciler.cli.output import say
    from reconciler.render.escape import terminal

    taken = from_backup(open_repository(directory), file, key=key, version=version)
    for path in taken.files:
        say(f"new     {terminal(path)}")
    for note in taken.notes:
        say(f"note: {terminal(note)}")
    say("`reconciler plan` shows what applying it would do")
    return 0
