"""Drift in words: what happened, what is live, what git had last applied, what to do about it.

Everything returned may hold untrusted text and is escaped by whoever prints it.
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.model.change import ABSENT, State
from reconciler.model.drift import Drift, Drifted, Who
from reconciler.model.json import Json, digest
from reconciler.model.live import Version
from reconciler.model.plan import Deployment
from reconciler.render import words
from reconciler.render.when import UNKNOWN, when

CHANGED = "Changed outside git"
MISSING = "Missing: deleted outside git, or never created"
"""The titles of what is shown."""

SHORT = 12
"""Characters of a commit's id."""


def groups(drifted: Iterable[Drifted], *, missing: bool) -> list[tuple[Drifted, ...]]:
    """Those that are missing, or the others. Equal ones are one: what happened and which values it changed are the
    same. In the order of the first of each."""
    found: dict[str, list[Drifted]] = {}
    for one in drifted:
        if (one.state is State.MISSING) is missing:
            found.setdefault(_same(one), []).append(one)
    return [tuple(group) for group in found.values()]


def _same(one: Drifted) -> str:
    shown: list[Json] = []
    for field in one.fields:
        sides = [side for side in (field.before, field.after) if side is not ABSENT]
        shown.append([list(field.path), field.op, sides])
    return digest([one.state, cause(one), one.note, one.applied is None, one.taken is None, shown])


def cause(one: Drifted) -> str:
    """What happened; what nothing tells is said to be unknown."""
    ahead = "; git has said something new since" if one.ahead else ""
    if one.state is State.MISSING:
        return "it was deleted outside git, or its creation failed: nothing is left that says which"
    if one.who is Who.RECONCILER:
        since = ", and somebody changed it outside git after that" if one.since else ""
        return f"`reconciler rollback` went back to an older version{since}{ahead}"
    if one.state is State.ROLLED_BACK:
        return f"an older version was made active again, by us or in Studio: nothing says which, nor when{ahead}"
    if one.applied is None and one.live is not None and one.live.marker is None:
        return "it was made outside git, and it is not what git says"
    return f"somebody changed it outside git{ahead}"


def live(one: Drifted) -> str:
    """What is live; nothing where it is missing."""
    if one.live is None:
        return ""
    made = when(one.live.created_at)
    return f"version {one.live.number} is live, {f'made {made}' if made != UNKNOWN else 'when it was made is unknown'}"


def applied(one: Drifted) -> str:
    """What git had last applied; nothing where a deletion took the history along."""
    if one.live is None:
        return ""
    if one.applied is None and one.taken is None:
        return "which version git last applied is not known: - is what git says now"
    since = ""
    if one.taken is not None:
        since = f"; version {one.taken.number} ({_made(one.taken)}) was taken into git since, and is what - shows"
    if one.applied is None:
        return f"which version git last applied is not known{since}"
    commit = one.applied.marker.commit if one.applied.marker is not None else None
    told = [_made(one.applied), *([f"commit {short(commit)}"] if commit else [])]
    return f"git last applied version {one.applied.number} ({', '.join(told)}){since}"


def _made(row: Version) -> str:
    made = when(row.created_at)
    return made if made != UNKNOWN else "when is unknown"


def short(commit: str) -> str:
    """A commit's id, cut; that it was not all that was written stays."""
    return commit[:SHORT] + ("-dirty" if commit.endswith("-dirty") else "")


def ways_out(group: tuple[Drifted, ...], deployment: Deployment) -> list[tuple[str, str]]:
    """What to do about it: a title and a command each."""
    keys = [one.wanted.key for one in group]
    if group[0].state is State.MISSING:
        return [("To make it again:", words.command("apply", deployment, *keys))]
    return words.either_way(keys, deployment)


def besides(drift: Drift) -> str | None:
    """Those that are neither drift nor as git applied them, in numbers; None where there are none."""
    counts = {
        "not applied yet": len(drift.waiting),
        "left half-way by a set-latest": len(drift.half_restored),
        "not taken by the server": len(drift.not_taken),
        "not marked, so nothing can be told": len(drift.adopted),
        "refused": len(drift.refused),
    }
    parts = [f"{number:,} {name}" for name, number in counts.items() if number]
    return f"Besides: {', '.join(parts)}." if parts else None


def summary(drift: Drift) -> str:
    """The last line: how many, in numbers."""
    missing = sum(one.state is State.MISSING for one in drift.drifted)
    changed = len(drift.drifted) - missing
    if not drift.drifted:
        said = "Nothing was changed outside git"
    elif not changed:
        said = f"{_are(missing)} missing"
    else:
        was = "was" if changed == 1 else "were"
        said = f"{words.counted(changed, 'assistant')} {was} changed outside git"
        said += f", {missing:,} {'is' if missing == 1 else 'are'} missing" if missing else ""
    whole = len(drift.as_applied)
    return f"{said}; {whole:,} {'is' if whole == 1 else 'are'} as git applied {'it' if whole == 1 else 'them'}."


def _are(number: int) -> str:
    return f"{words.counted(number, 'assistant')} {'is' if number == 1 else 'are'}"
