"""What `apply` says: the question, the progress, the report."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import assert_never

import click

from reconciler.app.saved import reported
from reconciler.cli import output
from reconciler.cli.planning import render_plan
from reconciler.core.saved import Standing
from reconciler.errors import ReconcilerError, UsageError
from reconciler.model.plan import Plan
from reconciler.model.report import Outcome, Report, Result
from reconciler.render import json, text
from reconciler.render.escape import terminal

Formats = Sequence[tuple[output.Kind, Path | None]]


def render(report: Report, kind: output.Kind, target: Path | None, *, verbose: bool) -> str | Iterable[str]:
    """The report in one format, whole or in pieces; colour and the terminal's width only where it goes to one."""
    match kind:
        case "text":
            here = target is None
            columns, paint = (output.width(sys.stdout), output.colour(sys.stdout)) if here else (80, False)
            return text.report(report, width=columns, colour=paint, verbose=verbose)
        case "json":
            return json.report(report)
        case "markdown" | "summary":
            from reconciler.render import markdown, shorten

            if kind == "markdown":
                return markdown.report(report)
            return markdown.report(report, limit=shorten.SUMMARY_LIMIT, size=shorten.in_bytes)
        case "comment" | "html":
            raise UsageError(f"--format {kind} is a form of a plan, and this is a report")
        case _:
            assert_never(kind)


def show(plan: Plan, formats: Formats, *, asks: bool, verbose: bool) -> None:
    """The plan before it is carried out: on stdout where text goes there. Who is asked sees it in any case: on stderr
    where stdout goes to a file."""
    on_stdout = ("text", None) in formats
    if on_stdout:
        output.emit(render_plan(plan, "text", None, verbose=verbose), None)
        output.emit("", None)
    if asks and not (on_stdout and sys.stdout.isatty()):
        shown = text.plan(plan, width=output.width(sys.stderr), colour=output.colour(sys.stderr), verbose=verbose)
        for piece in shown:
            output.say(piece, nl=False)
        output.say()


def confirmed(plan: Plan, more: str | None = None) -> bool:
    """Ask on the terminal, with what `more` there is to know. Only the word `yes` is a yes."""
    name = plan.deployment.name
    where = terminal(f"{name} ({plan.deployment.url})" if name else plan.deployment.url)
    if more is not None:
        output.say(more)
    output.say(f"Apply this to {where}?")
    answer: str = click.prompt("Only 'yes' applies it", default="", show_default=False, err=True)
    return answer.strip() == "yes"


def without_writing(plan: Plan, found: Standing, formats: Formats, *, verbose: bool) -> int:
    """Render a plan of which nothing is written, and say the exit code: blocked, refused, held, stale, or nothing to
    do."""
    held = tuple(Outcome(change=h.change, result=Result.HELD, error=h.why) for h in plan.held)
    settled = not plan.blocked and not plan.refused and not any(h.ahead for h in plan.held)
    report = reported(Report(plan=plan, outcomes=held, converged=settled), found)
    for kind, file in formats:
        whole = kind == "text" and bool(plan.blocked or (plan.held and not found.stale))  # what differs is to be read
        shown = render_plan(plan, kind, file, verbose=verbose) if whole else render(report, kind, file, verbose=verbose)
        output.emit(shown, file)
    return 3 if plan.blocked else report.exit_code


def deliver(report: Report, formats: Formats, *, verbose: bool) -> int:
    """The report in every format, and the exit code. That a report cannot be written, or that somebody interrupts it,
    undoes nothing on the server."""
    code = report.exit_code
    for kind, file in formats:
        try:
            output.emit(render(report, kind, file, verbose=verbose), file)
        except ReconcilerError as error:
            output.show_error(error)
            code = max(code, 5)
        except KeyboardInterrupt:
            output.say("\ninterrupted while the report was written: reconciler plan shows what is live")
            return max(code, 5)
    return code
