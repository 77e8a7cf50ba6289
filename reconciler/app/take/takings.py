"""What was found: the files to write, whom they are about, and who is left alone."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from reconciler.core.secrets import refuses
from reconciler.model.live import Live
from reconciler.model.spec import Spec

MANY = 50
"""More than that are asked about."""


class Taken(Struct, frozen=True, kw_only=True):
    """An assistant that gets a manifest, or joins the one that is there."""

    key: str
    assistant_id: str
    name: str
    graph_id: str
    joined: bool = False


class Left(Struct, frozen=True, kw_only=True):
    """An assistant that stays as it is, and why."""

    name: str
    assistant_id: str
    why: str


class Takings(Struct, frozen=True, kw_only=True):
    """What would be written: new files, and new bytes of manifests that are there. Paths are those of the tree.

    `notes` say what else there is to know.
    """

    files: Mapping[str, bytes]
    edits: Mapping[str, bytes]
    taken: tuple[Taken, ...]
    left: tuple[Left, ...]
    notes: tuple[str, ...] = ()


class Draft(Struct, frozen=True, kw_only=True):
    """One assistant as it would be written: `spec` is what the manifest has to say for it, read back."""

    key: str
    live: Live
    spec: Spec
    manifest: str
    files: Mapping[str, bytes]
    edits: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def written(self) -> dict[str, bytes]:
        return {**self.files, **self.edits}

    def taken(self) -> Taken:
        return Taken(
            key=self.key,
            assistant_id=self.live.assistant_id,
            name=self.spec.name,
            graph_id=self.spec.graph_id,
            joined=bool(self.edits),
        )


def left(live: Live, why: str) -> Left:
    """A name that is a secret itself is not repeated."""
    name = live.row.spec.name
    return Left(name="…" if refuses(("name",), name) else name, assistant_id=live.assistant_id, why=why)
