"""How strictly a value is looked at: a manifest says less where something is merged under it, and more kinds of values
where rows fill it in.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace


class Mode(Struct, frozen=True):
    """`patch`: what is merged over something else (JSON Merge Patch): nothing is required, and null removes.

    `loose`: every value may also be a text, since the editor sees the operand of `!each` and `!template`.
    """

    patch: bool = False
    loose: bool = False

    @property
    def inside_list(self) -> Mode:
        """In a list: a merge replaces lists whole, so their items say all that they are."""
        return replace(self, patch=False)

    @property
    def word(self) -> str:
        """A part of the names of definitions."""
        return {
            (False, False): "whole",
            (True, False): "patch",
            (True, True): "rows",
            (False, True): "rows-item",
        }[self.patch, self.loose]


WHOLE = Mode()
PATCH = Mode(patch=True)
ROWS = Mode(patch=True, loose=True)
"""Of a manifest with `for_each`: what it lacks may be in the overrides of each row, so nothing is required either."""
