"""`reconciler validate`: every manifest against its graph's context schema. Needs no server and no key."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli import options


@click.command()
@options.directory
@click.option("-d", "--deployment", metavar="NAME", help="Only as this deployment has them.")
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
def validate(directory: Path, deployment: str | None, strict: bool) -> int:
    """Check every manifest against its graph's context schema, as each deployment has it.

    All errors of all files, as file:line:column: message [code]. Ends with 1 where there is one.
    """
    from reconciler.app.editor import stale_editor_file
    from reconciler.app.source import open_repository, read_everywhere, read_source
    from reconciler.cli.output import say, show_diagnostics
    from reconciler.model.diagnostic import distinct

    repository = open_repository(directory)
    sources = read_everywhere(repository) if deployment is None else [read_source(repository, deployment, past=True)]
    found = distinct([*(d for source in sources for d in source.diagnostics), *stale_editor_file(repository)])
    show_diagnostics(found)
    errors = sum(1 for d in found if d.severity == "error")
    warnings = sum(1 for d in found if d.severity == "warning")
    count = len({want.key for source in sources for want in source.loaded.wanted})
    said = [_count(count, "assistant")] if not errors else [_count(errors, "error")]
    if warnings:
        said.append(_count(warnings, "warning"))
    failed = bool(errors or (strict and warnings))
    say(f"{', '.join(said)}{'' if failed else ': valid'}")
    return 1 if failed else 0


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
