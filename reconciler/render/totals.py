"""A plan in numbers: what it does, what it leaves, what stops it.

Everything returned may hold untrusted text and is escaped by whoever prints it.
"""

from __future__ import annotations

from collections.abc import Callable

from reconciler.model.change import ACTIONS, action, key_of, order
from reconciler.model.plan import Plan
from reconciler.render.words import counted


def counts(plan: Plan) -> dict[str, int]:
    """How many changes of each action, those of none too."""
    return {verb: sum(action(change) == verb for change in plan.changes) for verb in ACTIONS.values()}


def differ(plan: Plan) -> dict[str, int]:
    """How many differ and are not written, by why; only where there are any."""
    blocking = sum(held.blocks for held in plan.held)
    found = {"left as it is": len(plan.held) - blocking, "blocked": blocking, "refused": len(plan.refused)}
    found |= {"not so in the saved plan": len(plan.left_out)}
    return {name: number for name, number in found.items() if number}


def summary(plan: Plan) -> str:
    """The last line of a plan: what will happen, in numbers."""
    if plan.is_empty and plan.rollback:
        return "No changes. There is nothing to roll back."
    if plan.is_empty:
        return f"No changes. {_all_as_git_says(plan)}"
    made = [f"{number:,} to {verb}" for verb, number in counts(plan).items()]
    return f"Plan: {', '.join(made)}; {unchanged(plan)}."


def _all_as_git_says(plan: Plan) -> str:
    marked, unmarked = len(plan.unchanged), len(plan.adopted)
    number = marked + unmarked
    if not number:
        return "There is no assistant to manage."
    said = f"{counted(number, 'assistant')} {'is' if number == 1 else 'are'}"
    if plan.offline:
        return f"{said} exactly as at the base commit."
    if not unmarked:
        return f"{said} exactly as git says."
    return f"{said} as git says, {f'{unmarked:,} of them ' if marked else ''}not marked yet."


def unchanged(plan: Plan) -> str:
    """`5 unchanged`, and how many of no marker, which are as git says too."""
    unmarked = f", {len(plan.adopted):,} as git says but not marked yet" if plan.adopted else ""
    return f"{len(plan.unchanged):,} unchanged{unmarked}"


def besides(plan: Plan) -> str | None:
    """What differs and is not written, in numbers; None where there is nothing."""
    parts = [f"{number:,} {name}" for name, number in differ(plan).items()]
    return f"Besides: {', '.join(parts)}." if parts else None


def blocked(plan: Plan, quote: Callable[[str], str] = str) -> str | None:
    """What stops the whole apply, in one clause; None where nothing does. `quote` marks a name as one."""
    parts: list[str] = []
    guards = [quote(guard.guard) for guard in plan.guards if guard.verdict == "blocked"]
    if guards:
        parts.append(f"guard{'s' if len(guards) > 1 else ''} {', '.join(guards)}")
    keys = [key_of(held.change) for held in sorted(plan.held, key=lambda held: order(held.change)) if held.blocks]
    if keys:
        more = f" and {len(keys) - 1:,} more" if len(keys) > 1 else ""
        parts.append(f"{quote('on_drift')} of {quote(keys[0])}{more}")
    return f"apply would write nothing ({'; '.join(parts)})." if parts else None


def others(plan: Plan) -> str | None:
    """What else the deployment holds that this plan leaves alone, in one sentence; None where there is nothing."""
    parts = [f"{plan.unmanaged:,} not managed from git"] if plan.unmanaged else []
    parts += [f"{number:,} managed by {owner}" for owner, number in sorted(plan.foreign.items())]
    if plan.copies:
        parts.append(counted(plan.copies, "copy of a managed one", "copies of managed ones"))
    return f"Also there: {', '.join(parts)}." if parts else None
