"""What a guard is given and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from reconciler.model.change import Activate, Change, Create, Delete, Reason, Update, key_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The numbers of the settings' `guards`."""

    max_deletes: int = 5
    max_delete_percent: float = 20
    max_update_percent: float = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """`wanted` is how many assistants git wants, `owned` how many of the live ones are ours.

    `deletable` are keys that `--allow-delete` names.
    """

    changes: tuple[Change, ...]
    wanted: int
    owned: int
    limits: Limits = field(default_factory=Limits)
    deletable: frozenset[str] = frozenset()

    @property
    def deletes(self) -> tuple[Delete, ...]:
        """The deletions that nobody has allowed by name."""
        return tuple(c for c in self.changes if isinstance(c, Delete) and key_of(c) not in self.deletable)

    @property
    def rewrites(self) -> tuple[Update | Activate, ...]:
        """Updates and activations; not those that only mark what is adopted, which somebody asked for by name."""
        return tuple(c for c in self.changes if isinstance(c, Update | Activate) and Reason.ADOPT not in c.reasons)

    @property
    def creates(self) -> tuple[Create, ...]:
        return tuple(c for c in self.changes if isinstance(c, Create))


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a guard has against a plan, for people; `allow` is the option that overrides, where not `--allow NAME`."""

    message: str
    allow: str | None = None


Rule: TypeAlias = Callable[[Scope], Verdict | None]


def count(number: int, noun: str) -> str:
    """`1 assistant`, `2 assistants`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
