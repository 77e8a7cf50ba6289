"""Why a change is there, what is live, what to do about it: in words a writer of prompts knows.

Everything returned may hold untrusted text and is escaped by whoever prints it.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import assert_never

from reconciler.model.change import Activate, Change, Create, Delete, Losses, Reason, State, Update
from reconciler.model.plan import Deployment, Guard, Held, Plan

SHORT = 12
"""Characters of a commit's id."""


def where(deployment: Deployment) -> str:
    """`Deployment staging at https://…`: how every plan begins."""
    name = f"Deployment {deployment.name}" if deployment.name is not None else "Deployment"
    return f"{name} at {deployment.url}"


def compared(plan: Plan) -> str:
    """How a plan for which no server was asked begins: what it is a comparison with."""
    name = f"Deployment {plan.deployment.name}" if plan.deployment.name is not None else "Deployment"
    base = f"commit {plan.base[:SHORT]}" if plan.base else "the base commit"
    return f"{name}, compared with {base}; no server was asked"


def counted(number: int, thing: str, plural: str | None = None) -> str:
    """`1 assistant`, `2 assistants`."""
    return f"{number:,} {thing if number == 1 else plural or thing + 's'}"


def why(change: Change) -> str:
    """Why this change is there and what apply makes of it. Changes that read alike can be shown as one."""
    match change:
        case Create():
            return f"{cause(change)}: it is made again" if Reason.DRIFT in change.reasons else cause(change)
        case Update():
            return _why_update(change)
        case Activate():
            return _why_activate(change)
        case Delete():
            return cause(change)
        case _:
            assert_never(change)


def _why_update(change: Update) -> str:
    reasons = set(change.reasons)
    if Reason.ROLLBACK in reasons:
        return f"{cause(change)}: it is sent as a new version"
    if change.state is State.ROLLED_BACK:
        return f"{cause(change)}; applying this ends the rollback"
    if change.state is State.HALF_RESTORED or (Reason.DRIFT in reasons and change.live.mark is None):
        return f"{cause(change)}: this writes what git says"
    if Reason.DRIFT in reasons:
        does = "writes" if Reason.MANIFEST in reasons else "puts back"
        return f"{cause(change)}: this {does} what git says, and their version stays in the history"
    return cause(change)


def _why_activate(change: Activate) -> str:
    if Reason.ROLLBACK in change.reasons:
        return f"{cause(change)}: it is made active again"
    older = change.target < change.live.row.number
    holds = "an older version" if older else f"version {change.target}"
    ends = ", which ends the rollback" if change.state is State.ROLLED_BACK else ""
    return f"{cause(change)}; {holds} already holds this content: apply makes it active again{ends}"


def cause(change: Change) -> str:
    """What happened, without what apply makes of it."""
    match change:
        case Create():
            return _cause_of_creation(change)
        case Delete():
            edited = ", though somebody changed it outside git" if Reason.DRIFT in change.reasons else ""
            said = "its manifest says `removed: delete`" if change.removed is not None else None
            return f"{said or 'git has no manifest for it any more'}{edited}"
        case Update() | Activate():
            return _cause_of_rewrite(change)
        case _:
            assert_never(change)


def _cause_of_creation(change: Create) -> str:
    if Reason.DRIFT in change.reasons:
        return "somebody deleted it outside git"
    if change.note is not None:  # it says the rest
        return "in git, and not on the server"
    if change.wanted.adopts:
        return "the manifest names this assistant_id and the deployment has none such: it is made under that id"
    return "new in git"


