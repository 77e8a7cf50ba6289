"""What a plan or a report says of the assistants that a pull request changed. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable

from msgspec.structs import replace

from reconciler.app.github.document import Changed, Document
from reconciler.app.github.trials import Checked
from reconciler.model.change import State
from reconciler.model.plan import Guard
from reconciler.model.trial import Verdict
from reconciler.render.answer import Fate

AGAIN = "Run the apply workflow again, all of it: the old plan does not count any more."
HELD_BACK = "The next apply does not write it again: it needs another pull request."
LOOK = "Look at what it answers: `reconciler try` shows it."
GOES = "A manifest of that key that only says `removed: delete` deletes it."
NO_MANIFEST = "no-manifest"
"""The code of the diagnostic about an assistant of ours that git does not name any more, where nothing deletes it."""


def planned(plan: Document | None, keys: Iterable[str], *, waits: str) -> list[Fate]:
    """Before an apply: what is in step is live, and what is to be written `waits`, in these words."""
    return [_planned(plan, key, waits) for key in sorted(set(keys))]


def reported(plan: Document | None, report: Document, keys: Iterable[str]) -> list[Fate]:
    """After an apply, which has read back each one that it says was applied. What the plan was to change and the report
    does not know could no longer be done."""
    return [_reported(plan, report, key) for key in sorted(set(keys))]


def unfinished(plan: Document | None, keys: Iterable[str]) -> list[Fate]:
    """After an apply that left no report: what was to be written may be, or not."""
    return planned(plan, keys, waits="is not known to be live: the apply did not finish")


def superseded(fates: Iterable[Fate], later: Collection[str]) -> list[Fate]:
    """The same, where what is live of these keys is what a later change made of them."""
    said = "with a later change of it on the branch"
    return [replace(one, quoted=one.quoted or said) if one.live and one.key in later else one for one in fates]


def obstacles(document: Document) -> list[str]:
    """What stands in the way of everything, and what lets it pass."""
    found = []
    for guard in document.guards:
        if guard.verdict == "blocked":
            found.append(f"The guard `{guard.guard}` blocks the apply: {guard.message}.{_allowed_by(guard)}")
    blocking = [one.key for one in document.held if one.blocks]
    if blocking:
        found.append(f"`on_drift: block` stops the apply: {len(blocking)} changed outside git.")
    return found


def _allowed_by(guard: Guard) -> str:
    """`--allow NAME` is the input `allow` of the workflow, and `--allow-delete KEY` is `allow-delete`."""
    option, _, value = (guard.allow or "").partition(" ")
    if not value:
        return ""
    return f" To allow it once, run the apply workflow by hand with `{value}` as its input `{option.lstrip('-')}`."


def _planned(plan: Document | None, key: str, waits: str) -> Fate:
    if plan is None:
        return Fate(key=key, live=False, said="is not live: there is no plan", todo=AGAIN)
    if (settled := _unwritten(plan, key)) is not None:
        return settled
    if any(one.key == key for one in plan.changes):
        return Fate(key=key, live=False, said="waits: a guard blocks the apply" if plan.blocked else waits)
    return Fate(key=key, live=True, said="is as git says")


def _unwritten(document: Document, key: str) -> Fate | None:
    """What a plan refuses, holds, or would only delete with `prune`; None where it does none of it."""
    refusal = next((one for one in document.refused if one.key == key), None)
    if refusal is not None:
        return Fate(
            key=key, live=False, said="is refused", quoted=refusal.message, todo="Put it right in another pull request."
        )
    held = next((one for one in document.held if one.key == key), None)
    if held is not None:
        return Fate(key=key, live=False, said="is left as it is", quoted=held.why or "", todo=_ways_out(document, held))
    if any(one.code == NO_MANIFEST and one.key == key for one in document.diagnostics):
        stays = "has no manifest any more and is still there: nothing deletes it"
        return Fate(key=key, live=False, said=stays, todo=GOES)
    return None


def _ways_out(document: Document, held: Changed) -> str:
    key = shlex.quote(held.key)
    name = f" -d {shlex.quote(document.deployment)}" if document.deployment is not None else ""
    overwrite = f"`reconciler apply --on-drift overwrite {key}{name}`"
    # A rollback stays, whatever is to be done with drift, unless somebody names this very assistant.
    rolled_back = held.state == State.ROLLED_BACK and not held.ahead
    by = overwrite if rolled_back else f"run the apply workflow by hand with `overwrite` for `on-drift`, or {overwrite}"
    return (
        "Take it into git: run the drift workflow by hand with `accept`, "
        f"or `reconciler pull --drift {key}{name}`. Or make git's live: {by}."
    )


def _reported(plan: Document | None, report: Document, key: str) -> Fate:
    if (settled := _unwritten(report, key)) is not None:
        return settled
    change = next((one for one in report.changes if one.key == key), None)
    if change is None:
        left_out = plan is not None and any(one.key == key for one in plan.changes)
        return _stale(key) if left_out else Fate(key=key, live=True, said="is as git says")
    match change.outcome:
        case "applied" | "unchanged":
            gone = "is deleted, as git says"
            version = f"is live as version {change.version}" if change.version is not None else "is live"
            said = gone if change.action == "delete" else version
            return _checked(Fate(key=key, live=True, said=said, quoted=change.outcome_note or ""), report)
        case "stale":
            return _stale(key)
        case "failed":
            return Fate(key=key, live=False, said="failed", quoted=change.error or "", todo=AGAIN)
        case "rolled_back" if (check := _check(report, key)) is not None:
            undone = f"was taken back, since its check failed: {_again(check.before, change.version)}"
            why = "; ".join(text for text in (change.error, change.outcome_note) if text)
            return Fate(key=key, live=False, said=undone, quoted=why, todo=HELD_BACK)
        case "rolled_back":
            undone = "did not become live, so what was live before is live again"
            return Fate(key=key, live=False, said=undone, quoted=change.error or "", todo=AGAIN)
        case "unknown":
            lost = "is not known to be live: the answer to the write was lost"
            return Fate(key=key, live=False, said=lost, quoted=change.error or "", todo=AGAIN)
        case _:
            return Fate(key=key, live=False, said="was not written: the apply stopped before it", todo=AGAIN)


def _check(report: Document, key: str) -> Checked | None:
    return next((one for one in report.checks if one.key == key), None)


def _again(before: int | None, version: int | None) -> str:
    """What is live after it was taken back: the version before, or a new one that says the same."""
    if version is not None and version == before:
        return f"version {version} is live again"
    return f"what was live before is live again{f', as version {version}' if version is not None else ''}"


def _checked(fate: Fate, report: Document) -> Fate:
    """What is live, with what its tries found that did not go well."""
    check = _check(report, fate.key)
    if check is None or check.verdict in (Verdict.PASSED, Verdict.SHOWN):
        return fate
    found = {
        Verdict.FAILED: ", although its check failed",
        Verdict.UNKNOWN: ", and how its check ended is not known",
        Verdict.NOT_RUN: ", and its check was not made",
    }
    quoted = "; ".join([*([check.kept] if check.kept else []), *check.said])
    return replace(fate, said=f"{fate.said}{found[check.verdict]}", quoted=quoted, todo=LOOK)


def _stale(key: str) -> Fate:
    return Fate(key=key, live=False, said="was not written: it changed between plan and apply", todo=AGAIN)
