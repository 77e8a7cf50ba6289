"""The parts of a Markdown comment: sections of entries, each a bullet or a part that folds open.

An entry is written whole or not at all, so that tags and fences are balanced however short the comment must be.
"""

from __future__ import annotations

from msgspec import Struct, field

from reconciler.render import answered
from reconciler.render.escape import code, fence, in_html, prose, terminal
from reconciler.render.shorten import Level, first, more
from reconciler.render.trials import Shown

OPEN = 15
"""A difference of at most so many lines is unfolded."""

NAMES = 10
"""Assistants that are named before anything is folded open; inside stand all of them."""

FIELDS = 4
"""Fields that are named before anything is folded open."""


class Entry(Struct, frozen=True, kw_only=True):
    """`where` and `body` are Markdown, `fields` and the lines of `diff` are safe for a terminal, `verb` is a literal of
    ours; nothing else is escaped yet. `count` is how many assistants it is about. With `names_first` it reads as a
    sentence, `NAMES VERB`, and where there are many names what is about each of them is folded once more."""

    verb: str = ""
    names_first: bool = False
    names: list[str] = field(default_factory=list)
    count: int = 1
    said: str = ""
    fields: list[str] = field(default_factory=list)
    where: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    diff: list[str] = field(default_factory=list)
    tries: list[Shown] = field(default_factory=list)
    hint: str = ""
    """What to do. A line that begins with two blanks is one to copy: it stays free of the invisible marks that disarm
    prose."""

    @property
    def folds(self) -> bool:
        """Whether there is more to it than one line."""
        return bool(self.where or self.body or self.diff or self.tries)


def section(title: str, entries: list[Entry], level: Level, note: str = "", *, counted: bool = True) -> list[str]:
    """Paragraphs of Markdown; none where there is no entry."""
    if not entries:
        return []
    shown, hidden = first(entries, level.entries)
    number = f" ({sum(entry.count for entry in entries):,})" if counted else ""
    found = [f"### {title}{number}", *([note] if note else [])]
    for entry in shown:
        found += _folded(entry, level) if level.bodies and entry.folds else [_bullet(entry, level)]
    if hidden:
        found.append(f"… and {more(hidden, 'entry', 'entries')}.")
    return found


def _bullet(entry: Entry, level: Level) -> str:
    names, hidden = first(entry.names, level.names)
    listed = ", ".join(code(level.clip(name)) for name in names) + (f" and {hidden:,} more" if hidden else "")
    head = _in_order(f"**{entry.verb}**" if entry.verb else "", listed, entry)
    text = f"- {head}: {prose(level.clip(entry.said))}" if entry.said else f"- {head}"
    return text + (_hint(level.clip(entry.hint)) if entry.hint and level.bodies else "")


def _in_order(verb: str, names: str, entry: Entry) -> str:
    return " ".join(part for part in ((names, verb) if entry.names_first else (verb, names)) if part)


def _hint(text: str) -> str:
    """What to do, as a part of a bullet: prose, and what there is to copy in a block of its own."""
    made, copied = "", list[str]()
    for line in [*text.split("\n"), ""]:
        if line.startswith("  "):
            copied.append(terminal(line.strip(" ")))
            continue
        if copied:
            made += "".join(f"\n  {row}" for row in fence(copied, "text")) + "\n"
            copied = []
        if line.strip(" "):
            made += f"{'  ' if made.endswith(chr(10)) else '<br>'}{prose(line)}"
    return made.rstrip("\n")


def _folded(entry: Entry, level: Level) -> list[str]:
    names, hidden = first(entry.names, min(NAMES, level.names or NAMES))
    head = _in_order(
        f"<b>{entry.verb}</b>", f"{_codes(names, level)}{f' and {hidden:,} more' if hidden else ''}", entry
    )
    fields, unnamed = first(entry.fields, FIELDS)
    if fields:
        head += f" — {_codes(fields, level)}{f' and {unnamed:,} more' if unnamed else ''}"
    is_open = " open" if len(entry.diff) <= OPEN else ""
    found = [f"<details{is_open}><summary>{head}</summary>"]
    if entry.said:
        found.append(prose(sentence(level.clip(entry.said))))
    apart = entry.names_first and len(entry.where) > NAMES
    found += [] if apart else _where(entry, level)
    found += entry.body
    if entry.diff:
        found.append("\n".join(fence(level.lines(entry.diff), "diff")))
    if apart:
        found += [
            f"<details><summary>All {entry.count:,}, each with its manifest</summary>",
            *_where(entry, level),
            "</details>",
        ]
    return [*found, *answered.parts(entry.tries, level, named=len(entry.names) > 1), "</details>"]


def _where(entry: Entry, level: Level) -> list[str]:
    places, more_places = first(entry.where, level.names)
    return ["<br>".join([*places, *([f"and {more_places:,} more"] if more_places else [])])] if places else []


def _codes(names: list[str], level: Level) -> str:
    return ", ".join(f"<code>{in_html(level.clip(name))}</code>" for name in names)


def sentence(text: str) -> str:
    """A clause as a sentence of its own, not yet escaped."""
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '…')) else '.'}"


def table(cells: dict[str, int]) -> str:
    """One row of numbers under their names."""
    return "\n".join(
        f"| {' | '.join(row)} |"
        for row in (list(cells), ["---:"] * len(cells), [f"{number:,}" for number in cells.values()])
    )
