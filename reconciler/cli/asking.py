"""The questions of `init`. Where nobody can answer, what was given on the command line counts, and nothing else."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from reconciler.app.init.found import Candidate
from reconciler.app.init.settings import check_name
from reconciler.app.take import Taken
from reconciler.cli.output import say, show_error
from reconciler.errors import UsageError
from reconciler.render.escape import terminal

MOST_SHOWN = 10
"""Assistants that are shown before the question whether to take them."""


class Asking:
    """`yes` takes what is proposed; else somebody is asked, where standard input is a terminal."""

    def __init__(self, *, yes: bool) -> None:
        self._yes = yes
        self._hears = sys.stdin.isatty() and not yes

    def use(self, found: Candidate) -> bool:
        """Whether to begin with a server that nobody named on the command line."""
        if self._yes:
            return True
        if not self._hears:
            say(f"note: {terminal(found.why)}. To begin with it: --url {terminal(found.url)}")
            return False
        return click.confirm(f"{terminal(found.why)}. Use it?", default=True, err=True)

    def owner(self, proposed: str | None) -> str:
        """The owner. Raises UsageError where none can be proposed and nobody is asked."""
        if not self._hears:
            if proposed is None:
                raise UsageError(
                    "no owner can be proposed here: neither remote nor folder gives a name", hint="--owner NAME"
                )
            return proposed
        while True:
            answer: str = click.prompt("Owner, the name for all assistants of this repository", proposed, err=True)
            try:
                return check_name("the owner", answer.strip())
            except UsageError as error:
                show_error(error)

    def take(self, found: Sequence[Taken], said: bool | None, *, named: bool) -> bool:
        """Whether the server's assistants come into git. `named`: its address was given, so a yes was meant."""
        if said is not None or not found:
            return bool(said and found)
        if not self._hears:
            return self._yes or named
        for one in found[:MOST_SHOWN]:
            say(f"  {terminal(one.name)} ({terminal(one.graph_id)})")
        if len(found) > MOST_SHOWN:
            say(f"  and {len(found) - MOST_SHOWN} more")
        what = "This assistant is" if len(found) == 1 else f"These {len(found)} assistants are"
        return click.confirm(f"{what} not managed from git. Write manifests, as live?", default=True, err=True)
