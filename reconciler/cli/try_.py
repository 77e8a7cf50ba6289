"""`reconciler try`: runs what the manifests say on a deployment, beside what is live. Touches no assistant."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli import options


@click.command("try")
@options.directory
@options.server
@options.narrowing
@click.option("--input", "file", metavar="FILE", help="One input in place of the tries; - is standard input.")
@click.option("--interrupt-before", "stops", multiple=True, metavar="NODE", help="Stop that run before it; * is each.")
@click.option("--against", default="live", metavar="live|COMMIT", help="What answers before: what is live, or COMMIT.")
@click.option("--changed", is_flag=True, help="What the files here say otherwise than --base; only on `try_on`.")
@click.option("--base", metavar="COMMIT", help="The commit to which --changed compares.")
@options.settings_from
@click.option("-y", "--yes", is_flag=True, help="Do not ask; needed where nobody can answer.")
@click.option("--parallelism", type=click.IntRange(1, 50), default=4, show_default=True, help="Runs side by side.")
@click.option(
    "--timeout", type=click.FloatRange(1, 3600), default=120, show_default=True, help="Seconds that a run may take."
)
@click.option("--max-runs", type=click.IntRange(1), default=20, show_default=True, help="So many runs at most.")
@click.option(
    "--total", type=click.FloatRange(1), default=600, show_default=True, help="Seconds after which no run begins."
)
@options.formats
@options.verbose
def try_(
    directory: Path,
    deployment: str | None,
    url: str | None,
    send_key: bool,
    targets: tuple[str, ...],
    graphs: tuple[str, ...],
    exclude: tuple[str, ...],
    file: str | None,
    stops: tuple[str, ...],
    against: str,
    changed: bool,
    base: str | None,
    settings_from: str | None,
    yes: bool,
    parallelism: int,
    timeout: float,
    max_runs: int,
    total: float,
    formats: tuple[str, ...],
    verbose: bool,
) -> int:
    """Run what the manifests say, beside what is live, and show both answers.

    Each try of the manifests is sent to the deployment as a run with the proposed
    context: no assistant changes, no version is made, no thread is left.

    A try is a real run: the graph's tools act. `interrupt_before: [tools]` in a
    try, or --interrupt-before with --input, stops it there and shows the calls.

    On the deployment that the settings name (try_on: NAME) it does not ask.
    Ends with 1 where an expectation failed or a run did, with 6 where the end of
    one is not known, with 5 where it was interrupted.
    """
    import sys

    from reconciler.app.session import connect
    from reconciler.app.trying import carry_out, propose
    from reconciler.cli import output, trying, trying_words
    from reconciler.cli.interrupts import interrupts
    from reconciler.errors import UsageError

    wanted_formats = output.formats(formats)
    where = options.Where(directory=directory, deployment=deployment, url=url, send_key=send_key)
    words = trying_words.Words(
        targets=targets,
        graphs=graphs,
        exclude=exclude,
        file=file,
        stops=stops,
        against=against,
        changed=changed,
        base=base,
        max_runs=max_runs,
    )
    run = trying_words.prepare(where, words, settings_from)
    if isinstance(run, trying_words.Off):
        return trying_words.deliver(run.tried, wanted_formats, verbose=verbose)
    asks = not (run.trusted or yes)
    if asks and not sys.stdin.isatty():
        raise UsageError("try asks for a yes on this server, and this is no terminal", hint="to run without asking: -y")
    with connect(run.target, run.source.repository.root, run.environ, write=False, runs=True) as session:
        made = propose(run.source, session, run.asked, output.progress(verbose))
        trying_words.require(made, run.asked)
        if not asks:
            trying.tell(made)
        elif made.runs and not trying.confirmed(made):
            output.say("not tried: the answer was not yes")
            return 1
        runner = session.runner
        assert runner is not None
        with interrupts() as stop, trying.Progress(len(made.runs), verbose=verbose) as progress:
            found = carry_out(
                made,
                runner,
                parallelism=parallelism,
                seconds=timeout,
                total=total,
                stop=stop,
                progress=progress,
            )
    return trying_words.deliver(found, wanted_formats, verbose=verbose)
