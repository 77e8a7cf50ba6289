"""A plan as decisions, and a saved plan against the one that would be made now. Pure.

A saved plan only narrows: what is done stands in it *and* in the plan that is made again from git and the server, with
the same assistant, action, target version, wanted hash, live version and live hash.

| the file has it | needed now        | then                                                        |
|-----------------|-------------------|-------------------------------------------------------------|
| yes             | equal             | done                                                        |
| yes             | otherwise         | stale: not written, named with what moved and what differs  |
| yes             | held, or refused  | stale, and why                                              |
| yes             | no, it is so      | a note                                                      |
| yes             | no, git moved on  | stale                                                       |
| no              | yes               | not written, a note                                         |
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from reconciler.core.plan import Options
from reconciler.model.change import (
    Change,
    Delete,
    action,
    assistant_id_of,
    key_of,
    live_of,
    order,
    target_of,
    wanted_of,
)
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.identity import derived_id
from reconciler.model.json import JsonObject, digest
from reconciler.model.live import Live
from reconciler.model.plan import Held, Plan
from reconciler.model.saved import Decision, Identity, SavedPlan, Shape
from reconciler.model.spec import FORM
from reconciler.model.wanted import Removed, Wanted

NOT_IN_PLAN, STALE, ALREADY = "not-in-plan", "stale", "already-so"

MOST_IDS, LONGEST = 5, 100
"""Names of a file that are shown at once, and the characters of each."""


def save(plan: Plan, options: Options, identity: Identity, made_at: str) -> SavedPlan:
    """What `plan` decided. Equal for equal inputs, apart from the time."""
    selected = options.selected
    return SavedPlan(
        deployment=plan.deployment,
        identity=identity,
        owner=plan.owner,
        commit=plan.commit,
        made_at=made_at,
        options=Shape(
            prune=options.prune,
            adopt=options.adopt,
            on_drift=options.on_drift,
            selected=tuple(sorted(selected)) if selected is not None else None,
            named=tuple(sorted(options.named)),
            allow=tuple(sorted(options.allow)),
            allow_delete=tuple(sorted(options.allow_delete)),
        ),
        changes=tuple(decide(change) for change in sorted(plan.changes, key=order)),
    )


def decide(change: Change) -> Decision:
    """A change without its content."""
    wanted, live = wanted_of(change), live_of(change)
    return Decision(
        key=key_of(change),
        assistant_id=assistant_id_of(change),
        action=action(change),
        target_version=target_of(change),
        wanted=wanted_hash(wanted) if wanted is not None else None,
        live_version=live.row.number if live is not None else None,
        live=live_hash(live) if live is not None else None,
    )


def wanted_hash(wanted: Wanted) -> str:
    """Of the wanted spec and of all else in the manifest that shapes what is sent."""
    said: JsonObject = {
        "spec": wanted.spec.as_json(),
        "default": wanted.default,
        "protected": wanted.protected,
        "ignore": [list(path) for path in wanted.ignore],
    }
    if wanted.released:
        said["released"] = True
    return f"{FORM}:{digest(said)}"


def live_hash(live: Live) -> str:
    """Of all by which `core.pin.moved` tells that an assistant moved, but for the version."""
    row = live.row
    found: JsonObject = {
        "spec": row.spec.as_json(),
        "residue": row.residue,
        "marker": row.marker.as_json() if row.marker is not None else None,
    }
    return f"{FORM}:{digest(found)}"


def keeps(saved: SavedPlan) -> Callable[[Change], bool]:
    """Whether a change that is needed now is one that was decided."""
    decided = frozenset(saved.changes)
    return lambda change: decide(change) in decided


class Standing(Struct, frozen=True, kw_only=True):
    """What became of a saved plan. `stale` are changes that are needed now in another form than the file has them,
    each with what moved; `outdated` the keys of decisions for which nothing can be done now; `notes` names the rest."""

    stale: tuple[tuple[Change, str], ...] = ()
    outdated: tuple[str, ...] = ()
    notes: tuple[Diagnostic, ...] = ()


def standing(saved: SavedPlan, plan: Plan, wanted: Iterable[Wanted], removed: Iterable[Removed] = ()) -> Standing:
    """Compare with `plan`, which was made now and narrowed by `keeps`; `wanted` is all that git wants now, `removed`
    all that it gives up by name."""
    decided = {one.assistant_id: one for one in saved.changes}
    stale = [(c, difference(decided[i], decide(c))) for c in plan.left_out if (i := assistant_id_of(c)) in decided]
    notes = [_not_in_plan(change) for change in plan.left_out if assistant_id_of(change) not in decided]
    if saved.commit != plan.commit:
        notes.append(_other_commit(saved, plan))
    if saved.options.selected is not None:
        notes.append(_selected(saved.options.selected))
    needed = {assistant_id_of(change) for change in (*plan.changes, *plan.left_out)}
    by_id: dict[str, Wanted | Removed] = {gone.assistant_id: gone for gone in removed}
    by_id |= {want.assistant_id: want for want in wanted}
    held = {assistant_id_of(one.change): one for one in plan.held}
    outdated: list[str] = []
    nobodys: dict[tuple[str, str | None], list[Decision]] = {}
    for one in saved.changes:
        if one.assistant_id in needed:
            continue
        why = _outdated(one, plan, by_id, held, pruned=saved.options.prune and saved.options.selected is None)
        if why is not None:
            outdated.append(one.key)
        key = _key(saved, one, by_id, held)
        if key is None:
            nobodys.setdefault((one.action, why), []).append(one)
        else:
            named = one.assistant_id in held and key in saved.options.named
            notes.append(_unneeded(key, one.action, why, named=named))
    notes += [_of_nobody(found, planned, why) for (planned, why), found in nobodys.items()]
    return Standing(stale=tuple(stale), outdated=tuple(outdated), notes=tuple(notes))


def difference(then: Decision, now: Decision) -> str:
    """What moved between two decisions about one assistant, in words. Untrusted text is in it."""
    found: list[str] = []
    if then.live_version is None and now.live_version is not None:
        found.append(f"it was not there, and now version {now.live_version} is live")
    elif then.live_version is not None and now.live_version is None:
        found.append(f"version {then.live_version} was live, and now it is not there")
    elif then.live_version != now.live_version:
        found.append(f"live version {then.live_version} -> {now.live_version}")
    elif then.live != now.live:
        found.append(f"live content changed within version {now.live_version}")
    if then.wanted != now.wanted:
        found.append("git content changed")
    if then.action != now.action:
        found.append(f"it would be {now.action} now, not {then.action}")
    if then.target_version != now.target_version:
        found.append(f"the version to activate is {now.target_version or 'none'} now, not {then.target_version}")
    if then.key != now.key:
        found.append(f"its key is `{now.key}`, not `{then.key}`")
    return f"{'; '.join(found)}, since the plan was saved"


def _outdated(
    one: Decision,
    plan: Plan,
    wanted: Mapping[str, Wanted | Removed],
    held: Mapping[str, Held],
    *,
    pruned: bool,
) -> str | None:
    """Why nothing is done about what was decided; None where it is so already."""
    if one.assistant_id in held:
        left = held[one.assistant_id]
        return f"it is left as it is: {left.why}; {difference(one, decide(left.change))}"
    want = wanted.get(one.assistant_id)
    if want is None:
        if one.action == "delete":  # without pruning nobody looked whether it is there
            return None if pruned else "the plan was saved without --prune"
        return "git has no manifest for it any more"
    if isinstance(want, Removed):
        return None if one.action == ("update" if want.keep else "delete") else "git gives it up now (`removed`)"
    if any(found.key == want.key for found in plan.refused):
        return "it is refused now"
    if one.action == "delete":
        return "git has a manifest for it again"
    if wanted_hash(want) != one.wanted:
        return "git content changed, and what it says now is live: no longer needed"
    return None if want.key in (*plan.unchanged, *plan.adopted) else "it was not looked at"


def _key(
    saved: SavedPlan, one: Decision, wanted: Mapping[str, Wanted | Removed], held: Mapping[str, Held]
) -> str | None:
    """The key of the assistant that a decision is about: what git or the server says it is, or the file where the id
    follows from it. None where only the file says so: it may put any assistant's key on any id."""
    if one.assistant_id in held:
        return key_of(held[one.assistant_id].change)
    want = wanted.get(one.assistant_id)
    if want is not None:
        return want.key
    return one.key if derived_id(saved.owner, one.key) == one.assistant_id else None


