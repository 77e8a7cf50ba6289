"""How a plan or a report ends on a terminal: guards, diagnostics, what else is there, the numbers."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.plan import Guard, Plan
from reconciler.model.report import Report
from reconciler.render import checked, results, tally, totals, words
from reconciler.render.escape import terminal
from reconciler.render.notes import NAMES, joined, names_itself
from reconciler.render.rows import Kind, Rows


def guards(rows: Rows, found: Iterable[Guard]) -> None:
    """What stops apply, with the option that lets it pass; and what was let pass. Passed guards say nothing."""
    told = list(found)
    for guard in told:
        if guard.verdict == "blocked":
            rows.say(terminal(f"  ! {guard.guard}: {guard.message}"), "error", hang=4)
            rows.say("To allow it this once, add to the command:", indent=4)
            rows.paste(terminal(words.override(guard)), indent=6)
    for guard in told:
        if guard.verdict == "allowed":
            who = guard.by or guard.allow
            by = f" by {who}" if who else ""
            rows.blank()
            rows.say(terminal(f"Allowed{by}: {guard.guard}: {guard.message}"), "warning", hang=2)


def diagnostics(rows: Rows, found: Iterable[Diagnostic], *, verbose: bool) -> None:
    """All of them, by place; equal ones about several assistants once."""
    rows.blank()
    for one in joined(found, None if verbose else NAMES):
        diagnostic(rows, one)
    rows.blank()


def diagnostic(rows: Rows, found: Diagnostic, *, indent: int = 0) -> None:
    """`file:line:column: message [code]`, the hint indented below; a warning and a note say what they are.

    A line of the hint that begins with two blanks is one to paste, and is not broken.
    """
    kinds: dict[str, Kind] = {"error": "error", "warning": "warning"}
    rows.say(terminal(heading(found)), kinds.get(found.severity, "plain"), indent=indent, hang=2)
    for line in found.hint.split("\n") if found.hint else ():
        if line.startswith("  "):
            rows.paste(terminal(line), indent=indent + 4)
        else:
            rows.say(terminal(line), indent=indent + 4, hang=2)


def heading(found: Diagnostic) -> str:
    """The first line of a diagnostic, not yet escaped."""
    said = f"{found.severity}: " if found.severity != "error" else ""
    where = place(found)
    return f"{f'{where}: ' if where else ''}{said}{found.message} [{found.code}]"


def place(found: Diagnostic) -> str:
    """`file:line:column` as far as it is known, else the assistant where the message does not begin with it, else
    nothing; not yet escaped."""
    if found.path is not None:
        return ":".join(str(part) for part in (found.path, found.line, found.column) if part is not None)
    return f"assistant {found.key}" if found.key and not names_itself(found) else ""


def last(rows: Rows, plan: Plan, *, verbose: bool) -> None:
    """What else is there, and the line of numbers."""
    rows.blank()
    if verbose:
        for title, keys in (("Unchanged", plan.unchanged), ("Adopted", plan.adopted)):
            if keys:
                rows.say(terminal(f"{title}: {', '.join(sorted(keys))}"), "faint", hang=2)
        rows.blank()
    if others := totals.others(plan):
        rows.say(terminal(others), "faint")
    if besides := totals.besides(plan):
        rows.say(besides)
    if blocked := totals.blocked(plan):
        rows.say(terminal(f"Blocked: {blocked}"), "error", hang=2)
    rows.say(totals.summary(plan), "good" if plan.is_empty else "title", hang=2)


def proof(rows: Rows, report: Report) -> None:
    """What the reading at the end found, what to do next, and the line of numbers."""
    rows.blank()
    for advice in results.advice(report):
        rows.say(advice, "warning", hang=2)
    if report.plan.held:
        rows.say(results.LEFT, "warning", hang=2)
    if report.interrupted:
        rows.say(results.interrupted(report), "error", hang=2)
    if report.outcomes:
        rows.say(tally.proof(report), "plain" if report.converged else "error")
    if undone := tally.undone(report):
        rows.say(undone, hang=2)
    if numbers := checked.counts(report):
        rows.say(numbers, "plain" if all(map(checked.is_good, report.checks)) else "error", hang=2)
    rows.say(tally.line(report), "title", hang=2)
