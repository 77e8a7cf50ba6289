"""Lines of at most so many columns. What has no place to break (an id, an address) stays whole and sticks out."""

from __future__ import annotations

import unicodedata

MARK = "↳ "
"""Begins what goes on from the row above."""


def cells(text: str) -> int:
    """The columns a text takes. Wide characters take two; good enough for the rest."""
    if text.isascii():
        return len(text)
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if character.isascii():
        return 1
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def rows(text: str, first: int, rest: int | None = None) -> list[str]:
    """The text in rows of at most `first` columns, then `rest`. Only the blank at which a row was broken is left out.

    Where there is no blank, a row breaks between two characters that are not ASCII (Chinese and Thai have no blanks).
    """
    if len(text) <= first and text.isascii():  # as nearly always: nothing to break
        return [text]
    found: list[str] = []
    start, room = 0, max(1, first)
    while True:
        end, skip = _break(text, start, room)
        found.append(text[start:end])
        if end == len(text):
            return found
        start, room = end + skip, max(1, first if rest is None else rest)


def _break(text: str, start: int, room: int) -> tuple[int, int]:
    """Where the row that begins at `start` ends, and how many characters to leave out there."""
    if text.isascii():
        at = _blank(text, start, start + room) if len(text) - start > room else None
        return (len(text), 0) if at is None else (at, 1)
    used, blank, pair = 0, 0, 0
    for index in range(start, len(text)):
        if used > room and (blank or pair):
            break
        character = text[index]
        if index > start and index + 1 < len(text):
            left = text[index - 1]
            if character == " " and left != " ":
                blank = index
            elif not character.isascii() and not left.isascii() and _parts(character):
                pair = index
        used += _cells(character)
    if used <= room or not (blank or pair):
        return len(text), 0
    return (blank, 1) if blank else (pair, 0)


def _blank(text: str, start: int, most: int) -> int | None:
    """The last blank after `start` and up to `most` at which to break, or else the first behind: one that follows a
    letter, and that something follows."""
    last = len(text) - 1
    at = text.rfind(" ", start + 1, min(most + 1, last))
    while at > start and text[at - 1] == " ":
        at -= 1
    if at > start:
        return at
    at = text.find(" ", max(most, start) + 1, last)
    while at >= 0 and text[at - 1] == " ":
        at = text.find(" ", at + 1, last)
    return at if at >= 0 else None


def _parts(right: str) -> bool:
    # What belongs to the letter before it stays with it.
    return not unicodedata.combining(right) and right not in "\u200c\u200d\ufe0e\ufe0f"


def prose(text: str, width: int, *, indent: int = 0, hang: int = 0) -> list[str]:
    """One paragraph, indented; its further rows by `hang` more."""
    found = rows(text, width - indent, width - indent - hang)
    return [" " * (indent + (hang if number else 0)) + line.rstrip(" ") for number, line in enumerate(found)]


def marked(sign: str, text: str, width: int, *, indent: int) -> list[str]:
    """One line of a diff: every row carries its sign, and each after the first the mark that it goes on. Blanks alone
    make no further row."""
    start = " " * indent + sign
    first, *rest = rows(text, width - indent - 2, width - indent - 4)
    further = (f"{MARK}{line}" for line in rest if line.strip(" "))
    return [f"{start} {line}".rstrip(" ") for line in (first, *further)]
