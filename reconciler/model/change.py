"""The steps of a plan, as tiny values with an order: create, update, activate, delete."""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import Literal, TypeAlias

from msgspec import Struct

from reconciler.model.json import Json
from reconciler.model.live import Live
from reconciler.model.wanted import FieldPath, Removed, Wanted


class State(StrEnum):
    """How an assistant stands between git and the server. The table is in core/state.py."""

    MISSING = "missing"
    IN_STEP = "in-step"
    ROLLED_BACK = "rolled-back"
    BEHIND = "behind"
    REFUSED = "refused"
    HALF_RESTORED = "half-restored"
    EDITED = "edited"


class Reason(StrEnum):
    """Why a change is there: git says something new, somebody changed it outside git, our own marker is off,
    somebody asks for an earlier version."""

    MANIFEST = "manifest"
    DRIFT = "drift"
    MARKER = "marker"
    ADOPT = "adopt"
    ROLLBACK = "rollback"


class Absent(Enum):
    """The value of a side where a field does not exist."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT
Value: TypeAlias = "Json | Absent"


class FieldChange(Struct, frozen=True, kw_only=True):
    """One field that differs. Where `op` is add, `before` is ABSENT; where it is remove, `after` is. `file` is the file
    whose text git's side is."""

    path: FieldPath
    op: Literal["add", "remove", "replace"]
    before: Value = ABSENT
    after: Value = ABSENT
    file: str | None = None


class _Change(Struct, frozen=True, kw_only=True):
    reasons: tuple[Reason, ...]
    state: State
    fields: tuple[FieldChange, ...] = ()
    note: str | None = None


class Create(_Change, frozen=True, kw_only=True):
    """The assistant does not exist on the server."""

    wanted: Wanted


class Update(_Change, frozen=True, kw_only=True):
    """The full content is sent: a new version. `newest` is the highest version number, where the history was read."""

    wanted: Wanted
    live: Live
    newest: int | None = None


class Activate(_Change, frozen=True, kw_only=True):
    """`target`, another version that holds the wanted content already, becomes active again: no new version, but where
    a server restores only part of it, which has to be repaired (docs/server.md, S17). `newest` as in Update;
    `made` is when the target was made, in the server's own words."""

    wanted: Wanted
    live: Live
    target: int
    newest: int | None = None
    made: str | None = None

    @property
    def target_is_newest(self) -> bool:
        """Then it takes whole on every server, unless a restart made the assistant anew (S22)."""
        return self.target == self.newest


class Losses(Struct, frozen=True, kw_only=True):
    """What hangs on an assistant that is deleted, as the server counts it; None where it cannot or does not say.

    Versions and crons go with it, threads stay (docs/server.md, S23). With `more` there are more versions than that:
    they were not all counted.
    """

    versions: int | None = None
    threads: int | None = None
    crons: int | None = None
    more: bool = False


class Delete(_Change, frozen=True, kw_only=True):
    """Ours, and git has no manifest for it any more, or `removed` says that it goes. All its versions go with it."""

    live: Live
    removed: Removed | None = None
    losses: Losses = Losses()


Change: TypeAlias = Create | Update | Activate | Delete

ACTIONS: dict[type[Change], str] = {
    Create: "create",
    Update: "update",
    Activate: "activate",
    Delete: "delete",
}
"""The public names, in the order in which they are applied."""


def action(change: Change) -> str:
    """`create`, `update`, `activate` or `delete`."""
    return ACTIONS[type(change)]


def key_of(change: Change) -> str:
    """The key of the assistant a change is about; that of a deletion stands in its marker."""
    if isinstance(change, Delete):
        if change.removed is not None:
            return change.removed.key
        marker = change.live.row.marker
        return marker.key if marker is not None else change.live.assistant_id
    return change.wanted.key


def assistant_id_of(change: Change) -> str:
    return change.live.assistant_id if isinstance(change, Delete) else change.wanted.assistant_id


def live_of(change: Change) -> Live | None:
    return None if isinstance(change, Create) else change.live


def wanted_of(change: Change) -> Wanted | None:
    return None if isinstance(change, Delete) else change.wanted


def place_of(change: Change) -> tuple[str, int] | None:
    """The path and the line of the manifest that says so; None where there is none any more."""
    said = change.removed if isinstance(change, Delete) else change.wanted
    return (said.path, said.line) if said is not None else None


def target_of(change: Change) -> int | None:
    """The version that an activation makes live."""
    return change.target if isinstance(change, Activate) else None


def order(change: Change) -> tuple[int, str, str]:
    """Creates, updates, activations, deletions; by key within each."""
    return (list(ACTIONS).index(type(change)), key_of(change), assistant_id_of(change))
