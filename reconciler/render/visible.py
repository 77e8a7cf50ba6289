"""What cannot be seen, made visible: no-break spaces, blanks at a line's end, tabs, carriage returns, accents apart.

Two texts that differ must never look the same in a diff.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from reconciler.render.escape import code_point, is_plain, terminal

_SPACES = re.compile(r"[\u00a0\u1680\u2000-\u200a\u202f\u205f]")
_TRAILING = re.compile(r" +(?=\r?$)")
_JOINERS = re.compile(r"[\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_NAMES = {"\u00a0": "‹NBSP›", "\u202f": "‹narrow NBSP›"}

LEGEND = {
    "·": "· is a blank at the end of a line",
    "‹TAB›": "‹TAB› is a tab",
    "‹CR›": "‹CR› is a carriage return, as Windows ends lines",
    "‹NBSP›": "‹NBSP› is a no-break space",
    "‹narrow NBSP›": "‹narrow NBSP› is a narrow no-break space",
    "‹U+": "‹U+…› is a character that cannot be seen or looks like another one, by its number",
}
"""What each mark means, for the line under a diff."""


def shown(text: str, *, strict: bool = False) -> str:
    """One line of changed text, safe for a terminal. `strict` shows all that could hide a difference, too."""
    if is_plain(text) and not text.endswith(" "):
        return text
    if strict:
        text = "".join(code_point(c) if _could_hide(c) else c for c in text)
    text = _TRAILING.sub(lambda blanks: "·" * len(blanks.group()), text)
    text = _SPACES.sub(lambda space: _NAMES.get(space.group()) or code_point(space.group()), text)
    return terminal(text)


def _could_hide(character: str) -> bool:
    if character.isascii():
        return not character.isprintable()
    return (
        character in "·‹›"  # as in the marks themselves
        or unicodedata.category(character) in {"Mn", "Me", "Cf", "Zs"}
        or unicodedata.normalize("NFKC", character) != character
    )


def alike(left: str, right: str) -> bool:
    """Whether two texts that differ would look the same without `strict`."""
    return left != right and _skeleton(left) == _skeleton(right)


def _skeleton(text: str) -> str:
    text = shown(text)
    return text if text.isascii() else _JOINERS.sub("", unicodedata.normalize("NFKC", text)).replace("\u3000", " ")


def legend(lines: Iterable[str], sources: Iterable[str]) -> str | None:
    """The meaning of the marks in these lines, or None. A mark that the sources themselves contain is no mark."""
    text = "\n".join(lines)
    if text.isascii():  # no mark is
        return None
    source = "\n".join(sources)
    meanings = [words for mark, words in LEGEND.items() if mark in text and text.count(mark) > source.count(mark)]
    return "; ".join(meanings) or None
