"""Drift as an issue or a comment on GitHub: never longer than that takes, and nothing in it that is not ours links,
pings, formats or hides."""

from __future__ import annotations

from reconciler.model.drift import Drift, Drifted
from reconciler.model.plan import Deployment
from reconciler.render import drift_words, entries, values
from reconciler.render.detail import details
from reconciler.render.escape import code, prose
from reconciler.render.sections import Entry, section, sentence
from reconciler.render.shorten import LIMIT, Level, fit

_SIDES = "In the differences `-` is what git last applied and `+` is what is live now."


def drift(drift: Drift, *, limit: int = LIMIT) -> str:
    """The drift as Markdown of at most `limit` characters (a few thousand are needed); it ends with a line end."""
    changed, gone = (
        [_entry(group, drift.deployment) for group in drift_words.groups(drift.drifted, missing=missing)]
        for missing in (False, True)
    )
    refused, notes = entries.of_diagnostics(drift.refused), entries.of_diagnostics(drift.diagnostics)
    besides = drift_words.besides(drift)

    def render(level: Level) -> str:
        name = drift.deployment.name
        deployment = f"deployment {code(level.clip(name))}" if name is not None else "the deployment"
        parts = [
            f"## What happened outside git to {deployment}",
            f"Address: {code(level.clip(drift.deployment.url))}",
            *([f"> {level.said.replace('reconciler plan', 'reconciler drift')}"] if level.said else []),
            *section(drift_words.CHANGED, changed, level, _SIDES),
            *section(drift_words.MISSING, gone, level),
            *section("Refused, so what happened to it cannot be told", refused, level),
            *section("Notes", notes, level),
            *([prose(besides)] if besides else []),
            f"**{drift_words.summary(drift)}**",
        ]
        return "\n\n".join(parts) + "\n"

    return fit(render, limit)


def _entry(group: tuple[Drifted, ...], deployment: Deployment) -> Entry:
    first = group[0]
    shown = [detail for field in first.fields for detail in details(field)]
    meanings = {meaning: None for detail in shown if (meaning := detail.legend(detail.lines))}
    body = [prose(sentence(first.note))] if first.note else []
    body += [f"{title} {code(command)}" for title, command in drift_words.ways_out(group, deployment)]
    body += [f"({prose(meaning)})" for meaning in meanings]
    return Entry(
        verb=first.state,
        names=[one.wanted.key for one in group],
        count=len(group),
        said=drift_words.cause(first),
        fields=[values.label(field.path) for field in first.fields],
        where=[_where(one) for one in group],
        body=body,
        diff=[line for detail in shown for line in entries.diff(detail)],
    )


def _where(one: Drifted) -> str:
    said = "; ".join(part for part in (drift_words.live(one), drift_words.applied(one)) if part)
    place = code(f"{one.wanted.path}:{one.wanted.line}")
    return f"{place}: {prose(said)}" if said else place
