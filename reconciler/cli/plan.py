"""`reconciler plan`: what apply would do, and why. Reads only: its connection cannot write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from reconciler.cli import options


@click.command()
@options.directory
@options.server
@options.planning
@options.formats
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Save the plan, for apply FILE (.json).")
@options.detailed
@options.verbose
def plan(
    directory: Path,
    deployment: str | None,
    url: str | None,
    send_key: bool,
    formats: tuple[str, ...],
    out: Path | None,
    detailed_exitcode: bool,
    verbose: bool,
    **asked: Any,
) -> int:
    """Show what apply would do, and why. Writes nothing.

    KEY is an assistant's key, a glob in quotes, or the path of a manifest or prompt; without one, all of them.
    A guard that would stop apply is part of the plan, and no failure of it.

    --out FILE saves what was decided, as hashes and without content. apply FILE does what is in the file and
    would still be planned, and nothing else.
    """
    from datetime import UTC, datetime

    from reconciler.app.observe import inputs, make_plan
    from reconciler.app.planfile import dumps
    from reconciler.app.saved import identity
    from reconciler.app.session import connect
    from reconciler.app.source import provenance
    from reconciler.cli import output, planning
    from reconciler.core.saved import save

    wanted_formats = output.formats(formats)
    if out is not None:
        planning.check_out(out, wanted_formats)
    where = options.Where(directory=directory, deployment=deployment, url=url, send_key=send_key)
    run = planning.prepare(where, planning.Asked(**asked))
    repository = run.source.repository
    with connect(run.target, repository.root, run.environ, write=False) as session:
        origin = provenance(repository, run.environ, run.target.name)
        given = inputs(run.source, session, origin.commit, repo=origin.repo)
        made = make_plan(given, session, run.options, output.progress(verbose))
        host = identity(session)
    if out is not None:
        now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        planning.write(out, dumps(save(made, run.options, host, now)))
    for kind, file in wanted_formats:
        output.emit(planning.render_plan(made, kind, file, verbose=verbose), file)
    if made.refused:
        return 1
    return 2 if detailed_exitcode and not made.is_empty else 0
