"""The command `reconciler`: finds the subcommand, and turns whatever happened into one exit code.

Only click is imported here; each command imports what it needs when it runs.
"""

from __future__ import annotations

import builtins
import gc
import importlib
import io
import keyword
import os
import signal
import sys
from contextlib import suppress
from types import FrameType
from typing import NoReturn

import click

from reconciler import __version__
from reconciler.cli.streams import say

COMMANDS = {
    "init": "Make a folder a repository of assistants, from a running server.",
    "new": "Write a manifest with every field that its graph asks for.",
    "validate": "Check every manifest against its graph's context schema.",
    "show": "Print an assistant's final manifest, each value with its place.",
    "deployments": "List the deployments of reconciler.yaml, for a CI's matrix.",
    "plan": "Show what apply would do, and why. Writes nothing.",
    "try": "Run what the manifests say, beside what is live; show both answers.",
    "apply": "Make the deployment what git says, and prove it.",
    "rollback": "Make an earlier version of an assistant live now, and prove it.",
    "drift": "Show what happened outside git. Writes nothing.",
    "list": "List the assistants of a deployment, each with its state.",
    "history": "Show an assistant's versions, each with its commit.",
    "import": "Take into git what nobody manages: pull --new.",
    "pull": "Make manifests of what nobody manages, or out of a backup.",
    "schemas": "Fetch the graphs' context schemas, or check that they still agree.",
    "github": "What the workflows call: comment, answer, issue and so on.",
    "sandbox": "Run the embedded Agent Server on loopback.",
}

WORDS = {
    0: "done",
    1: "error",
    2: "changes",
    3: "blocked",
    4: "stale",
    5: "incomplete",
    6: "unknown",
}
"""The last line on stderr says one of these, whatever the format."""


COLLECTED = (10_000_000, 50, 100)
"""After how many new objects Python looks for garbage in circles, of which a run makes next to none: what is read
stays, and walking it again and again took a third of the reading. A hundred thousand assistants are half as many."""


class _Lazy(click.Group):
    """Lists commands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        taken = keyword.iskeyword(cmd_name) or hasattr(builtins, cmd_name)
        name = f"{cmd_name}_" if taken else cmd_name
        found = getattr(importlib.import_module(f"reconciler.cli.{name}"), name)
        assert isinstance(found, click.Command)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="reconciler")
def cli() -> None:
    """GitOps for LangGraph assistants: YAML in git, made true on an Agent Server.

    Exit codes: 0 done, 1 error, 2 changes (with --detailed-exitcode), 3 blocked,
    4 stale, 5 incomplete, 6 unknown.
    """


def main() -> NoReturn:
    """Run and exit. A failure of ours is one message and a code, never a traceback."""
    _open_streams()
    gc.set_threshold(*COLLECTED)
    signal.signal(signal.SIGTERM, _terminate)
    code = run(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    # Nothing is left to do: Python would take apart all that was read, and wait for a write that was interrupted.
    os._exit(code)


def run(arguments: list[str]) -> int:
    """The exit code, decided once, after all output."""
    try:
        result = cli.main(arguments, prog_name="reconciler", standalone_mode=False)
        code = result if isinstance(result, int) else 0
        quiet = not isinstance(result, int)
    except click.ClickException as error:
        error.show()
        code, quiet = 1, False
    except (click.Abort, KeyboardInterrupt):
        say("\ninterrupted; nothing was written to the server")
        code, quiet = 5, False
    except Exception as error:
        code, quiet = _failed(error), False
    if not quiet:
        say(f"reconciler: {WORDS.get(code, 'error')}")
    return code


def _failed(error: Exception) -> int:
    """Say what went wrong; the exit code."""
    from reconciler.cli import output
    from reconciler.errors import InvalidSource, ReconcilerError

    if isinstance(error, InvalidSource):
        output.show_invalid(error)
    elif isinstance(error, ReconcilerError):
        output.show_error(error)
    else:
        output.show_unexpected(error)
        return 1
    return error.exit_code


def _open_streams() -> None:
    """A stream that was closed (`>&-`) goes nowhere; a character that an encoding lacks is shown as an escape."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - for the whole run
        elif mode == "w" and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _terminate(number: int, frame: FrameType | None) -> None:
    """SIGTERM stops a run as Ctrl-C does: nothing new is started, and the report is printed."""
    raise KeyboardInterrupt
