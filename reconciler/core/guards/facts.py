"""What guards need to know besides the plan: where this run is, and what git says of what went before."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from reconciler.model.wanted import OnDrift


class Limits(Struct, frozen=True, kw_only=True):
    """The numbers of the settings' `guards`."""

    max_deletes: int = 5
    max_delete_percent: float = 20
    max_update_percent: float = 50


class Safety(Struct, frozen=True, kw_only=True):
    """The settings that keep a run from doing harm, as one commit has them.

    `prune` and `expect` are those of the deployment this run is about; None where it is not listed.
    """

    limits: Limits = field(default_factory=Limits)
    on_drift: OnDrift = OnDrift.OVERWRITE
    prune: bool | None = None
    expect: Mapping[str, str] | None = None


class Trailer(Struct, frozen=True, kw_only=True):
    """`Reconciler-Allow: TEXT`, as a commit that was not applied yet says it."""

    commit: str
    text: str


class Facts(Struct, frozen=True, kw_only=True):
    """`repo` and `deployment` are this run's own names, None where it has none.

    Of the commits that live markers name, `newer` are those that have `head` in their history, `unknown` those that
    this clone does not have. `before` are the settings' safety at the base and `now` in this tree; where `before` is
    None although there is a base, `not_compared` says why. `trailers` are those of the commits since the last apply.
    """

    repo: str | None = None
    deployment: str | None = None
    head: str | None = None
    newer: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()
    before: Safety | None = None
    now: Safety | None = None
    not_compared: str | None = None
    trailers: tuple[Trailer, ...] = ()
