"""A plan in plain words, sorted by what a reviewer has to see first: neither Markdown nor HTML yet."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from reconciler.model.change import Change, Create, Delete, Reason, key_of, place_of
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.plan import Guard, Held, Plan
from reconciler.model.trial import Tried
from reconciler.render import headline, plain, trials, values, words
from reconciler.render.closing import place
from reconciler.render.detail import Detail, details
from reconciler.render.groups import Group, fields, of_changes, of_held
from reconciler.render.notes import joined
from reconciler.render.plain import Voice
from reconciler.render.sections import sentence
from reconciler.render.trials import Shown


class Item(Struct, frozen=True, kw_only=True):
    """One thing to tell. `names` are keys, or the name of a guard, or a place in a file; `verb` stands before them, or
    with `names_first` after them. `places`: for each assistant its manifest, or its key, and which version is live.
    `ways` are what to do: a title and a command each; `hint` says the same in lines, of which one that begins with two
    blanks is to be copied. `tries` are those of the assistants that it names. Nothing is escaped, but for the labels
    and the lines of `details`."""

    verb: str
    names: tuple[str, ...] = ()
    names_first: bool = False
    count: int = 1
    said: str = ""
    fields: tuple[str, ...] = ()
    places: tuple[tuple[str, str], ...] = ()
    ways: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    details: tuple[Detail, ...] = ()
    tries: tuple[Shown, ...] = ()


class Told(Struct, frozen=True, kw_only=True):
    """`care` is what needs care, `ours` what else the pull request is about, or all where nobody asked what that is;
    `tried` are assistants that were tried and stay as they are; `before` is on main already; `outside` is what was
    done outside git to others. `alerts` belong into the headline."""

    alerts: tuple[Diagnostic, ...]
    care: tuple[Item, ...]
    ours: tuple[Item, ...]
    tried: tuple[Item, ...]
    before: tuple[Item, ...]
    outside: tuple[Item, ...]
    notes: tuple[Item, ...]


def told(plan: Plan, voice: Voice, tried: Tried | None = None) -> Told:
    """Every change, everything held and refused, each guard that stops or was passed, every note, and every try, in one
    place."""
    return _with_tries(_told(plan, voice), trials.by_key(tried.trials) if tried is not None else {})


def _with_tries(found: Told, tries: Mapping[str, tuple[Shown, ...]]) -> Told:
    left = dict(tries)

    def told(items: tuple[Item, ...]) -> tuple[Item, ...]:
        return tuple(
            replace(item, tries=tuple(one for key in item.names for one in left.pop(key, ())))
            if item.names_first and left
            else item
            for item in items
        )

    ours, care, before, outside = map(told, (found.ours, found.care, found.before, found.outside))
    others = tuple(Item(verb="stays as it is", names=(key,), names_first=True, tries=one) for key, one in left.items())
    return replace(found, ours=ours, care=care, before=before, outside=outside, tried=others)


def _told(plan: Plan, voice: Voice) -> Told:
    proposed = plan.proposed if not plan.offline else None  # compared with the base: all that differs is its own
    alone = proposed is None

    def mine(change: Change) -> bool:
        return proposed is None or key_of(change) in proposed

    def items(pick: Callable[[Change], bool]) -> list[Item]:
        return _changes(plan, voice, (one for one in plan.changes if pick(one)))

    def left(pick: Callable[[Held], bool]) -> list[Item]:
        return _held(plan, voice, (one for one in plan.held if pick(one)))

    def drifts(change: Change) -> bool:
        return Reason.DRIFT in change.reasons and not isinstance(change, Delete)

    def gone(*, ours: bool) -> list[Item]:
        found = items(lambda one: isinstance(one, Delete) and mine(one) is ours)
        already = "" if ours else f" It is not from {voice.ours}: main says so already."
        return [replace(one, said=f"{one.said}{already}") for one in found]

    return Told(
        alerts=tuple(one for one in plan.diagnostics if one.code == headline.SETTINGS_NOT_USED),
        care=(
            *_guards(plan, voice),
            *left(lambda one: one.blocks),
            *(replace(one, verb="Refused") for one in diagnostics(plan.refused)),
            *gone(ours=True),
            *gone(ours=False),
            *items(lambda one: drifts(one) and mine(one)),
            *left(lambda one: not one.blocks and mine(one.change)),
            *(_passed(one) for one in plan.guards if one.verdict == "allowed"),
        ),
        ours=tuple(items(lambda one: not drifts(one) and not isinstance(one, Delete) and mine(one))),
        tried=(),
        before=()
        if alone
        else tuple(items(lambda one: not drifts(one) and not isinstance(one, Delete) and not mine(one))),
        outside=()
        if alone
        else (
            *items(lambda one: drifts(one) and not mine(one)),
            *left(lambda one: not one.blocks and not mine(one.change)),
        ),
        notes=tuple(diagnostics(one for one in plan.diagnostics if one.code != headline.SETTINGS_NOT_USED)),
    )


def _changes(plan: Plan, voice: Voice, found: Iterable[Change]) -> list[Item]:
    def verb(change: Change, number: int) -> str:
        drifts = Reason.DRIFT in change.reasons and not isinstance(change, Delete)
        return plain.drift(change, number) if drifts else plain.verb(change, number, offline=plan.offline)

    def said(change: Change) -> str:
        return plain.said(change, voice, offline=plan.offline)

    made: list[Item] = []
    for group in of_changes(found, lambda change: f"{verb(change, 1)}\n{said(change)}"):
        shown = _item(group, verb(group.first, len(group.changes)), said(group.first), plan)
        edit = Reason.DRIFT in group.first.reasons and not isinstance(group.first, Create | Delete)
        keep = words.either_way(map(key_of, group.changes), plan.deployment)[0][1]
        made.append(replace(shown, ways=(("To keep what was edited, take it into git:", keep),) if edit else ()))
    return made


def _held(plan: Plan, voice: Voice, found: Iterable[Held]) -> list[Item]:
    made: list[Item] = []
    for group in of_held(found):
        one = group.held
        assert one is not None
        shown = _item(group, plain.held(one, len(group.changes)), plain.why_held(one), plan)
        ways = words.ways_out(one, map(key_of, group.changes), plan.deployment)
        made.append(replace(shown, ways=tuple(ways)))
    return made


def _item(group: Group, verb: str, said: str, plan: Plan) -> Item:
    first = group.first
    note = f" {sentence(first.note)}" if first.note else ""
    return Item(
        verb=verb,
        names=tuple(map(key_of, group.changes)),
        names_first=True,
        count=len(group.changes),
        said=f"{said}{note}".strip(" "),
        fields=() if isinstance(first, Create) else tuple(values.label(field.path) for field in fields(first)),
        places=tuple(place for change in group.changes if (place := _place(change, offline=plan.offline))),
        details=tuple(detail for field in fields(first) for detail in details(field)),
    )


def _place(change: Change, *, offline: bool) -> tuple[str, str] | None:
    said, live = place_of(change), "" if offline else words.now_live(change)
    if said is None:
        return (key_of(change), live) if live else None
    return f"{said[0]}:{said[1]}", live


def _guards(plan: Plan, voice: Voice) -> list[Item]:
    return [
        Item(verb="Blocked by the guard", names=(one.guard,), said=one.message, hint=_let_through(one, voice))
        for one in plan.guards
        if one.verdict == "blocked"
    ]


def _let_through(guard: Guard, voice: Voice) -> str:
    """How a guard is passed on GitHub: by what is reviewed with the change, or by hand after the merge."""
    try:
        said = shlex.split(words.override(guard))
    except ValueError:
        said = []
    keys = [said[at + 1] for at, word in enumerate(said[:-1]) if word == "--allow-delete"]
    lines = [f"  Reconciler-Allow: {f'delete {key}' if keys else guard.guard}" for key in keys or [guard.guard]]
    field = "allow-delete" if keys else "allow"
    return "\n".join(
        [
            f"If that is meant: write this in the last lines of the message of {voice.commit}:",
            *lines,
            f"or{voice.later} run the apply workflow by hand and write this into its field `{field}`:",
            f"  {' '.join(keys or [guard.guard])}",
        ]
    )


def _passed(guard: Guard) -> Item:
    by = f"; allowed by {guard.by}" if guard.by else ""
    return Item(verb="Allowed in spite of the guard", names=(guard.guard,), said=f"{guard.message}{by}")


def diagnostics(found: Iterable[Diagnostic]) -> list[Item]:
    return [
        Item(
            verb=one.severity.capitalize(),
            names=(named,) if (named := place(one)) else (),
            said=one.message,
            hint=one.hint or "",
        )
        for one in joined(found)
    ]
