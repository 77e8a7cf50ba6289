"""One try for a terminal: how it went, what was asked, the answer before and the answer after."""

from __future__ import annotations

from collections.abc import Callable

from reconciler.model.trial import Verdict
from reconciler.render.escape import terminal
from reconciler.render.lines import split
from reconciler.render.rows import Kind, Rows
from reconciler.render.trials import Shown
from reconciler.render.visible import shown
from reconciler.render.words import counted

HEAD = 12
"""Lines shown of an answer."""

LONG = 2_000
"""Characters shown of one line of it."""

_KINDS: dict[Verdict, Kind] = {
    Verdict.PASSED: "good",
    Verdict.FAILED: "error",
    Verdict.UNKNOWN: "error",
    Verdict.NOT_RUN: "warning",
}


def say(rows: Rows, one: Shown, *, named: bool, verbose: bool, indent: int = 4) -> None:
    """The whole try; with `named` it says whose it is. Of long texts only the first lines, unless `verbose`."""
    whose = f"{one.key}, try" if named else "try"
    kind = _KINDS.get(one.verdict, "plain")
    rows.say(terminal(f"{whose} {one.name}: {one.said}"), kind, indent=indent, hang=2)
    _block(rows, "asked:", (one.input,), verbose=verbose, indent=indent + 2)
    for side in one.sides:
        said = f"{side.title[:1].lower()}{side.title[1:]}{side.said}"
        texts = (*((side.text,) if side.text is not None else ()), *side.calls)
        _block(rows, f"{said}{':' if texts else ''}", texts, verbose=verbose, indent=indent + 2)
    for note in one.notes:
        rows.say(terminal(note), "faint", indent=indent + 2, hang=2)


def _block(rows: Rows, title: str, texts: tuple[str, ...], *, verbose: bool, indent: int) -> None:
    rows.say(terminal(title), "faint", indent=indent, hang=2)
    for text in texts:
        lines = split(text)
        kept = lines if verbose or len(lines) <= HEAD + 1 else lines[:HEAD]
        for line in kept:
            rows.diff(" ", clipped(line, shown, verbose=verbose), indent=indent)
        if len(kept) < len(lines):
            rows.diff(" ", f"… {counted(len(lines) - HEAD, 'more line')}", indent=indent)


def clipped(line: str, safe: Callable[[str], str], *, verbose: bool) -> str:
    """One line made safe, of at most `LONG` characters unless `verbose`."""
    if verbose or len(line) <= LONG:
        return safe(line)
    return f"{safe(line[:LONG])} … {len(line) - LONG:,} more characters"
