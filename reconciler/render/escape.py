"""Untrusted text, made safe for where it goes: a terminal, Markdown, HTML, a code span.

Whatever is not a literal of ours passes through here: prompts, names, keys, file names, what a server says.
"""

from __future__ import annotations

import re
from re import Match

CONTROL = (
    r"\x00-\x1f\x7f-\x9f"  # C0, DEL, C1
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # what turns the direction of writing
    r"\u2028\u2029"  # line separators
    r"\ud800-\udfff\ufffe\uffff"  # not text at all
)
"""The inside of a character class: what must not reach a terminal or a log."""

INVISIBLE = r"\u00ad\u180e\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e00ff"
"""The inside of a character class: what nobody sees, and a model reads all the same."""

_UNSAFE = re.compile(rf"[{CONTROL}{INVISIBLE}]|##\[")
_NAMED = {"\n": r"\n", "\r": "‹CR›", "\t": "‹TAB›", "##[": "##‹U+005B›"}
_MARKUP = re.compile(r"[\\`*_\[\]~|$]|^[-+=#]|(?<=^\d)[.)]|(?<=^\d\d)[.)]|(?<=^\d{3})[.)]")
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
_LINKS = re.compile(r"@|#|:(?=//|\w)|[Ww]{3}(?=\.)|[Gg][Hh]-(?=\d)")
_RUN = re.compile(r"`+")
_SPAN = re.compile(r"(?<![`$\\])`([^`\n]+)`(?![`$])")
_JOINER = "\u2060"


def code_point(character: str) -> str:
    """How a character that cannot be seen is shown: `‹U+202E›`."""
    return f"‹U+{ord(character):04X}›"


def is_plain(text: str) -> bool:
    """Whether nothing in a text has to be looked for: of a thousand new prompts nearly every line is so."""
    return text.isascii() and text.isprintable() and "##[" not in text


def terminal(text: str) -> str:
    r"""The text on one line, without anything that steers a terminal; what was taken out is shown in its place.

    Controls become `\x1b`, direction marks and other invisible characters `‹U+202E›`, a line end `\n`. `##[` is
    broken up: the runner of GitHub Actions takes it as a command wherever it stands in a line.
    """
    return text if is_plain(text) else _UNSAFE.sub(_shown, text)


def _shown(match: Match[str]) -> str:
    found = match.group()
    if found in _NAMED:
        return _NAMED[found]
    return f"\\x{ord(found):02x}" if ord(found) < 0xA0 else code_point(found)


def row(text: str) -> str:
    """A finished line of output that no runner takes as a workflow command (`::add-mask::`)."""
    if "::" not in text:
        return text
    start = text.lstrip()
    return f"{text[: len(text) - len(start)]}\\{start}" if start.startswith("::") else text


def markdown(text: str) -> str:
    """Prose for GitHub's Markdown: shown as it is, on one line, and nothing of it links, pings, formats or hides.

    Mentions, references, addresses and emoji names are found by GitHub after rendering, where a backslash is gone.
    An invisible word joiner breaks them.
    """
    safe = _LINKS.sub(lambda found: found.group() + _JOINER, terminal(text).strip(" "))
    safe = _MARKUP.sub(lambda found: "\\" + found.group(), safe)
    return re.sub("[<>&]", lambda found: _ENTITIES[found.group()], safe)


def prose(text: str) -> str:
    """The same for a message that quotes names in backticks: those become code spans, all else is as `markdown` says.

    A backtick without a partner is one of the text's own and shown as it is.
    """
    return "".join(code(part) if quoted else _between(part) for quoted, part in spans(text))


def spans(text: str) -> list[tuple[bool, str]]:
    """A message in parts, those that it quotes in backticks marked. Not escaped."""
    return [(number % 2 == 1, part) for number, part in enumerate(_SPAN.split(text.strip(" ")))]


def _between(text: str) -> str:
    """Plain text at a code span: the blanks at its ends part words here."""
    bare = text.strip(" ")
    if not bare:
        return " " if text else ""
    start, end = " " * text.startswith(" "), " " * text.endswith(" ")
    return f"{start}{markdown(bare)}{end}"


def in_html(text: str) -> str:
    """Text between HTML tags. Put it in `<code>`, where GitHub looks for no mention."""
    from html import escape  # a table of all named characters comes with it, and a terminal needs none

    return escape(terminal(text))


def code(text: str) -> str:
    """A code span: nothing in it is markup, a mention or a link. Not for a table, where a `|` would end the cell."""
    safe = terminal(text) or " "
    ticks = "`" * (longest_run(safe) + 1)
    pad = " " if safe[0] in "` " or safe[-1] in "` " else ""
    return f"{ticks}{pad}{safe}{pad}{ticks}"


def fence(lines: list[str], language: str) -> list[str]:
    """A fenced block that no line in it can close, nor give a command to a runner in whose log it is printed."""
    ticks = "`" * max(3, 1 + max((longest_run(line) for line in lines), default=0))
    return [ticks + language, *map(row, lines), ticks]


def longest_run(text: str) -> int:
    """The length of the longest run of backticks."""
    return max((len(run) for run in _RUN.findall(text)), default=0)
