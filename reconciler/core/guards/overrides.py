"""Who said that a guard may be passed: the command line, or a reviewed commit's trailer `Reconciler-Allow`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct, field

from reconciler.core.guards.facts import Trailer
from reconciler.core.guards.rule import short
from reconciler.model.diagnostic import Diagnostic

TRAILER = "Reconciler-Allow"


class Overrides(Struct, frozen=True, kw_only=True):
    """Guards by name, and keys that may be deleted, each with where that was said."""

    guards: Mapping[str, str] = field(default_factory=dict)
    deletes: Mapping[str, str] = field(default_factory=dict)


def overrides(
    known: Collection[str], allow: Iterable[str], allow_delete: Iterable[str], trailers: Iterable[Trailer]
) -> tuple[Overrides, list[Diagnostic]]:
    """All overrides of a run, and the trailers that say nothing. What the command line says comes first."""
    guards, deletes = {}, {}
    wrong: list[Diagnostic] = []
    for trailer in trailers:
        word, _, key = trailer.text.strip().partition(" ")
        by = f"trailer of {short(trailer.commit)}"
        if word == "delete" and key.strip():
            deletes[key.strip()] = by
        elif trailer.text.strip() in known:
            guards[trailer.text.strip()] = by
        else:
            wrong.append(_unknown(trailer, known))
    guards |= dict.fromkeys(allow, "--allow")
    deletes |= dict.fromkeys(allow_delete, "--allow-delete")
    return Overrides(guards=guards, deletes=deletes), wrong


def _unknown(trailer: Trailer, known: Collection[str]) -> Diagnostic:
    return Diagnostic(
        severity="warning",
        code="trailer-unknown",
        message=f"commit {short(trailer.commit)} says `{TRAILER}: {trailer.text}`, which allows nothing",
        hint=f"it is `delete KEY`, or one of {', '.join(sorted(known))}",
    )
