"""A plan as one page that opens in a browser, with all of it: no script, nothing that is fetched, nothing shortened."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable

from reconciler.model.plan import Plan
from reconciler.model.trial import Tried
from reconciler.render import comment, entries, headline, plain, sections, told, totals
from reconciler.render.detail import Detail
from reconciler.render.escape import spans, terminal
from reconciler.render.lines import split
from reconciler.render.page_template import STYLE, TEMPLATE
from reconciler.render.visible import shown
from reconciler.render.words import SHORT, counted


def plan(plan: Plan, *, tried: Tried | None = None) -> str:
    """The page, in HTML. Its own policy lets it run and fetch nothing, whatever the plan holds."""
    import jinja2  # takes a while, and most commands make no page

    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "safe_text": terminal,
        "spans": spans,
        "diff": _diff,
        "meanings": _meanings,
        "visible": _visible,
    }
    environment.filters["assistants"] = lambda number: counted(number, "assistant")
    voice = plain.APPLYING
    return environment.from_string(TEMPLATE).render(
        policy=_policy(),
        style=STYLE,
        name=plan.deployment.name,
        head=headline.of(plan, voice, tried),
        told=told.told(plan, voice, tried),
        changes=comment.title(plan, voice),
        tried=comment.TRIED,
        already=comment.ALREADY.format(voice.doing.capitalize()),
        sides=comment.sides(plan, voice) if any(change.fields for change in plan.changes) or plan.held else None,
        stay=(("Unchanged", sorted(plan.unchanged)), ("As git says, and not marked yet", sorted(plan.adopted))),
        facts=_facts(plan),
        most=sections.NAMES,
        short=sections.OPEN,
    )


def _policy() -> str:
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _visible(text: str) -> str:
    """Text of others over its lines, with what cannot be seen made visible."""
    return "\n".join(map(shown, split(text)))


def _diff(found: Iterable[Detail]) -> list[str]:
    return [line for detail in found for line in entries.diff(detail)]


def _meanings(found: Iterable[Detail]) -> list[str]:
    return list({meaning: None for detail in found if (meaning := detail.legend(detail.lines))})


def _facts(plan: Plan) -> list[str]:
    """What the plan is of, and what else is there."""
    facts = [] if plan.offline or not plan.deployment.url else [f"Server: {plan.deployment.url}"]
    facts += [f"Owner: {plan.owner}", f"Commit: {plan.commit or 'unknown'}"]
    facts += [f"Compared with: {plan.base[:SHORT]}"] if plan.base else []
    return facts + ([others] if (others := totals.others(plan)) else [])
