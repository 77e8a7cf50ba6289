"""`reconciler plan`: what apply would do, and why. Reads only: its connection cannot write."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import replace

from reconciler.cli import options

if TYPE_CHECKING:
    from reconciler.app.session import Session
    from reconciler.cli import planning
    from reconciler.core.plan import Options
    from reconciler.model.plan import Plan


@click.command()
@options.directory
@options.server
@options.planning
@options.formats
@options.settings_from
@click.option("--offline", is_flag=True, help="Ask no server: compare with what --base says.")
@click.option(
    "--tries", type=click.Path(path_type=Path), metavar="FILE", help="Show what try --format json=FILE found."
)
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Save the plan, for apply FILE (.json).")
@options.detailed
@options.verbose
def plan(
    directory: Path,
    deployment: str | None,
    url: str | None,
    send_key: bool,
    formats: tuple[str, ...],
    settings_from: str | None,
    offline: bool,
    tries: Path | None,
    out: Path | None,
    detailed_exitcode: bool,
    verbose: bool,
    **asked: Any,
) -> int:
    """Show what apply would do, and why. Writes nothing.

    KEY is an assistant's key, a glob in quotes, or the path of a manifest or prompt; without one, all of them.
    A guard that would stop apply is part of the plan, and no failure of it.

    --offline --base COMMIT compares the files here with that commit instead: no server is asked, no key is read.

    --tries FILE shows each try of what changes: how it went, the answer before, the answer after. FILE has to be of
    the same commit, deployment and server.

    --out FILE saves what was decided, as hashes and without content. apply FILE does what is in the file and
    would still be planned, and nothing else.
    """
    from reconciler.cli import output, planning
    from reconciler.cli.unplanned import told
    from reconciler.errors import UsageError

    wanted_formats = output.formats(formats, output.KINDS_OF_PLAN)
    if offline and (out is not None or settings_from is not None or tries is not None):
        raise UsageError(
            "--offline makes nothing that could be applied, and sends nothing: leave out --out, --settings-from and "
            "--tries"
        )
    if out is not None:
        planning.check_out(out, wanted_formats)
    where = options.Where(directory=directory, deployment=deployment, url=url, send_key=send_key)
    words = planning.Asked(**asked)
    with told(wanted_formats, where, settings_from):
        found = planning.read_tries(tries) if tries is not None else None
        if offline:
            made = planning.without_server(where, words)
        else:
            made = _ask(where, words, settings_from, out, verbose=verbose)
        if found is not None and tries is not None:
            found = planning.tries_of(found, made, tries, where, settings_from)
    for kind, file in wanted_formats:
        output.emit(planning.render_plan(made, kind, file, verbose=verbose, tried=found), file)
    if made.refused:
        return 1
    return 2 if detailed_exitcode and not made.is_empty else 0


def _ask(
    where: options.Where, words: planning.Asked, settings_from: str | None, out: Path | None, *, verbose: bool
) -> Plan:
    """The plan of now, saved where `out` says."""
    from reconciler.app.observe import inputs, make_plan
    from reconciler.app.session import connect
    from reconciler.app.source import provenance
    from reconciler.cli import output, planning

    run = planning.prepare(where, words, settings_from=settings_from)
    repository = run.source.repository
    with connect(run.target, repository.root, run.environ, write=False) as session:
        origin = provenance(repository, run.environ, run.target.name)
        given = inputs(run.source, session, origin.commit, repo=origin.repo, base=run.base)
        made = make_plan(given, session, run.options, output.progress(verbose))
    if run.base is not None:
        from reconciler.app.offline import proposed

        made = replace(made, proposed=proposed(run.source, run.base, run.target.name))
    if out is not None:
        _save(out, made, run.options, session)
    return made


def _save(out: Path, made: Plan, planned: Options, session: Session) -> None:
    from datetime import UTC, datetime

    from reconciler.app.planfile import dumps
    from reconciler.app.saved import identity
    from reconciler.cli import planning
    from reconciler.core.saved import save

    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    planning.write(out, dumps(save(made, planned, identity(session), now)))