def _cause_of_rewrite(change: Update | Activate) -> str:
    reasons = set(change.reasons)
    if change.wanted.released:
        return "its manifest says `removed: keep`: git lets it go, and only the notes that this tool keeps in it go"
    if Reason.ROLLBACK in reasons:
        return "you asked for an earlier version"
    too = ", and git has changed too" if {Reason.DRIFT, Reason.MANIFEST} <= reasons else ""
    if change.state is State.ROLLED_BACK:
        return f"it was rolled back to an older version{too}"
    if change.state is State.HALF_RESTORED:
        return f"version {change.live.row.number} was made active, and this server brought only part of it back"
    if Reason.DRIFT in reasons and change.live.mark is None:
        return "it was made outside git, and it is not what git says"
    if Reason.DRIFT in reasons:
        return f"somebody changed it outside git{too}"
    if Reason.MANIFEST in reasons:
        if change.wanted.default and change.live.mark is None:
            return "the default assistant of this graph, which git manages from now on"
        return "git changed"
    if Reason.ADOPT in reasons:
        return "taken over by git; only the notes that this tool keeps in its metadata are added"
    return "the content stays; only the notes that this tool keeps in its metadata change"


def live(change: Change) -> str:
    """What is live now, where something is; for an activation also what will be."""
    match change:
        case Create():
            return ""
        case Activate():
            now = now_live(change)
            return f"{now}, version {change.target} becomes live" if now else ""
        case Update():
            return now_live(change)
        case Delete():
            now = now_live(change)
            return f"{now}; {goes(change.losses)}" if now else "all its versions go with it"
        case _:
            assert_never(change)


def goes(losses: Losses) -> str:
    """What a deletion takes with it and what it leaves: `takes its 12 versions with it; 3 threads stay, …`."""
    versions = "all its versions" if losses.versions is None else f"its {counted(losses.versions, 'version')}"
    if losses.more and losses.versions is not None:
        versions = f"more than {counted(losses.versions, 'version')}"
    return f"takes {versions} with it; {stays(losses)}"


def stays(losses: Losses) -> str:
    """What a deletion leaves: threads; and the crons, which it does not."""
    match (losses.threads, losses.crons):
        case (None, None):
            return "threads and crons: unknown on this server"
        case (0, 0):
            return "no threads, no crons"
        case (threads, crons):
            return f"{_threads(threads)}, {_crons(crons)}"


def _threads(number: int | None) -> str:
    if number is None:
        return "threads: unknown on this server"
    return f"{counted(number, 'thread')} {'stays' if number == 1 else 'stay'}" if number else "no threads"


def _crons(number: int | None) -> str:
    if number is None:
        return "crons: unknown on this server"
    if not number:
        return "no crons"
    goes, whose = ("goes", "its") if number == 1 else ("go", "their")
    return f"{counted(number, 'cron')} {goes} ({whose} runs are interrupted)"


def now_live(change: Change) -> str:
    """What is live now, where something is; nothing where no server was asked, so that its version has no number."""
    if isinstance(change, Create) or not change.live.row.number:
        return ""
    return f"version {change.live.row.number} is live"


def held(one: Held) -> str:
    """Why a change is not made, without a word of what it would be."""
    change = one.change
    known = not isinstance(change, Create) and change.live.mark is not None
    too = known and {Reason.DRIFT, Reason.MANIFEST} <= set(change.reasons)
    return f"{one.why}; git has changed it too" if too else one.why


def override(guard: Guard) -> str:
    """The exact option that lets apply pass a guard."""
    if guard.allow is None:
        return f"--allow {guard.guard}"
    return guard.allow if guard.allow.startswith("-") else f"--allow {guard.allow}"


def ways_out(held: Held, keys: Iterable[str], deployment: Deployment) -> list[tuple[str, str]]:
    """What to do about what is held because of what happened outside git: a title and a command each."""
    return either_way(keys, deployment) if Reason.DRIFT in held.change.reasons else []


def either_way(keys: Iterable[str], deployment: Deployment) -> list[tuple[str, str]]:
    """How git comes to say what is live, and how what is live comes to be what git says."""
    keys = tuple(keys)
    return [
        ("To take what is live into git:", command("pull", deployment, "--drift", *keys)),
        ("To let git win:", command("apply", deployment, "--on-drift", "overwrite", *keys)),
    ]


def command(name: str, deployment: Deployment, *words: str) -> str:
    """A command about this deployment, to paste into a shell."""
    chosen = ["-d", deployment.name] if deployment.name is not None else []
    return shlex.join(["reconciler", name, *chosen, *words])
