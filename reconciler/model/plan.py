"""Plan: an immutable value that holds all changes, why each is there, and what the guards say.

The same value is rendered and applied. It depends on nothing but its inputs: not on the order of files, of keys,
or of the server's list.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct, field

from reconciler.model.change import Change
from reconciler.model.diagnostic import Diagnostic


class Deployment(Struct, frozen=True, kw_only=True):
    """Which server: its name in the settings (None for a bare --url) and its address without credentials."""

    name: str | None
    url: str


class Guard(Struct, frozen=True, kw_only=True):
    """What one guard says of the whole plan. `blocked` stops apply before it writes; `allowed` names the override.

    `allow` is the option that overrides it; `by` what did: `--allow`, `--allow-delete` or `trailer of 0a1b2c3d4e5f`.
    """

    guard: str
    verdict: Literal["blocked", "allowed"]
    message: str
    allow: str | None = None
    by: str | None = None


class Held(Struct, frozen=True, kw_only=True):
    """A change that apply leaves undone. `why` says so in words; `blocks` where the policy stops the whole apply."""

    change: Change
    why: str
    blocks: bool = False
    ahead: bool = False
    """Git had changed it too: leaving it means that git is not true, so apply ends with 5."""


class Untouched(Struct, frozen=True, kw_only=True):
    """An assistant that git names and this plan leaves alone, at the version at which it was seen."""

    key: str
    assistant_id: str
    version: int


class Plan(Struct, frozen=True, kw_only=True):
    """`unchanged` and `adopted` are keys. `untouched` are those in step, so that a report can say what others did to
    them meanwhile. `refused` are errors about single assistants: those are not written. `left_out` is what differs and
    is not so in the saved plan that is applied: it is no change of this plan. With `rollback` it is what
    somebody asked for, an earlier version of one assistant, and not what git says.

    `proposed` are the keys of which the tree says something else than the base: what a pull request is about; None
    where nobody asked. With `offline` no server was asked: what the base says stands for what is live."""

    deployment: Deployment
    owner: str
    commit: str | None = None
    base: str | None = None
    changes: tuple[Change, ...] = ()
    held: tuple[Held, ...] = ()
    refused: tuple[Diagnostic, ...] = ()
    left_out: tuple[Change, ...] = ()
    unchanged: tuple[str, ...] = ()
    adopted: tuple[str, ...] = ()
    untouched: tuple[Untouched, ...] = ()
    drifted: tuple[str, ...] = ()
    unmanaged: int = 0
    foreign: Mapping[str, int] = field(default_factory=dict)
    copies: int = 0
    guards: tuple[Guard, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    rollback: bool = False
    proposed: frozenset[str] | None = None
    offline: bool = False

    @property
    def is_empty(self) -> bool:
        """Nothing differs: no change, none held back, none refused, none left out."""
        return not (self.changes or self.held or self.refused or self.left_out)

    @property
    def blocked(self) -> bool:
        """A guard, or `on_drift: block`, stops apply before its first write."""
        return any(g.verdict == "blocked" for g in self.guards) or any(h.blocks for h in self.held)