def _unneeded(key: str, planned: str, why: str | None, *, named: bool) -> Diagnostic:
    """`named`: it was planned by its name, which lifts what a rollback holds."""
    if why is None:
        return _diagnostic("note", ALREADY, key, f"assistant `{key}`: {_already(planned)}")
    hint = f"a saved plan does not lift that: reconciler apply {key} --on-drift overwrite" if named else None
    return replace(_diagnostic("warning", STALE, key, f"assistant `{key}`: {_undone(planned, why)}"), hint=hint)


def _of_nobody(found: Sequence[Decision], planned: str, why: str | None) -> Diagnostic:
    """About ids that neither git nor the server names. In one line, however many a file makes up."""
    ids = ", ".join(one.assistant_id[:36] for one in found[:MOST_IDS])
    more = f" and {len(found) - MOST_IDS:,} more" if len(found) > MOST_IDS else ""
    said = _already(planned) if why is None else _undone(planned, why)
    severity: Severity = "note" if why is None else "warning"
    return _diagnostic(severity, ALREADY if why is None else STALE, None, f"assistant_id {ids}{more}: {said}")


def _undone(planned: str, why: str) -> str:
    return f"{planned} was planned and is not done: {why}"


def _already(planned: str) -> str:
    there = "there is nothing of ours to delete" if planned == "delete" else "it is as git says"
    return f"{planned} was planned, and {there} already"


def _not_in_plan(change: Change) -> Diagnostic:
    key, version = key_of(change), live_of(change)
    live = f" of version {version.row.number}" if version is not None and not isinstance(change, Delete) else ""
    return _diagnostic(
        "note",
        NOT_IN_PLAN,
        key,
        f"assistant `{key}`: {action(change)}{live} is needed now and is not in the saved plan, so it is not done",
    )


def _other_commit(saved: SavedPlan, plan: Plan) -> Diagnostic:
    then, now = saved.commit or "no commit", plan.commit or "no commit"
    return _diagnostic(
        "warning",
        "other-commit",
        None,
        f"the plan was saved at {then[:12]}{'-dirty' if then.endswith('-dirty') else ''}, and this is {now[:12]}"
        f"{'-dirty' if now.endswith('-dirty') else ''}: what has the same content in both is done",
    )


def _selected(keys: Sequence[str]) -> Diagnostic:
    """Said also where it is about none: a file that leaves everything out must not look like nothing to do."""
    named = ", ".join(f"`{key[:LONGEST]}`" for key in keys[:MOST_IDS])
    more = f" and {len(keys) - MOST_IDS:,} more" if len(keys) > MOST_IDS else ""
    message = f"the saved plan is only about {named or 'no assistant'}{more}; no other one was looked at"
    return _diagnostic("note", "selected", None, message)


def _diagnostic(severity: Severity, code: str, key: str | None, message: str) -> Diagnostic:
    return Diagnostic(severity=severity, code=code, message=message, key=key)
