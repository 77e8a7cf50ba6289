"""One group of equal changes for a terminal: who, where, why, and the fields that differ."""

from __future__ import annotations

from collections.abc import MutableMapping

from reconciler.model.change import Change, Create, Delete, action, assistant_id_of, key_of, place_of
from reconciler.model.plan import Deployment
from reconciler.render import trial_text, words
from reconciler.render.detail import Detail, details
from reconciler.render.escape import terminal
from reconciler.render.groups import Group, fields
from reconciler.render.rows import Kind, Rows
from reconciler.render.trials import Shown
from reconciler.render.wrap import cells

SYMBOLS: dict[str, tuple[str, Kind]] = {
    "create": ("+", "add"),
    "update": ("~", "change"),
    "activate": ("<", "back"),
    "delete": ("-", "remove"),
}

HEAD = 3
"""Lines shown of a text that is new."""


def group(
    rows: Rows,
    group: Group,
    deployment: Deployment,
    *,
    verbose: bool,
    tries: MutableMapping[str, tuple[Shown, ...]] | None = None,
) -> None:
    """The whole group. Equal changes of several assistants are written out once, under the names of all. What is told
    of their tries is taken out of `tries`."""
    verb = action(group.first)
    symbol, kind = SYMBOLS[verb]
    if group.held is not None:
        verb, symbol, kind = ("blocked", "!", "error") if group.held.blocks else ("held", "!", "warning")
    if len(group.changes) == 1:
        rows.say(f"  {symbol} {verb} {terminal(key_of(group.first))}", kind, hang=4)
        _place(rows, group, group.first, verbose=verbose)
    else:
        alike = "" if isinstance(group.first, Delete) else ", all in the same way"
        alike = alike if group.held is None else ", all alike"
        rows.say(f"  {symbol} {verb} {words.counted(len(group.changes), 'assistant')}{alike}", kind)
        for change in group.changes:
            live = _live(group, change)
            rows.say(terminal(key_of(change)) + (f", {live}" if live else ""), kind, indent=6, hang=2)
            if verbose:
                _place(rows, group, change, verbose=True, indent=8)
    because = words.why(group.first) if group.held is None else words.held(group.held)
    rows.say(terminal(because), indent=4)
    if group.first.note:
        rows.say(terminal(group.first.note), indent=4)
    for field in fields(group.first):
        for detail in details(field):
            say_detail(rows, detail, create=isinstance(group.first, Create), verbose=verbose)
    if group.held is not None:
        for title, command in words.ways_out(group.held, map(key_of, group.changes), deployment):
            rows.say(title, indent=4)
            rows.paste(terminal(command), indent=6)
    for change in group.changes if tries else ():
        for one in (tries or {}).pop(key_of(change), ()):
            trial_text.say(rows, one, named=len(group.changes) > 1, verbose=verbose)
    rows.blank()


def _live(group: Group, change: Change) -> str:
    return words.live(change) if group.held is None else words.now_live(change)


def _place(rows: Rows, group: Group, change: Change, *, verbose: bool, indent: int = 4) -> None:
    said = place_of(change)
    place = f"{terminal(said[0])}:{said[1]}" if said is not None else ""
    live = _live(group, change) if len(group.changes) == 1 else ""
    parts = [part for part in (place, live) if part]
    if parts:
        rows.say(", ".join(parts), "faint", indent=indent)
    if verbose:
        rows.say(f"assistant_id {terminal(assistant_id_of(change))}", "faint", indent=indent)


def say_detail(rows: Rows, detail: Detail, *, create: bool, verbose: bool) -> None:
    """One difference, on one line where it is that short. Of the texts of a new assistant only the first lines are
    shown, unless `verbose`."""
    said = f"added {detail.short}" if detail.added and not create else detail.short
    lines = detail.lines
    if said is not None and cells(detail.label) + cells(said) + 6 <= rows.width:
        rows.say(f"{detail.label}: {said}", indent=4)
    else:
        rows.say(f"{detail.label}: {detail.count}" if detail.count else f"{detail.label}:", indent=4)
        if create and not verbose and len(lines) > HEAD + 1:
            lines = lines[:HEAD]
        for line in lines:
            rows.diff(line.sign, line.text, indent=6)
        if len(lines) < len(detail.lines):
            rows.diff(" ", f"… {words.counted(len(detail.lines) - HEAD, 'more line')}", indent=6)
    if meaning := detail.legend(lines):
        rows.say(f"({meaning})", "faint", indent=6)
