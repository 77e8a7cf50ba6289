"""The two streams of a run. It imports next to nothing: `--help` comes through here too."""

from __future__ import annotations

import os
import sys
from typing import IO

import click


def say(line: str = "", *, nl: bool = True) -> None:
    """One line on stderr. Untrusted parts have to be escaped by whoever writes the line."""
    put(line, nl=nl, err=True)


def put(content: str, *, nl: bool, err: bool) -> bool:
    """Whether anybody may have read it. Where the reader of a stream is gone, the run goes on unheard: what it does,
    and its exit code, do not hang on who listens. Raises ReconcilerError where stdout cannot be written for another
    reason, as a full disk."""
    try:
        click.echo(content, nl=nl, err=err)
        return True
    except OSError as error:
        _silence(sys.stderr if err else sys.stdout)
        if not err and not isinstance(error, BrokenPipeError):
            from reconciler.errors import ReconcilerError

            raise ReconcilerError(f"cannot write to standard output: {error.strerror}") from None
        return False


def _silence(stream: IO[str]) -> None:
    """From now on what is written goes nowhere, also what is still in a buffer when the process ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
