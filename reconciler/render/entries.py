"""Changes, guards, diagnostics and outcomes as entries of a Markdown comment."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.model.change import Reason, action, key_of, wanted_of
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.plan import Guard, Plan
from reconciler.model.report import Report, Result
from reconciler.render import tally, words
from reconciler.render.closing import place
from reconciler.render.detail import Detail, details
from reconciler.render.escape import code, markdown
from reconciler.render.groups import Group, fields, of_changes, of_held
from reconciler.render.sections import Entry


def of_plan(plan: Plan, *, drift: bool) -> list[Entry]:
    """The changes, equal ones once: those that git asks for, or those that drift is a reason of."""
    return [_change(group) for group in of_changes(c for c in plan.changes if (Reason.DRIFT in c.reasons) is drift)]


def of_those_held(plan: Plan) -> list[Entry]:
    """What is left as found, with the ways out."""
    return [_change(group) for group in of_held(plan.held)]


def _change(group: Group) -> Entry:
    held = group.held
    said = words.why(group.first) if held is None else words.cause(group.first)
    body = [markdown(group.first.note)] if group.first.note else []
    if held is not None:
        body.append(markdown(held.why))
        body += ["**This stops the whole apply: nothing at all is written.**"] if held.blocks else []
        for title, command in words.ways_out(held, [key_of(change) for change in group.changes]):
            body.append(f"{title} {code(command)}")
    shown = [detail for field in fields(group.first) for detail in details(field)]
    meanings = {meaning: None for detail in shown if (meaning := detail.legend(detail.lines))}
    body += [f"({markdown(meaning)})" for meaning in meanings]
    return Entry(
        verb="held" if held is not None else action(group.first),
        names=[key_of(change) for change in group.changes],
        said=said,
        where=_where(group),
        body=body,
        diff=[line for detail in shown for line in _diff(detail)],
    )


def _where(group: Group) -> list[str]:
    found: list[str] = []
    for change in group.changes:
        wanted = wanted_of(change)
        path = code(f"{wanted.path}:{wanted.line}") if wanted is not None else code(key_of(change))
        live = words.live(change)
        found.append(f"{path}, {live}" if live else path)
    return found


def _diff(detail: Detail) -> Iterable[str]:
    lines = list(detail.lines)
    where = f", {lines.pop(0).text}" if lines and lines[0].sign == "@" else ""
    yield f"@@ {detail.label}{where} @@"
    for line in lines:
        yield f"@@ {line.text} @@" if line.sign == "@" else f"{line.sign} {line.text}".rstrip()


def of_guards(guards: Iterable[Guard], verdict: str) -> list[Entry]:
    """The guards with this verdict. A blocked one comes with the option that lets apply pass."""
    return [
        Entry(
            verb=verdict,
            names=[guard.guard],
            said=guard.message,
            paste=words.override(guard) if verdict == "blocked" else "",
        )
        for guard in guards
        if guard.verdict == verdict
    ]


def of_diagnostics(found: Iterable[Diagnostic]) -> list[Entry]:
    """By place; the code stands last, as it does on a terminal."""
    return [
        Entry(
            verb=one.severity,
            names=[named] if (named := place(one)) else [],
            said=f"{one.message} [{one.code}]",
            paste=one.hint or "",
        )
        for one in sorted(found, key=Diagnostic.order)
    ]


def of_outcomes(report: Report, *, good: bool) -> list[Entry]:
    """What went as planned, or what did not; a change the run never came to did not."""
    return [
        Entry(
            verb=action(change),
            names=[key_of(change)],
            said=words.became(outcome) if outcome is not None else "not started",
        )
        for change, outcome in tally.of_plan(report)
        if (outcome is not None and outcome.result in (Result.APPLIED, Result.UNCHANGED)) is good
    ]
