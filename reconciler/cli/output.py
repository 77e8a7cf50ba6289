"""What goes where: the plan and its kin to stdout, everything else to stderr; colour only where somebody looks."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from io import StringIO
from pathlib import Path
from typing import IO, Literal, TypeVar

import click

from reconciler import __version__
from reconciler.cli.streams import put
from reconciler.cli.streams import say as say  # for all that print
from reconciler.errors import InvalidSource, ReconcilerError, SettingsError, UsageError
from reconciler.model.diagnostic import Diagnostic
from reconciler.render.escape import row, terminal

Kind = Literal["text", "json", "markdown", "summary", "comment", "html"]
KINDS: tuple[Kind, ...] = ("text", "json", "markdown")
KINDS_OF_REPORT: tuple[Kind, ...] = (*KINDS, "summary")
KINDS_OF_PLAN: tuple[Kind, ...] = (*KINDS_OF_REPORT, "comment", "html")
K = TypeVar("K", bound=str)

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""How the system says that there is no room to write, of whatever is written: it names no file then."""

AT_ONCE = 1 << 16
"""Characters that are written to stdout together."""


def width(stream: IO[str]) -> int:
    """Columns: the terminal's own, between 40 and 120; 80 in a pipe."""
    if not stream.isatty():
        return 80
    return max(40, min(shutil.get_terminal_size((80, 24)).columns, 120))


def colour(stream: IO[str]) -> bool:
    """On a terminal, unless NO_COLOR is set or the terminal is dumb."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def progress(verbose: bool) -> Callable[[str], None]:
    """Where to say what is being done: on stderr, with -v only."""
    return (lambda line: say(terminal(line))) if verbose else (lambda line: None)


def show_error(error: ReconcilerError) -> None:
    """`error: message`, its place where it has one, its hint indented below."""
    place = ""
    if isinstance(error, SettingsError) and error.path:
        place = ":".join(str(part) for part in (error.path, error.line, error.column) if part) + ": "
    message = "\n  ".join(row(terminal(line)) for line in f"{place}{error.message}".splitlines())
    head = click.style("error:", fg="red", bold=True) if colour(sys.stderr) else "error:"
    say(f"{head} {message}")
    for line in (error.hint or "").splitlines():
        say(row(f"  {terminal(line)}"))


def show_diagnostics(found: Iterable[Diagnostic]) -> None:
    """Each as `file:line:column: message [code]`, on stderr; in a pipe one line each, however long."""
    columns = width(sys.stderr) if sys.stderr.isatty() else None
    from reconciler.render import text  # imported where it is needed: `--help` needs no renderer

    shown = text.diagnostics(found, width=columns, colour=colour(sys.stderr))
    if shown:
        say(shown, nl=not shown.endswith("\n"))


def show_invalid(error: InvalidSource) -> None:
    show_diagnostics(error.diagnostics)
    say()
    say(f"error: {error.message}")


def show_unexpected(error: Exception) -> None:
    """What no part of this tool foresaw: a file that the system refuses, or a mistake of ours. Says where it was, and
    nothing of the values in it, which may be credentials."""
    if isinstance(error, OSError) and (error.filename is not None or error.errno in FULL):
        show_error(ReconcilerError(f"{error.filename or 'cannot write'}: {error.strerror}"))
        return
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "reconciler" in f.filename]
    where = f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    show_error(
        ReconcilerError(
            f"a mistake in reconciler {__version__} itself: {type(error).__name__}{where}",
            hint="please report it with this line and the command. What was written so far stays: reconciler plan "
            "shows what is left",
        )
    )


def formats(given: tuple[str, ...], kinds: tuple[Kind, ...] = KINDS) -> list[tuple[Kind, Path | None]]:
    """`--format KIND` and `--format KIND=FILE`: at most one kind goes to stdout.

    Raises UsageError, also for a FILE that cannot be written: that has to be known before the first write to a server.
    """
    names = {item.partition("=")[0] for item in given}
    for kind in KINDS_OF_PLAN:
        if kind in names and kind not in kinds:
            plans = f"reconciler plan --format {kind}=FILE"
            raise UsageError(f"--format {kind} is a form of a plan, which this is not", hint=plans)
    found = chosen(given, kinds)
    if sum(1 for _, target in found if target is None) > 1:
        raise UsageError("two formats cannot both go to the terminal", hint=f"--format {KINDS[1]}=FILE writes a file")
    return found


def chosen(given: tuple[str, ...], kinds: tuple[K, ...]) -> list[tuple[K, Path | None]]:
    """Each format with its file, the first of `kinds` where nothing is given. Raises UsageError as `formats`."""
    found: list[tuple[K, Path | None]] = []
    for item in given or kinds[:1]:
        name, separator, target = item.partition("=")
        kind = next((k for k in kinds if k == name), None)
        if kind is None or (separator and not target):
            raise UsageError(f"--format {item}: write one of {', '.join(kinds)}, or KIND=FILE")
        file = Path(target) if separator else None
        if file is not None:
            check_writable(file)
        found.append((kind, file))
    return found


def emit(content: str | Iterable[str], target: Path | None) -> None:
    """Write a text, or the pieces of one as they are made, to stdout, or to a file of that name. Where nobody reads
    stdout any more, no further piece is made; a file is opened when all of them are, so that a run that is stopped
    leaves no half of one. Raises ReconcilerError where that cannot be written."""
    if isinstance(content, str):
        content = (content if content.endswith("\n") or (not content and target is not None) else f"{content}\n",)
    if target is None:
        for text in _joined(content):
            if not put(text, nl=False, err=False):
                return
        return
    made = False
    try:
        with _scratch() as whole:
            whole.writelines(content)
            whole.seek(0)
            made = True
            with target.open("w", encoding="utf-8") as file:
                shutil.copyfileobj(whole, file)
    except OSError as error:
        if made:
            raise UsageError(f"cannot write {target}: {error.strerror}") from None
        from tempfile import gettempdir

        raise UsageError(
            f"cannot write {target}: it is made in {gettempdir()} first, and there: {error.strerror}",
            hint="to make it elsewhere: export TMPDIR=FOLDER",
        ) from None


def _scratch() -> IO[str]:
    """Where a document waits until all of it is made: a file without a name, or memory where no folder takes one. What
    an apply did is told in any case."""
    from tempfile import TemporaryFile  # most runs write to stdout alone

    try:
        return TemporaryFile("w+", encoding="utf-8", newline="")
    except OSError:
        return StringIO(newline="")


def _joined(pieces: Iterable[str]) -> Iterator[str]:
    """The same in larger pieces: each is sent off at once."""
    found: list[str] = []
    length = 0
    for piece in pieces:
        found.append(piece)
        length += len(piece)
        if length >= AT_ONCE:
            yield "".join(found)
            found, length = [], 0
    yield "".join(found)


def check_writable(file: Path) -> None:
    """Raises UsageError where a file of that name cannot be written."""
    if file.is_dir():
        raise UsageError(f"cannot write {file}: it is a folder")
    if not file.parent.is_dir():
        raise UsageError(f"cannot write {file}: there is no folder {file.parent}", hint=f"mkdir -p {file.parent}")
    if not os.access(file if file.exists() else file.parent, os.W_OK):
        raise UsageError(f"cannot write {file}: permission denied")
