"""`reconciler rollback`: makes an earlier version of one assistant live now, and proves it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from reconciler.cli import options


@click.command()
@options.directory
@options.server
@click.argument("targets", nargs=-1, metavar="KEY[@N]")
@click.option("-y", "--auto-approve", is_flag=True, help="Do not ask; needed where nobody can answer.")
@click.option("--allow", multiple=True, metavar="GUARD", help="Let this guard pass.")
@options.formats
@options.verbose
def rollback(
    directory: Path,
    deployment: str | None,
    url: str | None,
    send_key: bool,
    targets: tuple[str, ...],
    auto_approve: bool,
    allow: tuple[str, ...],
    formats: tuple[str, ...],
    verbose: bool,
) -> int:
    """Make an earlier version of one assistant live now, and prove it.

    Without @N it is the version before: the newest one below the live one with
    other content. Metadata of others, and fields that the manifest ignores, stay
    as they are live. Where the server brings only part of a version back, all of
    it is written again.

    Shows the plan, asks, writes, and reads back. Until git says something else,
    apply leaves the assistant so; apply --on-drift overwrite KEY ends that.
    """
    from reconciler.app.apply import apply as carry_out
    from reconciler.app.rollback import asked, plan_rollback
    from reconciler.app.session import connect
    from reconciler.app.source import open_repository, provenance, read_source
    from reconciler.cli import output, reporting
    from reconciler.cli.interrupts import interrupts
    from reconciler.cli.progress import Progress
    from reconciler.core.saved import Standing
    from reconciler.errors import UsageError
    from reconciler.repo.settings import choose, resolve

    wanted_formats = output.formats(formats)
    if len(targets) != 1:
        raise UsageError("rollback takes one KEY, or KEY@N: one assistant at a time")
    what = asked(targets[0], allow)
    repository, environ = open_repository(directory), options.environ()
    chosen = choose(repository.settings, environ, deployment=deployment, url=url)
    source = read_source(repository, chosen.deployment.name if chosen.deployment is not None else None)
    target = resolve(chosen, repository.settings, environ, send_key=send_key)
    asks = not auto_approve
    if asks and not sys.stdin.isatty():
        raise UsageError("rollback asks for a yes, and this is no terminal", hint="to roll back without asking: -y")
    origin = provenance(repository, environ, target.name)
    with connect(target, repository.root, environ, write=True) as session:
        made, said = plan_rollback(source, session, what, origin)
        if made.blocked or not made.changes:
            return reporting.without_writing(made, Standing(), wanted_formats, verbose=verbose)
        reporting.show(made, wanted_formats, asks=asks, verbose=verbose)
        if asks and not reporting.confirmed(made):
            output.say("not rolled back: the answer was not yes")
            return 1
        writer = session.writer
        assert writer is not None
        with interrupts() as stop, Progress(len(made.changes), verbose=verbose) as done:
            report = carry_out(
                made,
                said,
                session.reader,
                writer,
                pin=asks,
                progress=done,
                settle=repository.settings.settle,
                stop=stop,
            )
    return reporting.deliver(report, wanted_formats, verbose=verbose)
