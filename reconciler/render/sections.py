"""The parts of a Markdown comment: sections of entries, each a bullet or a part that folds open.

An entry is written whole or not at all, so that tags and fences are balanced however short the comment must be.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from reconciler.render.escape import code, fence, in_html, markdown, terminal
from reconciler.render.shorten import Level, first, more


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`where` and `body` are Markdown, the lines of `diff` are safe for a terminal; nothing else is escaped yet."""

    verb: str
    names: list[str] = field(default_factory=list)
    said: str = ""
    where: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    diff: list[str] = field(default_factory=list)
    paste: str = ""
    """Lines that somebody may copy: they stay free of the invisible marks that disarm prose."""

    @property
    def folds(self) -> bool:
        """Whether there is more to it than one line."""
        return bool(self.where or self.body or self.diff)


def section(title: str, entries: list[Entry], level: Level, note: str = "") -> list[str]:
    """Paragraphs of Markdown; none where there is no entry."""
    if not entries:
        return []
    shown, hidden = first(entries, level.entries)
    found = [f"### {title} ({len(entries):,})", *([note] if note else [])]
    for entry in shown:
        found += _folded(entry, level) if level.bodies and entry.folds else [_bullet(entry, level)]
    if hidden:
        found.append(f"… and {more(hidden, 'entry', 'entries')}.")
    return found


def _bullet(entry: Entry, level: Level) -> str:
    names, hidden = first(entry.names, level.names)
    listed = ", ".join(code(level.clip(name)) for name in names) + (f" and {hidden:,} more" if hidden else "")
    head = " ".join(part for part in (f"**{entry.verb}**", listed) if part)
    text = f"- {head}: {markdown(level.clip(entry.said))}" if entry.said else f"- {head}"
    if entry.paste and level.bodies:
        pasted = fence([terminal(line) for line in level.clip(entry.paste).split("\n")], "text")
        text += "".join(f"\n  {line}" for line in pasted)
    return text


def _folded(entry: Entry, level: Level) -> list[str]:
    names, hidden = first(entry.names, level.names)
    listed = ", ".join(f"<code>{in_html(level.clip(name))}</code>" for name in names)
    listed += f" and {hidden:,} more" if hidden else ""
    said = f": {in_html(level.clip(entry.said))}" if entry.said else ""
    found = [f"<details><summary><b>{entry.verb}</b> {listed}{said}</summary>", *entry.body]
    places, unnamed = first(entry.where, level.names)
    if places:
        found.insert(1, "<br>".join([*places, *([f"and {unnamed:,} more"] if unnamed else [])]))
    if entry.diff:
        found.append("\n".join(fence(level.lines(entry.diff), "diff")))
    return [*found, "</details>"]


def table(cells: dict[str, int]) -> str:
    """One row of numbers under their names."""
    return "\n".join(
        f"| {' | '.join(row)} |"
        for row in (list(cells), ["---:"] * len(cells), [f"{number:,}" for number in cells.values()])
    )
