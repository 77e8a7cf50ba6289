"""`reconciler github`: a table of subcommands, each a module of this package that is loaded when it is called.

The module is named as the command, and holds the click command under the same name.
"""

from __future__ import annotations

import importlib

import click

SUBCOMMANDS = {
    "annotations": "Print diagnostics as annotations of the step.",
    "outputs": "Write what a plan says to the outputs of the step.",
    "log": "List which assistants each of the newest commits changed.",
    "comment": "Post or update the plans' comments, then give the verdict.",
    "compare": "Compare plans with what the pull requests' comments showed.",
    "answer": "Answer on the merged pull requests: live, or not yet.",
    "issue": "Open, update or close the issue of what drifted.",
    "propose": "Open or update a pull request with a patch.",
}


class _Lazy(click.Group):
    """Lists subcommands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in SUBCOMMANDS:
            return None
        found = getattr(importlib.import_module(f"reconciler.cli.github.{cmd_name}"), cmd_name)
        assert isinstance(found, click.Command)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(SUBCOMMANDS.items()))


@click.group(cls=_Lazy)
def github() -> None:
    """What the workflows call: comment, answer, issue and so on.

    All of it takes the repository, the token and the event from the variables
    that GitHub Actions sets.
    """
