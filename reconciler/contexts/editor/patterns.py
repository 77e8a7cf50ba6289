"""A pattern that Python and an editor (JavaScript) read alike; where they do not, no pattern is better than two."""

from __future__ import annotations

import re
from functools import lru_cache

from reconciler.contexts.budget import OutOfTime, budget

_SECONDS = 1.0
"""A pattern that takes longer for one id is one that tries for ever."""

_ID = "0b5f0b1e-7a0c-5f5e-9d39-5f0f3a1c2b4d"
_KEY = "[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*"
_DIFFERENT = re.compile(
    r"""\(\?(?![:=!])      # named groups, flags, comments, conditions, look-behinds, atomic groups
    |\\[wWdDbBsSAZzpPNUGQE]  # classes that know all of Unicode in one of the two, and anchors of one of the two
    |[*+?}]\+              # possessive
    |\[\[|\[\^?\]          # a set in a set, a bracket first in a set
    |\{,                   # `{,3}`
    """,
    re.VERBOSE,
)


def portable(pattern: str) -> str | None:
    """The pattern so that both say the same of every text, or None where that cannot be said."""
    bare = pattern.replace("\\\\", "")
    if _DIFFERENT.search(bare):
        return None
    try:
        re.compile(pattern)
    except re.error:
        return None
    if bare.endswith("$") and not bare.endswith("\\$") and "|" not in bare:
        # Python's `$` also stands before a line break at the end, which `|` texts have.
        return pattern[:-1] + "\\n?$"
    return None if "$" in bare.replace("\\$", "")[:-1] else pattern


@lru_cache(maxsize=1024)
def with_keys(pattern: str) -> str:
    """The pattern; one that takes an assistant's id takes its key too, which is what an editor sees of `!ref KEY`."""
    try:
        with budget(_SECONDS):
            takes_ids = re.search(pattern, _ID) is not None
    except OutOfTime:
        takes_ids = True
    return f"(?:{pattern})|^{_KEY}$" if takes_ids else pattern
