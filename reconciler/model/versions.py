"""The versions of one assistant, each with who wrote it and what it changed."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from reconciler.model.change import FieldChange
from reconciler.model.live import Live, Version
from reconciler.model.plan import Deployment


class Told(Struct, frozen=True, kw_only=True):
    """One version. `ours` says that this tool wrote it; else it was made outside git. `fields` are what it changed
    against the version before it, also what others manage; `first` says that there is none. `relabelled` says that
    its marker is another one than that of the version before."""

    row: Version
    ours: bool
    first: bool = False
    relabelled: bool = False
    fields: tuple[FieldChange, ...] = ()

    @property
    def rollback(self) -> bool:
        """Whether a rollback of ours wrote it."""
        return self.ours and self.row.marker is not None and self.row.marker.rollback is not None


class Versions(Struct, frozen=True, kw_only=True):
    """`told`, newest first. `older` are those that were not read: at most so many, or exactly so many where `exact`.

    `differs` leads from the active version's row to what is live, where a set-latest restored only part of it.
    `subjects` are those of the commits that this clone has.
    """

    deployment: Deployment
    owner: str
    key: str | None
    live: Live
    told: tuple[Told, ...] = ()
    older: int = 0
    exact: bool = True
    differs: tuple[FieldChange, ...] = ()
    subjects: Mapping[str, str] = field(default_factory=dict)
