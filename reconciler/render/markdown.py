"""A plan or a report as a comment on GitHub: first what needs care, then what changes, each to fold open.

Never longer than GitHub takes (shorten.py), and nothing in it that is not ours links, pings, formats or hides.
"""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.model.plan import Plan
from reconciler.model.report import Report
from reconciler.render import entries, tally, words
from reconciler.render.escape import code, markdown
from reconciler.render.sections import Entry, section, table
from reconciler.render.shorten import LIMIT, Level, fit

_SIDES = "In the differences `-` is what is live now and `+` is what git says."


@dataclass(frozen=True, slots=True)
class _Entries:
    """What plan and report share, made once for all attempts to fit."""

    blocked: list[Entry]
    refused: list[Entry]
    held: list[Entry]
    allowed: list[Entry]
    notes: list[Entry]


def plan(plan: Plan, *, limit: int = LIMIT) -> str:
    """The plan as Markdown of at most `limit` characters (a few thousand are needed); it ends with a line end."""
    counts = {f"to {verb}": number for verb, number in words.counts(plan).items()} | {"unchanged": len(plan.unchanged)}
    counts |= {name: n for name, n in (("left as found", len(plan.held)), ("refused", len(plan.refused))) if n}
    changes, drift = entries.of_plan(plan, drift=False), entries.of_plan(plan, drift=True)
    shared = _shared(plan)

    def render(level: Level) -> str:
        parts = [
            *_head("Plan for", plan, level),
            table(counts),
            *_care(shared, level),
            *section("Changes", changes, level),
            *section("Changed outside git", drift, level, _SIDES),
            *_end(plan, shared, level),
            f"**{words.summary(plan)}**",
        ]
        return "\n\n".join(parts) + "\n"

    return fit(render, limit)


def report(report: Report, *, limit: int = LIMIT) -> str:
    """What an apply did, as Markdown of at most `limit` characters; it ends with a line end."""
    results = {outcome.result for outcome in report.outcomes}
    bad, good = entries.of_outcomes(report, good=False), entries.of_outcomes(report, good=True)
    shared = _shared(report.plan)

    def render(level: Level) -> str:
        parts = [
            *_head("Applied to" if report.exit_code == 0 else "Applied in part to", report.plan, level),
            *section("Not as planned", bad, level),
            *[text for result, text in words.NEXT.items() if result in results],
            *([words.INTERRUPTED] if report.interrupted else []),
            *_care(shared, level),
            *section("Done", good, level),
            *_end(report.plan, shared, level),
            *([tally.proof(report)] if report.outcomes else []),
            *([besides] if (besides := tally.undone(report)) else []),
            f"**{tally.line(report)}**",
        ]
        return "\n\n".join(parts) + "\n"

    return fit(render, limit)


def _shared(plan: Plan) -> _Entries:
    return _Entries(
        blocked=entries.of_guards(plan.guards, "blocked"),
        refused=entries.of_diagnostics(plan.refused),
        held=entries.of_those_held(plan),
        allowed=entries.of_guards(plan.guards, "allowed"),
        notes=entries.of_diagnostics(plan.diagnostics),
    )


def _head(title: str, plan: Plan, level: Level) -> list[str]:
    name = plan.deployment.name
    deployment = f"deployment {code(level.clip(name))}" if name is not None else "the deployment"
    found = [f"## {title} {deployment}", f"Address: {code(level.clip(plan.deployment.url))}"]
    return [*found, f"> {level.said}"] if level.said else found


def _care(shared: _Entries, level: Level) -> list[str]:
    stops = "Apply stops here and writes nothing, until each is allowed for this once:"
    return [
        *section("Blocked", shared.blocked, level, stops),
        *section("Refused, not written", shared.refused, level),
        *section("Left as found, apply does not write it", shared.held, level, _SIDES),
    ]


def _end(plan: Plan, shared: _Entries, level: Level) -> list[str]:
    others = words.others(plan)
    return [
        *section("Allowed", shared.allowed, level),
        *section("Notes", shared.notes, level),
        *([markdown(level.clip(others))] if others else []),
    ]
