"""What a guard is given and what it answers."""

from __future__ import annotations

import shlex
from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from msgspec import Struct, field

from reconciler.core.authorship import written
from reconciler.core.guards.facts import Facts, Limits
from reconciler.model.change import Activate, Change, Create, Delete, Reason, Update, key_of
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.live import History, Live
from reconciler.model.marker import Marker

_LISTED = 5
_SHA = 12


class Scope(Struct, frozen=True, kw_only=True):
    """The whole plan, and what it was made from.

    `wanted` is how many assistants git wants, `owned` how many of the live ones are ours. `deletable` are keys that
    may be deleted, since somebody said so by name. Of the live ones `ours` carry our marker, `orphans` are those of
    them without a manifest, `others` carry another owner's. `histories` holds at least those of what is deleted.
    """

    changes: tuple[Change, ...]
    wanted: int
    owned: int
    limits: Limits = field(default_factory=Limits)
    deletable: frozenset[str] = frozenset()
    owner: str = ""
    ours: tuple[Live, ...] = ()
    orphans: tuple[Live, ...] = ()
    others: tuple[Live, ...] = ()
    histories: Mapping[str, History] = field(default_factory=dict)
    facts: Facts = field(default_factory=Facts)

    @property
    def all_deletes(self) -> tuple[Delete, ...]:
        return tuple(c for c in self.changes if isinstance(c, Delete))

    @property
    def deletes(self) -> tuple[Delete, ...]:
        """The deletions that nobody has allowed by name."""
        return tuple(c for c in self.all_deletes if key_of(c) not in self.deletable)

    @property
    def unsaid(self) -> tuple[Delete, ...]:
        """The deletions that nothing names: no option, and no manifest that says `removed: delete`."""
        return tuple(c for c in self.deletes if c.removed is None)

    @property
    def rewrites(self) -> tuple[Update | Activate, ...]:
        """Updates and activations; not those that only mark what is adopted, which somebody asked for by name."""
        return tuple(c for c in self.changes if isinstance(c, Update | Activate) and Reason.ADOPT not in c.reasons)

    @property
    def creates(self) -> tuple[Create, ...]:
        return tuple(c for c in self.changes if isinstance(c, Create))

    @property
    def touched(self) -> tuple[Live, ...]:
        """Those that would be written or deleted."""
        return tuple(c.live for c in self.changes if not isinstance(c, Create))


def marks_of(owner: str, live: Live, histories: Mapping[str, History]) -> list[Marker]:
    """What says which commits an assistant came from: its own marker, and that of the newest version that this tool
    wrote, where the history was read: a rollback makes an older version live and leaves that one behind."""
    history = histories.get(live.assistant_id)
    rows = written(owner, live.assistant_id, history.rows) if history is not None else ()
    found = [live.mark, *(row.marker for row in rows[:1])]
    return [mark for mark in found if mark is not None]


class Verdict(Struct, frozen=True):
    """What a guard has against a plan: each guard's own frozen value."""

    @property
    @abstractmethod
    def message(self) -> str:
        """The same for people, in a line; not yet escaped."""

    @property
    def allow(self) -> str | None:
        """The option that overrides, where that is not `--allow NAME`."""
        return None


Rule: TypeAlias = Callable[[Scope], Verdict | None]
Notes: TypeAlias = Callable[[Scope], list[Diagnostic]]


def count(number: int, noun: str) -> str:
    """`1 assistant`, `2 assistants`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def names(keys: Iterable[str]) -> str:
    """`writer/blog`, `writer/tweet` and 3 more."""
    listed = [f"`{key}`" for key in keys]
    more = len(listed) - _LISTED
    return ", ".join(listed[:_LISTED]) + (f" and {more} more" if more > 0 else "")


def allow_delete(keys: Iterable[str]) -> str:
    """The options that let these be deleted, to paste: a key comes from a marker, which anybody can write."""
    return " ".join(f"--allow-delete {shlex.quote(key)}" for key in keys)


def short(commit: str) -> str:
    """A commit's id as people read it."""
    return commit[:_SHA]
