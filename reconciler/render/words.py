"""Why a change is there, what became of it, how many there are: in words a writer of prompts knows.

Everything returned may hold untrusted text and is escaped by whoever prints it.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import assert_never

from reconciler.model.change import Activate, Change, Create, Delete, Reason, State, Update, action
from reconciler.model.plan import Deployment, Guard, Held, Plan
from reconciler.model.report import Outcome, Result

RAN = {"create": "created", "update": "updated", "activate": "activated", "delete": "deleted"}


def where(deployment: Deployment) -> str:
    """`Deployment staging at https://…`: how every plan begins."""
    name = f"Deployment {deployment.name}" if deployment.name is not None else "Deployment"
    return f"{name} at {deployment.url}"


def counted(number: int, thing: str, plural: str | None = None) -> str:
    """`1 assistant`, `2 assistants`."""
    return f"{number:,} {thing if number == 1 else plural or thing + 's'}"


def why(change: Change) -> str:
    """Why this change is there and what it means, without anything that differs between assistants of one group."""
    match change:
        case Create():
            return _why_create(change)
        case Update():
            return _why_update(change)
        case Activate():
            older = "an older version already holds this content: that one becomes active again, no new one is made"
            return f"{cause(change)}; {older}"
        case Delete():
            return f"{cause(change)}; all its versions go with it"
        case _:
            assert_never(change)


def _why_create(change: Create) -> str:
    if Reason.DRIFT not in change.reasons and change.wanted.adopts:
        return "the manifest names this assistant_id and the deployment has none such: it is made under that id"
    return f"{cause(change)}: it is made again" if Reason.DRIFT in change.reasons else cause(change)


def _why_update(change: Update) -> str:
    if change.state is State.ROLLED_BACK:
        return f"{cause(change)}; applying this ends the rollback"
    if Reason.DRIFT in change.reasons:
        return f"{cause(change)}: this puts back what git says, and their version stays in the history"
    return cause(change)


def cause(change: Change) -> str:
    """What happened, without what apply makes of it."""
    reasons = set(change.reasons)
    too = ", and git has changed too" if {Reason.DRIFT, Reason.MANIFEST} <= reasons else ""
    match change:
        case Create():
            return "somebody deleted it outside git" if Reason.DRIFT in reasons else "new in git"
        case Delete():
            edited = ", though somebody changed it outside git" if Reason.DRIFT in reasons else ""
            return f"git has no manifest for it any more{edited}"
        case Update() | Activate():
            if change.state is State.ROLLED_BACK:
                return f"it was rolled back to an older version{too}"
            if change.state is State.HALF_RESTORED:
                return "going back to an older version stopped half way: this finishes it"
            if Reason.DRIFT in reasons and change.live.mark is None:
                return "it was made outside git, and it is not what git says"
            if Reason.DRIFT in reasons:
                return f"somebody changed it outside git{too}"
            if Reason.MANIFEST in reasons:
                return "git changed"
            if Reason.ADOPT in reasons:
                return "taken over: from now on it is managed from git"
            return "the content stays; only the notes that this tool keeps in its metadata change"
        case _:
            assert_never(change)


def live(change: Change) -> str:
    """What is live now, where something is; for an activation also what will be."""
    match change:
        case Create():
            return ""
        case Activate():
            return f"from version {change.live.row.number} back to version {change.target}"
        case Update() | Delete():
            return f"version {change.live.row.number} is live"
        case _:
            assert_never(change)


def became(outcome: Outcome) -> str:
    """What became of one change, as a clause after its name."""
    said = f": {outcome.error}" if outcome.error else ""
    match outcome.result:
        case Result.APPLIED:
            return _applied(outcome)
        case Result.UNCHANGED:
            return "not written: it was as git says already"
        case Result.HELD:
            return f"left as it is{said}"
        case Result.STALE:
            return f"NOT written: it changed on the server after the plan was made{said}"
        case Result.FAILED:
            return f"FAILED{said}"
        case Result.UNKNOWN:
            return f"UNKNOWN, the server may or may not have done it{said}"
        case Result.ROLLED_BACK:
            version = f", version {outcome.version} is live again" if outcome.version else ""
            return f"written and TAKEN BACK{version}{said}"
        case _:
            assert_never(outcome.result)


def _applied(outcome: Outcome) -> str:
    change = outcome.change
    version = f", version {outcome.version} is live" if outcome.version is not None else ""
    match change:
        case Update() if Reason.DRIFT in change.reasons:
            return f"updated{version}; version {change.live.row.number}, made outside git, stays in the history"
        case Create() | Update():
            return f"{RAN[action(change)]}{version}"
        case Activate():
            if outcome.version in (None, change.target):
                return f"version {change.target} is active again"
            return f"the server brought only part of version {change.target} back, so all of it was sent{version}"
        case Delete():
            return "deleted, with all its versions"
        case _:
            assert_never(change)


NEXT = {
    Result.STALE: "What changed meanwhile: run plan and apply again.",
    Result.FAILED: "What failed: put right what the error names, then run apply again. All else stays written.",
    Result.UNKNOWN: "What is unknown: run plan, it shows what the server holds now.",
    Result.ROLLED_BACK: "What was taken back: put right what the check found, then apply again.",
}
"""What to do where something did not go as planned."""


INTERRUPTED = "Interrupted: it was stopped before all was done. Run apply again for the rest."


def override(guard: Guard) -> str:
    """The exact option that lets apply pass a guard."""
    if guard.allow is None:
        return f"--allow {guard.guard}"
    return guard.allow if guard.allow.startswith("-") else f"--allow {guard.allow}"


def ways_out(held: Held, keys: Iterable[str]) -> list[tuple[str, str]]:
    """What to do about what is held because of what happened outside git: a title and a command each.

    The other way out, taking what is live into git, is done by hand: the lines marked - above are what to write.
    """
    if Reason.DRIFT not in held.change.reasons:
        return []
    listed = " ".join(shlex.quote(key) for key in keys)
    return [
        (
            "To keep what is live, write it into the manifest. To let git win:",
            f"reconciler apply --on-drift overwrite {listed}",
        )
    ]


def others(plan: Plan) -> str | None:
    """What else the deployment holds that this plan leaves alone, in one sentence; None where there is nothing."""
    parts: list[str] = []
    if plan.adopted:
        number = len(plan.adopted)
        parts.append(
            f"{number:,} adopted but not marked yet (until then nobody can tell when "
            f"{'it is' if number == 1 else 'they are'} changed or removed outside git; apply --adopt marks "
            f"{'it' if number == 1 else 'them'})"
        )
    if plan.unmanaged:
        parts.append(f"{plan.unmanaged:,} not managed from git")
    parts += [f"{number:,} managed by {owner}" for owner, number in sorted(plan.foreign.items())]
    if plan.copies:
        parts.append(counted(plan.copies, "copy of a managed one", "copies of managed ones"))
    return f"Also there: {', '.join(parts)}." if parts else None


def counts(plan: Plan) -> dict[str, int]:
    """How many changes of each action, those of none too."""
    return {verb: sum(action(change) == verb for change in plan.changes) for verb in RAN}


def summary(plan: Plan) -> str:
    """The last line of a plan: what will happen, in numbers."""
    if plan.is_empty:
        number = len(plan.unchanged)
        if not number:
            return "No changes. There is no assistant to manage."
        return f"No changes. {counted(number, 'assistant')} {'is' if number == 1 else 'are'} exactly as git says."
    made = [f"{number:,} to {verb}" for verb, number in counts(plan).items()]
    return f"Plan: {', '.join(made)}; {len(plan.unchanged):,} unchanged."


def besides(plan: Plan) -> str | None:
    """What differs and is not written, in numbers; None where there is nothing."""
    differ = ((len(plan.held), "left as found"), (len(plan.refused), "refused"))
    parts = [f"{number:,} {name}" for number, name in differ if number]
    return f"Besides: {', '.join(parts)}." if parts else None
