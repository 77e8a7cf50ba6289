"""A saved plan: what was decided, as hashes. It holds no content, and nothing in it is a permission."""

from __future__ import annotations

from msgspec import Struct

from reconciler.model.plan import Deployment
from reconciler.model.wanted import OnDrift


class Decision(Struct, frozen=True, kw_only=True):
    """One change: about which assistant, from which live state to which wanted content. Two that are equal are one and
    the same step. `wanted` and `live` are hashes; None on the side where nothing is."""

    key: str
    assistant_id: str
    action: str
    target_version: int | None
    wanted: str | None
    live_version: int | None
    live: str | None


class Identity(Struct, frozen=True, kw_only=True):
    """What a server says of itself in /info. None where it does not say."""

    project_id: str | None = None
    tenant_id: str | None = None


class Shape(Struct, frozen=True, kw_only=True):
    """The options that shaped a plan. `selected` are the only keys that counted (None: all)."""

    prune: bool = False
    adopt: bool = False
    on_drift: OnDrift | None = None
    selected: tuple[str, ...] | None = None
    named: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    allow_delete: tuple[str, ...] = ()


class SavedPlan(Struct, frozen=True, kw_only=True):
    """`made_at` is UTC, as `2026-01-31T12:00:00Z`. `changes` are in the order in which they were planned."""

    deployment: Deployment
    identity: Identity
    owner: str
    commit: str | None
    made_at: str
    options: Shape
    changes: tuple[Decision, ...]
