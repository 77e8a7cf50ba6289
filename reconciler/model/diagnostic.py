"""Something to tell the user about a place in the repository or on the server."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

Severity = Literal["error", "warning", "note"]


class Diagnostic(Struct, frozen=True, kw_only=True):
    """`code` is stable and kebab-case; `path` is relative to the settings' folder; line and column are 1-based.

    `key` names the assistant it is about, where it is about one. `hint` says what to do; where a rule cannot
    be guessed it holds the exact line to paste.
    """

    severity: Severity
    code: str
    message: str
    path: str | None = None
    line: int | None = None
    column: int | None = None
    hint: str | None = None
    key: str | None = None

    def order(self) -> tuple[str, int, int, str, str]:
        """Sorts by place, so that a report does not depend on the order in which things were found."""
        return (self.path or "", self.line or 0, self.column or 0, self.code, self.message)


def distinct(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Sorted by place, each once: what is wrong in a file that many share is told for the first of them."""
    first: dict[tuple[object, ...], Diagnostic] = {}
    for one in sorted(found, key=Diagnostic.order):
        first.setdefault((one.severity, *one.order()), one)
    return list(first.values())
