"""`reconciler new KEY --graph G`: a manifest to fill in. Writes files only; asks no server."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli import options


@click.command()
@options.directory
@click.argument("key", metavar="KEY")
@click.option("--graph", required=True, metavar="G", help="Which graph the assistant is of.")
@click.option("--name", metavar="NAME", help="What people call it; else it is made of KEY.")
@click.option("-d", "--deployment", metavar="NAME", help="With the schemas of this deployment, where it has its own.")
def new(directory: Path, key: str, graph: str, name: str | None, deployment: str | None) -> int:
    """Write assistants/KEY.yaml with every field that the graph asks for.

    The others stand there as comments, with what holds without them. A prompt gets a file of its own. No file is
    overwritten.
    """
    from reconciler.app.new import new as write
    from reconciler.app.source import open_repository
    from reconciler.cli.output import say, show_diagnostics
    from reconciler.render.escape import terminal

    made = write(open_repository(directory), key, graph, name=name, deployment=deployment)
    for path in made.files:
        say(f"new     {terminal(path)}")
    for path in made.blank:
        say(f"to be written: {terminal(path)}")
    if made.left:
        say("to be put in, or validate fails:")
        show_diagnostics(made.left)
    say("`reconciler validate` checks it; `reconciler plan` shows what applying it would do")
    return 0
