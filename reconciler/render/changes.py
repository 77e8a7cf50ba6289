"""One group of equal changes for a terminal: who, where, why, and the fields that differ."""

from __future__ import annotations

from reconciler.model.change import Change, Create, action, assistant_id_of, key_of, wanted_of
from reconciler.render import words
from reconciler.render.detail import Detail, details
from reconciler.render.escape import terminal
from reconciler.render.groups import Group, fields
from reconciler.render.rows import Kind, Rows
from reconciler.render.wrap import cells

SYMBOLS: dict[str, tuple[str, Kind]] = {
    "create": ("+", "add"),
    "update": ("~", "change"),
    "activate": ("<", "back"),
    "delete": ("-", "remove"),
}

HEAD = 3
"""Lines shown of a text that is new."""


def group(rows: Rows, group: Group, *, verbose: bool) -> None:
    """The whole group. Equal changes of several assistants are written out once, under the names of all."""
    verb = action(group.first)
    symbol, kind = SYMBOLS[verb]
    if group.held is not None:
        verb, symbol, kind = "held", "!", "warning"
    if len(group.changes) == 1:
        rows.say(f"  {symbol} {verb} {terminal(key_of(group.first))}", kind, hang=4)
        _place(rows, group.first, verbose=verbose)
    else:
        rows.say(f"  {symbol} {verb} {words.counted(len(group.changes), 'assistant')}, all in the same way", kind)
        for change in group.changes:
            rows.say(terminal(key_of(change)), kind, indent=6)
            _place(rows, change, verbose=verbose, indent=8)
    because = words.why(group.first) if group.held is None else words.cause(group.first)
    rows.say(because, indent=4)
    if group.first.note:
        rows.say(terminal(group.first.note), indent=4)
    for field in fields(group.first):
        for detail in details(field):
            _detail(rows, detail, create=isinstance(group.first, Create), verbose=verbose)
    if group.held is not None:
        _ways_out(rows, group)
    rows.blank()


def _place(rows: Rows, change: Change, *, verbose: bool, indent: int = 4) -> None:
    wanted = wanted_of(change)
    place = f"{terminal(wanted.path)}:{wanted.line}" if wanted is not None else ""
    parts = [part for part in (place, words.live(change)) if part]
    if parts:
        rows.say(", ".join(parts), "faint", indent=indent)
    if verbose:
        rows.say(f"assistant_id {terminal(assistant_id_of(change))}", "faint", indent=indent)


def _detail(rows: Rows, detail: Detail, *, create: bool, verbose: bool) -> None:
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


def _ways_out(rows: Rows, group: Group) -> None:
    held = group.held
    assert held is not None
    rows.say(terminal(held.why), "warning", indent=4)
    if held.blocks:
        rows.say("This stops the whole apply: nothing at all is written.", "error", indent=4)
    for title, command in words.ways_out(held, [key_of(change) for change in group.changes]):
        rows.say(title, indent=4)
        rows.paste(terminal(command), indent=6)
