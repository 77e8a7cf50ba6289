"""Changes, guards, diagnostics and outcomes as entries of a Markdown comment."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from reconciler.model.change import Change, Create, Delete, Reason, action, assistant_id_of, key_of, order, place_of
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.plan import Deployment, Guard, Held, Plan
from reconciler.model.report import Report, Result
from reconciler.render import checked, results, tally, values, words
from reconciler.render.closing import place
from reconciler.render.detail import Detail, details
from reconciler.render.escape import code, prose
from reconciler.render.groups import Group, fields, of_changes, of_held
from reconciler.render.notes import joined
from reconciler.render.sections import Entry, sentence
from reconciler.render.trials import Shown


def of_plan(plan: Plan, *, drift: bool) -> list[Entry]:
    """The changes, equal ones once: those that git asks for, or those that drift is a reason of. Deletions first."""
    groups = of_changes(c for c in plan.changes if (Reason.DRIFT in c.reasons) is drift)
    groups.sort(key=lambda group: not isinstance(group.first, Delete))
    return [_change(group, plan.deployment) for group in groups]


def tried(entry: Entry, left: dict[str, tuple[Shown, ...]]) -> Entry:
    """The entry with the tries of its assistants, which are taken out of those that are left."""
    return replace(entry, tries=[one for key in entry.names for one in left.pop(key, ())])


def of_those_held(plan: Plan, *, blocks: bool) -> list[Entry]:
    """What is left as it is, with the ways out: what stops the whole apply, or what does not."""
    return [_change(group, plan.deployment) for group in of_held(h for h in plan.held if h.blocks is blocks)]


def _change(group: Group, deployment: Deployment) -> Entry:
    held = group.held
    body = [prose(sentence(group.first.note))] if group.first.note else []
    if held is not None:
        for title, command in words.ways_out(held, map(key_of, group.changes), deployment):
            body.append(f"{title} {code(command)}")
    shown = [detail for field in fields(group.first) for detail in details(field)]
    meanings = {meaning: None for detail in shown if (meaning := detail.legend(detail.lines))}
    body += [f"({prose(meaning)})" for meaning in meanings]
    return Entry(
        verb=_verb(group.first, held),
        names=[key_of(change) for change in group.changes],
        count=len(group.changes),
        said=words.why(group.first) if held is None else words.held(held),
        fields=_fields(group.first),
        where=_where(group),
        body=body,
        diff=[line for detail in shown for line in diff(detail)],
    )


def _verb(change: Change, held: Held | None) -> str:
    if held is None:
        return action(change)
    return "blocked" if held.blocks else "held"


def _fields(change: Change) -> list[str]:
    """Which fields differ; of a new assistant all do."""
    return [] if isinstance(change, Create) else [values.label(field.path) for field in fields(change)]


def _where(group: Group) -> list[str]:
    found: list[str] = []
    for change in group.changes:
        said = place_of(change)
        alone = said is None and len(group.changes) == 1
        name = code(f"{said[0]}:{said[1]}") if said is not None else code(key_of(change))
        live = words.live(change) if group.held is None else words.now_live(change)
        found.append(sentence(live) if alone else ", ".join(part for part in (name, live) if part))
    return found


def diff(detail: Detail) -> Iterable[str]:
    """One difference, as the lines of a diff."""
    lines = list(detail.lines)
    where = f", {lines.pop(0).text}" if lines and lines[0].sign == "@" else ""
    yield f"@@ {detail.label}{where} @@"
    for line in lines:
        yield f"@@ {line.text} @@" if line.sign == "@" else f"{line.sign} {line.text}".rstrip()


def of_guards(guards: Iterable[Guard], verdict: str) -> list[Entry]:
    """The guards with this verdict. A blocked one comes with the option that lets apply pass."""
    return [
        Entry(
            verb="guard",
            names=[guard.guard],
            said=guard.message if guard.by is None else f"{guard.message}; allowed by {guard.by}",
            hint=f"To allow it this once, add to the command:\n  {words.override(guard)}"
            if verdict == "blocked"
            else "",
        )
        for guard in guards
        if guard.verdict == verdict
    ]


def of_diagnostics(found: Iterable[Diagnostic]) -> list[Entry]:
    """By place, equal ones about several assistants once. Without the code, which is for machines."""
    return [
        Entry(
            verb=one.severity,
            names=[named] if (named := place(one)) else [],
            said=one.message,
            hint=one.hint or "",
        )
        for one in joined(found)
    ]


def of_outcomes(report: Report, *, good: bool) -> list[Entry]:
    """What went as planned, or what did not; a change the run never came to did not. Where a saved plan is stale, how
    it differs now."""
    stale = {assistant_id_of(change) for change in report.moved}
    of_report = [(change, outcome, checked.of(report, change)) for change, outcome in tally.of_plan(report)]
    went_well = (Result.APPLIED, Result.UNCHANGED)
    return [
        replace(
            _change(Group(changes=(change,)), report.plan.deployment)
            if assistant_id_of(change) in stale
            else Entry(verb=action(change), names=[key_of(change)]),
            said=results.became(outcome, interrupted=report.interrupted) + checked.said(check, outcome),
            tries=list(checked.shown(check)) if check is not None else [],
        )
        for change, outcome, check in of_report
        if (outcome is not None and outcome.result in went_well and checked.is_good(check)) is good
    ]


def of_those_left(plan: Plan) -> list[Entry]:
    """What an apply left as it is, one line each: how it differs was in the plan."""
    return [
        Entry(verb="held", names=[key_of(held.change)], said=results.left(held))
        for held in sorted(plan.held, key=lambda held: order(held.change))
    ]
