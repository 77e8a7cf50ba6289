"""`reconciler apply`: makes the deployment what git says, and proves it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from reconciler.cli import options


@click.command()
@options.directory
@options.server
@options.planning
@click.option("-y", "--auto-approve", is_flag=True, help="Do not ask; needed where nobody can answer.")
@click.option(
    "--backup",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Save each assistant with all its versions to DIR before it is deleted.",
)
@click.option("--parallelism", type=click.IntRange(1, 100), default=10, show_default=True, help="Writes side by side.")
@click.option(
    "--check/--no-check", default=None, help="Run the tries of what was written; else what the settings say (`check`)."
)
@click.option("--no-rollback", is_flag=True, help="Only report what fails its check: take nothing back.")
@click.option(
    "--check-timeout",
    type=click.FloatRange(1, 3600),
    default=120.0,
    show_default=True,
    metavar="SECONDS",
    help="How long one run of a check may take.",
)
@options.formats
@options.verbose
def apply(
    directory: Path,
    deployment: str | None,
    url: str | None,
    send_key: bool,
    auto_approve: bool,
    backup: Path | None,
    parallelism: int,
    check: bool | None,
    no_rollback: bool,
    check_timeout: float,
    formats: tuple[str, ...],
    verbose: bool,
    **asked: Any,
) -> int:
    """Make the deployment what git says, and prove it.

    Shows the plan, asks, writes, reads everything back, and reports each change with what became of it.

    With --check it then runs the tries of what it wrote, by the assistants themselves: real runs, whose tools act.
    What does not answer as expected goes back to what was live before (exit code 5), and stays so until git says
    something else of it. What is not known is never taken back.

    A single KEY that ends in .json and is a file, but none that a manifest reads, is a plan saved by plan --out.
    Then nothing is asked: what is in the file and would still be planned is done, what moved since is named (exit
    code 4). A file permits nothing: --prune, --adopt, --on-drift, --allow and --allow-delete are given again.
    """
    from reconciler.app import saved as planfile
    from reconciler.app.observe import inputs, make_plan
    from reconciler.app.session import connect
    from reconciler.app.source import provenance
    from reconciler.cli import output, planning, reporting
    from reconciler.core.saved import Standing
    from reconciler.errors import UsageError

    wanted_formats = output.formats(formats, output.KINDS_OF_REPORT)
    where = options.Where(directory=directory, deployment=deployment, url=url, send_key=send_key)
    run = planning.prepare(where, planning.Asked(**asked), takes_file=True)
    checks = run.target.check if check is None else check
    asks = not auto_approve and run.saved is None
    if asks and not sys.stdin.isatty():
        raise UsageError("apply asks for a yes, and this is no terminal", hint="to apply without asking: -y")
    folder = None
    if backup is not None:
        from reconciler.repo.backup import Folder

        folder = Folder(backup)
    repository = run.source.repository
    origin = provenance(repository, run.environ, run.target.name)
    with connect(run.target, repository.root, run.environ, write=True, runs=checks) as session:
        given = inputs(run.source, session, origin.commit, repo=origin.repo, base=run.base)
        say, found = output.progress(verbose), Standing()
        if run.saved is None:
            made = make_plan(given, session, run.options, say)
        else:
            made, found = planfile.plan_again(run.saved, given, session, run.options, say)
        if made.blocked or not made.changes:
            return reporting.without_writing(made, found, wanted_formats, verbose=verbose)
        from reconciler.app.apply import apply as carry_out
        from reconciler.app.backup import Backup
        from reconciler.app.check import How
        from reconciler.cli import checking
        from reconciler.cli.interrupts import interrupts
        from reconciler.cli.progress import Progress

        reporting.show(made, wanted_formats, asks=asks, verbose=verbose)
        if asks and not reporting.confirmed(made, checking.announced(made) if checks else None):
            output.say("not applied: the answer was not yes")
            return 1
        writer = session.writer
        assert writer is not None
        with interrupts() as stop:
            with Progress(len(made.changes), verbose=verbose) as done:
                report = carry_out(
                    made,
                    origin,
                    session.reader,
                    writer,
                    parallelism=parallelism,
                    pin=asks,
                    progress=done,
                    settle=repository.settings.settle,
                    stop=stop,
                    backup=Backup(folder, made.deployment, made.owner, session.reader) if folder is not None else None,
                )
            if checks:
                how = How(seconds=check_timeout, writes=parallelism, rollback=not no_rollback)
                told = verbose or check is not None
                report = checking.checked(run, session, report, origin, how, stop=stop, told=told)
    return reporting.deliver(planfile.reported(report, found), wanted_formats, verbose=verbose)
