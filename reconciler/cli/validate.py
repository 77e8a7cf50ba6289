"""`reconciler validate`: every manifest against its graph's context schema. Needs no server and no key."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from reconciler.cli import options

if TYPE_CHECKING:
    from reconciler.errors import ReconcilerError
    from reconciler.model.diagnostic import Diagnostic

Kind = Literal["text", "json", "annotations"]
KINDS: tuple[Kind, ...] = ("text", "json", "annotations")
Formats = Sequence[tuple[Kind, Path | None]]


@click.command()
@options.directory
@click.option("-d", "--deployment", metavar="NAME", help="Only as this deployment has them.")
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="KIND[=FILE]",
    help="text (the default), json or annotations (GitHub's); several times to write files too.",
)
def validate(directory: Path, deployment: str | None, strict: bool, formats: tuple[str, ...]) -> int:
    """Check every manifest against its graph's context schema, as each deployment has it.

    All errors of all files, as file:line:column: message [code]. Ends with 1 where there is one.
    """
    from reconciler.app.editor import stale_editor_files
    from reconciler.app.source import open_repository, read_everywhere, read_source
    from reconciler.cli.output import say
    from reconciler.errors import ReconcilerError
    from reconciler.model.diagnostic import distinct

    wanted = _formats(formats)
    try:
        repository = open_repository(directory)
        sources = (
            read_everywhere(repository) if deployment is None else [read_source(repository, deployment, past=True)]
        )
        found = distinct([*(d for source in sources for d in source.diagnostics), *stale_editor_files(repository)])
    except ReconcilerError as error:
        # Who reads a file or a log alone is told too. The message itself goes to stderr, as of every command.
        others = [one for one in wanted if one != ("text", None)]
        _deliver(others, directory, _as_diagnostics(error), 0, valid=False)
        raise
    errors = sum(1 for d in found if d.severity == "error")
    warnings = sum(1 for d in found if d.severity == "warning")
    count = len({want.key for source in sources for want in source.loaded.wanted})
    failed = bool(errors or (strict and warnings))
    _deliver(wanted, directory, found, count, valid=not failed)
    said = [_count(count, "assistant")] if not errors else [_count(errors, "error")]
    if warnings:
        said.append(_count(warnings, "warning"))
    say(f"{', '.join(said)}{'' if failed else ': valid'}")
    return 1 if failed else 0


def _formats(given: tuple[str, ...]) -> Formats:
    """Text goes to stderr, so that one other kind may go to stdout beside it. Raises UsageError."""
    from reconciler.cli.output import chosen
    from reconciler.errors import UsageError

    found = chosen(given, KINDS)
    if sum(1 for kind, file in found if file is None and kind != "text") > 1:
        raise UsageError("two formats cannot both go to the terminal", hint="--format json=FILE writes a file")
    return found


def _deliver(formats: Formats, directory: Path, found: Sequence[Diagnostic], count: int, *, valid: bool) -> None:
    from reconciler.app.github.place import prefix
    from reconciler.cli.output import emit, show_diagnostics
    from reconciler.render import text
    from reconciler.render.annotations import commands
    from reconciler.render.validate_json import validation

    for kind, file in formats:
        match kind:
            case "text" if file is None:
                show_diagnostics(found)
            case "text":
                emit(text.diagnostics(found, width=None), file)
            case "json":
                emit(validation(found, count, valid=valid), file)
            case "annotations":
                shown = commands(found, prefix(directory))
                if shown or file is not None:
                    emit(shown, file)


def _as_diagnostics(error: ReconcilerError) -> list[Diagnostic]:
    """What stops the whole run, as one finding; or the findings of settings that cannot be read."""
    from reconciler.errors import InvalidSource, SettingsError
    from reconciler.model.diagnostic import Diagnostic

    if isinstance(error, InvalidSource):
        return list(error.diagnostics)
    place = (error.path, error.line, error.column) if isinstance(error, SettingsError) else (None, None, None)
    path, line, column = place
    code = "settings" if isinstance(error, SettingsError) else "usage"
    return [
        Diagnostic(
            severity="error", code=code, message=error.message, hint=error.hint, path=path, line=line, column=column
        )
    ]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
