"""Tries under the change that they are of, in Markdown: how each went, and the answers to fold open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.model.trial import Verdict
from reconciler.render.escape import code, fence, in_html, prose
from reconciler.render.lines import split
from reconciler.render.shorten import Level
from reconciler.render.trials import Shown, Side
from reconciler.render.visible import shown


def parts(tries: Sequence[Shown], level: Level, *, named: bool) -> Iterator[str]:
    """Paragraphs. With `named` each try says whose it is."""
    if not tries:
        return
    yield "\n".join(f"- {_line(one, level, named=named)}" for one in tries)
    if level.answers == 0:
        return
    for one in tries:
        yield from _answers(one, level)


def _line(one: Shown, level: Level, *, named: bool) -> str:
    whose = f"{code(level.clip(one.key))}, try" if named else "Try"
    said = prose(level.clip(one.said))
    if one.verdict is Verdict.FAILED:
        said = said.replace("failed:", "**failed:**", 1)
    notes = "".join(f" {prose(level.clip(note))}" for note in one.notes)
    return f"{whose} {code(level.clip(one.name))}: {said}{f'.{notes}' if notes else ''}"


def _answers(one: Shown, level: Level) -> Iterator[str]:
    key, name = (in_html(level.clip(text)) for text in (one.key, one.name))
    yield f"<details><summary><code>{key}</code> <b>{one.title}</b> — <code>{name}</code></summary>"
    yield "Asked:"
    yield _block(one.input, level)
    for side in one.sides:
        yield from _side(side, level)
    yield "</details>"


def _side(side: Side, level: Level) -> Iterator[str]:
    yield f"**{side.title}**{_said(side, level)}{':' if side.text is not None or side.calls else '.'}"
    if side.text is not None:
        yield _block(side.text, level)
    if side.calls:
        yield _block("\n".join(side.calls), level)


def _said(side: Side, level: Level) -> str:
    return prose(level.clip(side.said)) if side.said else ""


def _block(text: str, level: Level) -> str:
    """Text of others in a block of its own, with what cannot be seen made visible."""
    kept, rest = level.answer(text)
    lines = [shown(line) for line in split(kept)]
    return "\n".join(fence([*lines, *([rest] if rest else [])], "text"))
