"""Drift for a terminal: at most `width` columns, and nothing that steers it."""

from __future__ import annotations

from reconciler.model.change import State
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.drift import Drift, Drifted
from reconciler.model.plan import Deployment
from reconciler.render import closing, drift_words, words
from reconciler.render.changes import say_detail
from reconciler.render.detail import details
from reconciler.render.escape import terminal
from reconciler.render.rows import Kind, Rows
from reconciler.render.text import WIDTH

_SIDES = "(- is what git last applied, + is what is live now)"

_SYMBOLS: dict[State, tuple[str, Kind]] = {
    State.EDITED: ("~", "change"),
    State.ROLLED_BACK: ("<", "back"),
    State.MISSING: ("-", "remove"),
}


def drift(drift: Drift, *, width: int = WIDTH, colour: bool = False, verbose: bool = False) -> str:
    """What happened outside git, what cannot be told, and last the numbers. `verbose` also shows ids and the keys of
    what is as git applied it. Raises nothing."""
    rows = Rows(width, colour=colour)
    rows.say(terminal(words.where(drift.deployment)), "title", hang=2)
    if verbose:
        rows.say(terminal(f"Owner {drift.owner}, commit {drift.commit or 'unknown'}"), "faint", hang=2)
    for title, missing in ((f"{drift_words.CHANGED} {_SIDES}:", False), (f"{drift_words.MISSING}:", True)):
        groups = drift_words.groups(drift.drifted, missing=missing)
        if groups:
            rows.blank()
            rows.say(title, "title")
            rows.blank()
        for group in groups:
            _group(rows, group, drift.deployment, verbose=verbose)
    if drift.refused:
        rows.blank()
        rows.say("Refused, so what happened to it cannot be told:", "title")
        rows.blank()
        for found in sorted(drift.refused, key=Diagnostic.order):
            closing.diagnostic(rows, found, indent=2)
    closing.diagnostics(rows, drift.diagnostics, verbose=verbose)
    rows.blank()
    if verbose and drift.as_applied:
        rows.say(terminal(f"As git applied them: {', '.join(drift.as_applied)}"), "faint", hang=2)
    if besides := drift_words.besides(drift):
        rows.say(besides, hang=2)
    rows.say(drift_words.summary(drift), "title" if drift.drifted else "good", hang=2)
    return rows.text()


def _group(rows: Rows, group: tuple[Drifted, ...], deployment: Deployment, *, verbose: bool) -> None:
    first = group[0]
    symbol, kind = _SYMBOLS[first.state]
    if len(group) == 1:
        rows.say(f"  {symbol} {first.state} {terminal(first.wanted.key)}", kind, hang=4)
        _place(rows, first, indent=4, verbose=verbose)
    else:
        rows.say(f"  {symbol} {first.state} {words.counted(len(group), 'assistant')}, all in the same way", kind)
        for one in group:
            rows.say(terminal(one.wanted.key), kind, indent=6)
            _place(rows, one, indent=8, verbose=verbose)
    rows.say(terminal(drift_words.cause(first)), indent=4)
    if first.note:
        rows.say(terminal(first.note), indent=4)
    for field in first.fields:
        for detail in details(field):
            say_detail(rows, detail, create=False, verbose=verbose)
    for title, command in drift_words.ways_out(group, deployment):
        rows.say(title, indent=4)
        rows.paste(terminal(command), indent=6)
    rows.blank()


def _place(rows: Rows, one: Drifted, *, indent: int, verbose: bool) -> None:
    place = f"{one.wanted.path}:{one.wanted.line}"
    for line in (place, drift_words.live(one), drift_words.applied(one)):
        if line:
            rows.say(terminal(line), "faint", indent=indent, hang=2)
    if verbose:
        rows.say(f"assistant_id {terminal(one.wanted.assistant_id)}", "faint", indent=indent)
