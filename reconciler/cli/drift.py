"""`reconciler drift`: what happened outside git. Reads only: its connection cannot write."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli import options


@click.command()
@options.directory
@options.server
@options.narrowing
@options.formats
@click.option("--detailed-exitcode", is_flag=True, help="End with 2 where there is drift.")
@options.verbose
def drift(
    directory: Path,
    deployment: str | None,
    url: str | None,
    send_key: bool,
    targets: tuple[str, ...],
    graphs: tuple[str, ...],
    exclude: tuple[str, ...],
    formats: tuple[str, ...],
    detailed_exitcode: bool,
    verbose: bool,
) -> int:
    """Show what happened outside git. Writes nothing.

    Only what somebody edited, rolled back or deleted: when, at which version, and
    what differs from the version that git last applied. What waits in git for an
    apply is no drift; reconciler plan shows that too.

    KEY is an assistant's key, a glob in quotes, or the path of a manifest or prompt.
    """
    import sys

    from reconciler.app.drift import find_drift
    from reconciler.app.observe import inputs
    from reconciler.app.session import connect
    from reconciler.app.source import provenance
    from reconciler.cli import output, planning
    from reconciler.render import drift_json, drift_markdown, drift_text

    kinds = output.formats(formats)
    where = options.Where(directory=directory, deployment=deployment, url=url, send_key=send_key)
    run = planning.prepare(where, planning.narrowing(targets, graphs, exclude))
    repository = run.source.repository
    with connect(run.target, repository.root, run.environ, write=False) as session:
        origin = provenance(repository, run.environ, run.target.name)
        given = inputs(run.source, session, origin.commit, repo=origin.repo)
        found = find_drift(given, session, selected=run.options.selected, progress=output.progress(verbose))
    for kind, file in kinds:
        if kind == "json":
            output.emit(drift_json.drift(found), file)
        elif kind == "markdown":
            output.emit(drift_markdown.drift(found), file)
        else:
            columns, paint = (output.width(sys.stdout), output.colour(sys.stdout)) if file is None else (80, False)
            output.emit(drift_text.drift(found, width=columns, colour=paint, verbose=verbose), file)
    if found.refused:
        return 1
    return 2 if detailed_exitcode and found.drifted else 0
