"""Drift: what happened to assistants outside git, and what git had last applied to them."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from reconciler.model.change import FieldChange, State
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.live import Version
from reconciler.model.plan import Deployment
from reconciler.model.wanted import Wanted


class Who(StrEnum):
    """Who did it, as far as anything says so."""

    OUTSIDE = "outside"
    RECONCILER = "reconciler"
    UNKNOWN = "unknown"


class Drifted(Struct, frozen=True, kw_only=True):
    """One assistant. `state` is edited, rolled-back or missing.

    `live` is what is live, with the time at which that version was made; None where it is missing. `applied` is the
    version that git last applied; None where that is not known, which a diagnostic says. `taken` is a newer one, made
    outside git, that git came to say. `fields` lead from the newest of these, else from what git says now, to what is
    live. `ahead` says that git has moved on since, `since` that a rollback of ours was changed again.
    """

    wanted: Wanted
    state: State
    who: Who
    live: Version | None = None
    applied: Version | None = None
    taken: Version | None = None
    fields: tuple[FieldChange, ...] = ()
    ahead: bool = False
    since: bool = False
    note: str | None = None


class Drift(Struct, frozen=True, kw_only=True):
    """Each assistant that git names stands, by key, in exactly one of these.

    `as_applied` are as git wants them or as it last applied them. `waiting` were never applied: not created yet, or
    not written yet since git took them over. `half_restored` are what a set-latest left behind on a server that
    restores only part, `not_taken` what the server does not take: neither is anybody's edit. Of the `adopted`, which
    carry no marker, nothing can be told. `refused` are errors about single assistants, which cannot be judged.
    """

    deployment: Deployment
    owner: str
    commit: str | None = None
    drifted: tuple[Drifted, ...] = ()
    as_applied: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    half_restored: tuple[str, ...] = ()
    not_taken: tuple[str, ...] = ()
    adopted: tuple[str, ...] = ()
    refused: tuple[Diagnostic, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
