"""The difference of one field, as lines with a sign: the part that text and Markdown share.

Texts of several lines become a line diff, long lines a diff of their words, everything else `"a" -> "b"`. The text
of every line is safe for a terminal already.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import Struct

from reconciler.model.change import ABSENT, FieldChange, Value
from reconciler.render import values
from reconciler.render.lines import Line, added, line_diff, word_diff
from reconciler.render.visible import alike, legend, shown

LONG = 100
"""A string longer than this is shown by what changed in it."""


class Detail(Struct, frozen=True, kw_only=True):
    """`short` is the whole difference in one line, where it is that short; `lines` always say it all.

    `count` is how long a text is that is new as a whole: `42 lines`.
    """

    label: str
    lines: tuple[Line, ...]
    short: str | None = None
    added: bool = False
    count: str | None = None
    sources: tuple[str, ...] = ()

    def legend(self, lines: Iterable[Line]) -> str | None:
        """What the marks in these lines mean; None where there is none."""
        return legend([line.text for line in lines], self.sources)


def details(change: FieldChange) -> Iterator[Detail]:
    """The details of one field change; several where an object is added or removed as a whole."""
    for leaf in values.leaves(change):
        yield _detail(leaf)


def _detail(change: FieldChange) -> Detail:
    before, after = change.before, change.after
    label = values.label(change.path)
    if change.file is not None:
        label += f" ({shown(change.file)})"
    texts = tuple(side for side in (before, after) if isinstance(side, str))
    if any("\n" in text for text in texts) and _text_or_nothing(before) and _text_or_nothing(after):
        count = _size(after) if before is ABSENT else None
        return Detail(label=label, lines=tuple(_prompt(before, after)), count=count, sources=texts)
    if isinstance(before, str) and isinstance(after, str):
        if len(before) > LONG and len(after) > LONG:
            return Detail(label=label, lines=tuple(word_diff(before, after)), sources=texts)
        strict = alike(before, after)
        old, new = values.quoted(before, strict=strict), values.quoted(after, strict=strict)
        return Detail(label=label, lines=(Line("-", old), Line("+", new)), short=f"{old} -> {new}", sources=texts)
    return _value(label, change)


def _text_or_nothing(value: Value) -> bool:
    return value is ABSENT or isinstance(value, str)


def _prompt(before: Value, after: Value) -> Iterator[Line]:
    if isinstance(before, str) and isinstance(after, str):
        return line_diff(before, after)
    sign: Literal["+", "-"] = "+" if isinstance(after, str) else "-"
    text = after if isinstance(after, str) else before
    return added(text, sign) if isinstance(text, str) else iter(())


def _value(label: str, change: FieldChange) -> Detail:
    before, after = change.before, change.after
    strict = change.op == "replace" and alike(values.dumps(before), values.dumps(after))
    old, new = values.inline(before, strict=strict), values.inline(after, strict=strict)
    if max(len(old), len(new)) > LONG and any(isinstance(side, list | dict) for side in (before, after)):
        lines = tuple(_unnumbered(line_diff(values.pretty(before), values.pretty(after))))
        if lines:
            return Detail(label=label, lines=lines)
    match change.op:
        case "add":
            return Detail(label=label, lines=(Line("+", new),), short=new, added=True)
        case "remove":
            return Detail(label=label, lines=(Line("-", old),), short=f"removed {old}")
        case "replace":
            return Detail(label=label, lines=(Line("-", old), Line("+", new)), short=f"{old} -> {new}")


def _unnumbered(lines: Iterable[Line]) -> Iterator[Line]:
    """Without the numbers of lines that stand in no file: those of a list, as it is written out here."""
    for number, line in enumerate(lines):
        if line.sign != "@":
            yield line
        elif number:
            yield Line("@", "…")


def _size(value: Value) -> str | None:
    if not isinstance(value, str):
        return None
    count = len(value.splitlines() if "\n" not in value else value.removesuffix("\n").split("\n"))
    return f"{count:,} lines" if count > 1 else f"{len(value):,} characters"
