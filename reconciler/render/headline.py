"""What a plan comes to, said at once: a title, and a few sentences under it.

Everything returned may hold untrusted text, names in backticks, and is escaped by whoever prints it.
"""

from __future__ import annotations

from collections import Counter

from msgspec import Struct

from reconciler.model.change import Activate, Change, Create, Delete, Reason, Update, key_of
from reconciler.model.plan import Plan
from reconciler.model.trial import Tried
from reconciler.render import plain, totals
from reconciler.render import tried as tries
from reconciler.render.plain import Voice
from reconciler.render.words import counted

SETTINGS_NOT_USED = "settings-not-used"
"""The code of the diagnostic that belongs into the headline: what was planned is not what the settings here say."""


class Headline(Struct, frozen=True, kw_only=True):
    """`title` follows the deployment's name. `stops` is why nothing, or not all, would be written; `red` what of the
    tries is not as it should be, a line each; `told` are the sentences under it, `tried` those about the tries."""

    title: str
    stops: str | None
    red: tuple[str, ...]
    told: tuple[str, ...]
    tried: tuple[str, ...]


def of(plan: Plan, voice: Voice, tried: Tried | None = None) -> Headline:
    """The headline of a plan, and of what was tried of it."""
    return Headline(
        title=_title(plan, voice) + tries.title(tried),
        stops=_stops(plan, voice),
        red=tries.stops(tried, voice),
        told=tuple(_told(plan, voice)),
        tried=tries.told(tried),
    )


def _title(plan: Plan, voice: Voice) -> str:
    if plan.blocked and not plan.offline:
        return f"blocked, {voice.doing} would write nothing"
    if not plan.changes:
        return f"{voice.doing} would write nothing" if plan.refused and not plan.offline else "no changes"
    if plan.offline:
        return f"{voice.ours} {_does(plan, 'plural' if voice is plain.APPLYING else 'singular')}"
    return f"{voice.doing} {_does(plan, 'singular')}"


_DOES: dict[str, tuple[str, str, str]] = {
    "new": ("adds", "add", "{} new"),
    "changes": ("changes", "change", "{}"),
    "back": ("takes", "take", "{} back to a version that it had"),
    "removed": ("removes", "remove", "{}"),
    "label": ("labels", "label", "{} without changing what it does"),
}


def _kind(change: Change) -> str:
    match change:
        case Create():
            return "new"
        case Activate():
            return "back"
        case Delete():
            return "removed"
        case Update():
            return "label" if plain.labels_only(change) else "changes"


def _does(plan: Plan, number: str) -> str:
    """`changes 2 assistants and removes 1`."""
    found = Counter(map(_kind, plan.changes))
    parts: list[str] = []
    for kind, (singular, plural, many) in _DOES.items():
        if count := found[kind]:
            noun = "" if parts else " assistant" if count == 1 else " assistants"
            head, _, rest = many.format(f"{count:,}").partition(" ")
            text = f"{head} {rest}{noun}" if kind == "new" else f"{head}{noun}{f' {rest}' if rest else ''}"
            text = text if count == 1 else text.replace("it does", "they do").replace("it had", "they had")
            parts.append(f"{singular if number == 'singular' else plural} {text}")
    return listed(parts)


def listed(parts: list[str]) -> str:
    """`a, b and c`."""
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else "".join(parts)


def _stops(plan: Plan, voice: Voice) -> str | None:
    found: list[str] = []
    if plan.blocked:
        guards = [f"`{one.guard}`" for one in plan.guards if one.verdict == "blocked"]
        held = sum(one.blocks for one in plan.held)
        why = [f"the guard{'s' if len(guards) > 1 else ''} {listed(guards[:NAMED])}"] if guards else []
        why += [f"{counted(held, 'assistant')} that {_were(held)} edited outside git"] if held else []
        verb = "stops" if len(guards) + held == 1 else "stop"
        found.append(f"{listed(why)[:1].upper()}{listed(why)[1:]} {verb} it. Why, and how to let it through, is below.")
        if plan.changes and not plan.offline:
            found.append(f"Let through, it would {_does(plan, 'plural')}.")
    if plan.refused:
        one = len(plan.refused) == 1
        what = f"{'one assistant' if one else f'{len(plan.refused):,} assistants'}"
        found.append(f"What git says of {what} is refused, and would not be written: the reason is below.")
    return " ".join(found) or None


NAMED = 20
"""Guards that are named; there are fewer."""


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _told(plan: Plan, voice: Voice) -> list[str]:
    if plan.offline:
        return [
            "Compared with the base commit only. No server was asked, so what is live, and whether somebody edited it "
            "in Studio, is not known here."
        ]
    told: list[str] = []
    if plan.is_empty:
        return [totals.summary(plan)]
    if plan.changes and not plan.blocked:
        told.append(_effect(plan))
    if origin := _origin(plan, voice):
        told.append(origin)
    if (overwritten := _overwritten(plan)) and not plan.blocked:
        edits = "that edit is" if overwritten == 1 else "those edits are"
        told.append(f"{overwritten:,} of them {_were(overwritten)} {plain.OUTSIDE}: {edits} overwritten.")
    left = sum(not one.blocks for one in plan.held)
    if left:
        is_ = "is left as it is" if left == 1 else "are left as they are"
        told.append(f"{counted(left, 'assistant')} that {_were(left)} {plain.OUTSIDE}, {is_}.")
    return told


def _effect(plan: Plan) -> str:
    kinds = set(map(_kind, plan.changes))
    if kinds <= {"label"}:
        return "Nothing that they say or do changes."
    if kinds <= {"new", "label"}:
        return "It takes effect at once."
    return "It takes effect at once, in running conversations too: a conversation gets it with its next message."


def _overwritten(plan: Plan) -> int:
    """How many edits are lost to what the pull request itself is about, or to anything where nobody asked."""
    edited = (one for one in plan.changes if Reason.DRIFT in one.reasons and isinstance(one, Update | Activate))
    return sum(plan.proposed is None or key_of(one) in plan.proposed for one in edited)


def _origin(plan: Plan, voice: Voice) -> str | None:
    """Whose the changes are, where not all are of the pull request."""
    if plan.proposed is None or not plan.changes:
        return None
    ours = sum(key_of(one) in plan.proposed for one in plan.changes)
    outside = sum(key_of(one) not in plan.proposed and Reason.DRIFT in one.reasons for one in plan.changes)
    before = len(plan.changes) - ours - outside
    if not (before or outside):
        return None
    parts = [f"{ours:,} {'is' if ours == 1 else 'are'} from {voice.ours}" if ours else f"none is from {voice.ours}"]
    parts += [f"{before:,} {_were(before)} on main already and not applied yet"] if before else []
    parts += [f"{outside:,} {_were(outside)} {plain.OUTSIDE}"] if outside else []
    return f"Of these, {listed(parts)}."
