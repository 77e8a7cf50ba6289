"""A plan or a report as a comment on GitHub: first what needs care, then what changes, each to fold open.

Never longer than GitHub takes (shorten.py), and nothing in it that is not ours links, pings, formats or hides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct
from msgspec.structs import replace

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.plan import Plan
from reconciler.model.report import Report
from reconciler.model.trial import Tried
from reconciler.render import checked, entries, results, tally, totals, trials, words
from reconciler.render import tried as tries
from reconciler.render.comment import TRIED
from reconciler.render.escape import code, prose
from reconciler.render.plain import APPLYING
from reconciler.render.sections import Entry, section, table
from reconciler.render.shorten import LEVELS, LIMIT, Level, fit, with_answers

_SIDES = "In the differences `-` is what is live now and `+` is what git says."


class _Entries(Struct, frozen=True):
    """What plan and report share, made once for all attempts to fit."""

    blocked: list[Entry]
    refused: list[Entry]
    held: list[Entry]
    allowed: list[Entry]
    notes: list[Entry]


def plan(plan: Plan, *, tried: Tried | None = None, limit: int = LIMIT) -> str:
    """The plan as Markdown of at most `limit` characters (a few thousand are needed); it ends with a line end."""
    counts = {f"to {verb}": number for verb, number in totals.counts(plan).items()}
    counts |= {"unchanged": len(plan.unchanged)} | totals.differ(plan)
    changes, drift = entries.of_plan(plan, drift=False), entries.of_plan(plan, drift=True)
    blocking = entries.of_those_held(plan, blocks=True)
    shared = _shared(plan, entries.of_those_held(plan, blocks=False), plan.diagnostics)
    left = dict(trials.by_key(tried.trials)) if tried is not None else {}
    changes, drift, blocking, held = (
        [entries.tried(entry, left) for entry in found] for found in (changes, drift, blocking, shared.held)
    )
    shared = replace(shared, held=held)
    others = [entries.tried(Entry(verb="unchanged", names=[key]), left) for key in list(left)]

    def render(level: Level) -> str:
        parts = [
            *_head("Plan for", plan, level),
            table(counts),
            *_tried(tried, level),
            *section("Blocked", [*shared.blocked, *blocking], level, counted=False),
            *_care(shared, level, _SIDES),
            *section("From git", changes, level),
            *section("Changed outside git, apply overwrites it", drift, level, _SIDES),
            *section(TRIED, others, level),
            *_end(plan, shared, level),
            f"**{totals.summary(plan)}**",
        ]
        return "\n\n".join(parts) + "\n"

    return fit(render, limit, levels=with_answers(LEVELS) if tried is not None and tried.trials else LEVELS)


def _tried(tried: Tried | None, level: Level) -> list[str]:
    red = [prose(level.clip(line)) for line in tries.stops(tried, APPLYING)]
    said = " ".join(prose(level.clip(line)) for line in tries.told(tried))
    return [*(["> [!CAUTION]\n> " + "<br>".join(red)] if red else []), *([said] if said else [])]


def report(report: Report, *, limit: int = LIMIT, size: Callable[[str], int] = len) -> str:
    """What an apply did, as Markdown of at most `limit` characters, or what `size` counts; it ends with a line end."""
    whole = report.exit_code == 0 and report.converged
    bad, good = entries.of_outcomes(report, good=False), entries.of_outcomes(report, good=True)
    shared = _shared(report.plan, entries.of_those_left(report.plan), report.diagnostics)

    def render(level: Level) -> str:
        parts = [
            *_head("Applied to" if whole else "Applied in part to", report.plan, level),
            *section("Not as planned", bad, level),
            *results.advice(report),
            *([results.interrupted(report)] if report.interrupted else []),
            *section("Blocked", shared.blocked, level, counted=False),
            *_care(shared, level, results.LEFT),
            *section("Done", good, level),
            *_end(report.plan, shared, level),
            *([tally.proof(report)] if report.outcomes else []),
            *([besides] if (besides := tally.undone(report)) else []),
            *([numbers] if (numbers := checked.counts(report)) else []),
            f"**{tally.line(report)}**",
        ]
        return "\n\n".join(parts) + "\n"

    return fit(render, limit, size, levels=with_answers(LEVELS) if report.checks else LEVELS)


def _shared(plan: Plan, held: list[Entry], diagnostics: Iterable[Diagnostic]) -> _Entries:
    return _Entries(
        blocked=entries.of_guards(plan.guards, "blocked"),
        refused=entries.of_diagnostics(plan.refused),
        held=held,
        allowed=entries.of_guards(plan.guards, "allowed"),
        notes=entries.of_diagnostics(diagnostics),
    )


def _head(title: str, plan: Plan, level: Level) -> list[str]:
    name = plan.deployment.name
    deployment = f"deployment {code(level.clip(name))}" if name is not None else "the deployment"
    stops = totals.blocked(plan, lambda name: code(level.clip(name)))
    return [
        f"## {title} {deployment}",
        *([f"> [!CAUTION]\n> **Blocked:** {stops}"] if stops else []),
        _asked(plan, level),
        *([f"> {level.said}"] if level.said else []),
    ]


def _asked(plan: Plan, level: Level) -> str:
    """What was compared with."""
    if plan.offline:
        base = f"commit {code(plan.base[: words.SHORT])}" if plan.base else "the base commit"
        return f"Compared with {base}; no server was asked."
    return f"Address: {code(level.clip(plan.deployment.url))}"


def _care(shared: _Entries, level: Level, note: str) -> list[str]:
    return [
        *section("Refused, not written", shared.refused, level),
        *section("Left as it is, apply does not write it", shared.held, level, note),
    ]


def _end(plan: Plan, shared: _Entries, level: Level) -> list[str]:
    others = totals.others(plan)
    return [
        *section("Allowed", shared.allowed, level),
        *section("Notes", shared.notes, level),
        *([prose(level.clip(others))] if others else []),
    ]
