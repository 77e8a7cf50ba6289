"""How a plan or a report ends on a terminal: guards, diagnostics, what else is there, the numbers."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.plan import Guard, Plan
from reconciler.model.report import Report, Result
from reconciler.render import tally, words
from reconciler.render.escape import terminal
from reconciler.render.rows import Kind, Rows


def guards(rows: Rows, found: Iterable[Guard]) -> None:
    """What stops apply, with the option that lets it pass; and what was let pass. Passed guards say nothing."""
    told = list(found)
    blocked = [guard for guard in told if guard.verdict == "blocked"]
    if blocked:
        rows.blank()
        rows.say("Blocked: apply stops here and writes nothing.", "error")
        for guard in blocked:
            rows.say(terminal(f"{guard.guard}: {guard.message}"), indent=2, hang=2)
            rows.say("To allow it this once:", indent=4)
            rows.paste(terminal(words.override(guard)), indent=6)
    for guard in told:
        if guard.verdict == "allowed":
            by = f" ({guard.allow})" if guard.allow else ""
            rows.blank()
            rows.say(terminal(f"Allowed{by}: {guard.guard}: {guard.message}"), "warning", hang=2)


def diagnostics(rows: Rows, found: Iterable[Diagnostic]) -> None:
    """All of them, by place."""
    rows.blank()
    for one in sorted(found, key=Diagnostic.order):
        diagnostic(rows, one)
    rows.blank()


def diagnostic(rows: Rows, found: Diagnostic, *, indent: int = 0) -> None:
    """`file:line:column: message [code]`, the hint indented below.

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
    severity = "" if found.severity == "error" else f"{found.severity}: "
    where = place(found)
    return f"{f'{where}: ' if where else ''}{severity}{found.message} [{found.code}]"


def place(found: Diagnostic) -> str:
    """`file:line:column` as far as it is known, else the assistant, else nothing; not yet escaped."""
    if found.path is not None:
        return ":".join(str(part) for part in (found.path, found.line, found.column) if part is not None)
    return f"assistant {found.key}" if found.key else ""


def last(rows: Rows, plan: Plan, *, verbose: bool) -> None:
    """What else is there, and the line of numbers."""
    rows.blank()
    if verbose:
        for title, keys in (("Unchanged", plan.unchanged), ("Adopted", plan.adopted)):
            if keys:
                rows.say(terminal(f"{title}: {', '.join(sorted(keys))}"), "faint", hang=2)
        rows.blank()
    if others := words.others(plan):
        rows.say(terminal(others), "faint")
    if besides := words.besides(plan):
        rows.say(besides)
    rows.say(words.summary(plan), "good" if plan.is_empty else "title", hang=2)


def proof(rows: Rows, report: Report) -> None:
    """What the reading at the end found, what to do next, and the line of numbers."""
    rows.blank()
    results = {outcome.result for outcome in report.outcomes}
    for result in Result:
        if result in results and result in words.NEXT:
            rows.say(words.NEXT[result], "warning")
    if report.interrupted:
        rows.say(words.INTERRUPTED, "error")
    if report.outcomes:
        rows.say(tally.proof(report), "plain" if report.converged else "error")
    if undone := tally.undone(report):
        rows.say(undone, hang=2)
    rows.say(tally.line(report), "title", hang=2)
