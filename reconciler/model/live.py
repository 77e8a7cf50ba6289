"""What a server says: an assistant as it is listed, and the rows of its history."""

from __future__ import annotations

from msgspec import Struct, field

from reconciler.model.defaults import default_id
from reconciler.model.json import JsonObject
from reconciler.model.marker import Marker
from reconciler.model.spec import Spec


class Version(Struct, frozen=True, kw_only=True):
    """One snapshot of an assistant: a row of its history, or what is live now.

    `spec.metadata` holds every key but the marker, other people's included. `residue` holds values that the server
    keeps beside the context and that contradict it, as a set-latest leaves them (docs/server.md, S4 and S17);
    it is empty for every healthy row. `ambiguous` says that the server keeps two different sets of values and nobody
    can tell which one counts (docs/server.md, S3). `created_at` is the server's own text.
    """

    number: int
    spec: Spec
    marker: Marker | None = None
    residue: JsonObject = field(default_factory=dict)
    ambiguous: bool = False
    created_at: str | None = None


class Live(Struct, frozen=True, kw_only=True):
    """An assistant as the server lists it. `row.number` is the version that is active.

    `mark` is the marker where it belongs to this very assistant; a marker with another id is a copy somebody made.
    """

    assistant_id: str
    row: Version

    @property
    def mark(self) -> Marker | None:
        marker = self.row.marker
        return marker if marker is not None and marker.id == self.assistant_id else None

    @property
    def is_default(self) -> bool:
        """Whether it is its graph's default assistant."""
        return self.assistant_id == default_id(self.row.spec.graph_id)

    @property
    def is_copy(self) -> bool:
        marker = self.row.marker
        return marker is not None and marker.id != self.assistant_id


class History(Struct, frozen=True, kw_only=True):
    """Rows of one assistant, newest first. `complete` is False where older rows exist that were not read. `dropped` are
    those that were read and not kept, since nobody asks for them any more."""

    rows: tuple[Version, ...]
    complete: bool
    dropped: int = 0

    @property
    def read(self) -> int:
        """How many were read."""
        return len(self.rows) + self.dropped
