"""What happens to an assistant, for who must say yes to it without being an engineer.

Everything returned may hold untrusted text and is escaped by whoever prints it.
"""

from __future__ import annotations

from typing import assert_never

from msgspec import Struct

from reconciler.model.change import Activate, Change, Create, Delete, Losses, Reason, State, Update
from reconciler.model.plan import Held
from reconciler.render import words
from reconciler.render.sections import sentence
from reconciler.render.when import day


class Voice(Struct, frozen=True, kw_only=True):
    """Where it is said: on a pull request, before the merge; or in a run that may be after it."""

    doing: str
    ours: str
    changes: str
    commit: str
    later: str = ""
    red: str = ""
    whole: str = "on the page among the files of this run"


MERGING = Voice(
    doing="merging this",
    ours="this pull request",
    changes="What this pull request changes",
    commit="a commit of this pull request",
    later=", after the merge,",
    red=", which makes the check red",
    whole="in the job summary and on the page that are linked below",
)
APPLYING = Voice(
    doing="applying this", ours="these commits", changes="What these commits change", commit="the newest commit"
)

OUTSIDE = "edited in Studio, or elsewhere outside git"


def verb(change: Change, number: int, *, offline: bool = False) -> str:
    """What becomes of so many assistants, after their names: `goes back to version 11 of 3 May 2026`."""
    one = number == 1
    match change:
        case Create():
            return "is new" if one else "are new"
        case Update():
            return _rewritten(change, one=one)
        case Activate():
            return _activated(change, one=one, offline=offline)
        case Delete():
            return f"{'is' if one else 'are'} removed{'' if offline else _with(change.losses, one=one)}"
        case _:
            assert_never(change)


def _rewritten(change: Update, *, one: bool) -> str:
    if change.wanted.released:
        return f"{'stays' if one else 'stay'} as {'it is' if one else 'they are'}, and git lets go of {_it(one)}"
    if labels_only(change):
        return f"{'stays' if one else 'stay'} as {'it is' if one else 'they are'}; only a label changes"
    return "changes" if one else "change"


def _activated(change: Activate, *, one: bool, offline: bool) -> str:
    if offline:
        return "goes back to an earlier version" if one else "go back to an earlier version"
    made = day(change.made)
    version = f"version {change.target}{f' of {made}' if made else ''}"
    if change.target > change.live.row.number:
        return f"{'returns' if one else 'return'} to {version}"
    return f"{'goes' if one else 'go'} back to {version}"


def _with(losses: Losses, *, one: bool) -> str:
    its = "its" if one else "their"
    if losses.versions is None:
        return f" with all {its} versions"
    if losses.more:
        return f" with more than {words.counted(losses.versions, 'version')}"
    each = "" if one else " each"
    return f" with {its} {words.counted(losses.versions, 'version')}{each}"


def _it(one: bool) -> str:
    return "it" if one else "them"


def labels_only(change: Change) -> bool:
    """Whether nothing but the notes of this tool changes: the assistant answers as before."""
    if not isinstance(change, Update):
        return False
    return change.wanted.released or (bool(change.reasons) and set(change.reasons) <= {Reason.ADOPT, Reason.MARKER})


def drift(change: Change, number: int) -> str:
    """What happened outside git and what becomes of it, after the names."""
    are = "is" if number == 1 else "are"
    if isinstance(change, Create):
        return f"{_happened(change, number)}, and {are} made again"
    ends = change.state is State.ROLLED_BACK
    return f"{_happened(change, number)}, and {'that ends' if ends else f'{are} overwritten'}"


def _happened(change: Change, number: int) -> str:
    was = "was" if number == 1 else "were"
    if isinstance(change, Create):
        return f"{was} deleted outside git"
    if change.state is State.ROLLED_BACK:
        return f"{was} rolled back"
    return f"{was} made outside git" if change.live.mark is None else f"{was} edited in Studio after git"


def held(one: Held, number: int) -> str:
    """What is not written, after the names."""
    happened = _happened(one.change, number)
    if one.blocks:
        return f"{happened}, which stops everything"
    return f"{happened}, and {'is' if number == 1 else 'are'} left as {'it is' if number == 1 else 'they are'}"


def why_held(one: Held) -> str:
    """Why it is not written, in sentences."""
    ahead = " Git has changed it too, and that is not written." if words.held(one) != one.why else ""
    if one.why.endswith("on_drift is block"):
        return f"`on_drift: block` says that then nothing at all is written, until somebody decides.{ahead}"
    if one.why.endswith("on_drift is hold"):
        return f"`on_drift: hold` says that it stays so, until somebody decides.{ahead}"
    return f"{sentence(one.why)}{ahead}"


def said(change: Change, voice: Voice, *, offline: bool = False) -> str:
    """What there is to know besides, in sentences; the empty text where the verb says it all."""
    if Reason.DRIFT in change.reasons and not isinstance(change, Delete):
        return _undone(change, voice)
    match change:
        case Create():
            return "" if (cause := words.cause(change)) == "new in git" else sentence(cause)
        case Activate():
            known = "" if (cause := words.cause(change)) == "git changed" else f"{sentence(cause)} "
            return f"{known}That version holds exactly what git says now."
        case Update():
            return "" if (cause := words.cause(change)) == "git changed" else sentence(cause)
        case Delete():
            stays = "" if offline else f" {sentence(words.stays(change.losses))}"
            return f"{sentence(words.cause(change))}{stays}"
        case _:
            assert_never(change)


def _undone(change: Create | Update | Activate, voice: Voice) -> str:
    """What a merge makes of what somebody did outside git."""
    doing = voice.doing.capitalize()
    if isinstance(change, Create):
        return f"{doing} makes it again."
    too = "Git has changed it too. " if Reason.MANIFEST in change.reasons else ""
    ends = change.state is State.ROLLED_BACK
    if isinstance(change, Activate):
        version = verb(change, 1).partition("version ")[2]
        return f"{too}{doing} makes version {version} live again{', which ends the rollback' if ends else ''}."
    if ends:
        return f"{too}{doing} writes what git says, which ends the rollback."
    return f"{too}{doing} overwrites it with what git says; the edited version stays in its history."
