"""What git wants of one assistant: a manifest, resolved."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from reconciler.model.spec import Spec
from reconciler.model.tries import Try

FieldPath = tuple[str | int, ...]
"""Where a value stands in a spec: `("context", "tools", 0)`."""


class OnDrift(StrEnum):
    """What apply does about what was changed outside git."""

    OVERWRITE = "overwrite"
    HOLD = "hold"
    BLOCK = "block"


class Wanted(Struct, frozen=True, kw_only=True):
    """One assistant as git wants it.

    `path` and `line` say where the manifest stands, `files` which other files its content came from, `sources` which of
    its values are the texts of files. With `default`
    only context and config are managed. `ignore` are paths that others own: never compared, sent back as found.
    `adopts` says that the manifest names the assistant_id itself. With `released` git gives it up: the marker goes,
    everything else stays as it is found. `rollback` is the hash of what it is rolled back from: no manifest says it.
    `tries` are no part of what is live: they are run, never written.
    """

    key: str
    assistant_id: str
    spec: Spec
    path: str
    line: int = 1
    files: tuple[str, ...] = ()
    sources: tuple[tuple[FieldPath, str], ...] = ()
    default: bool = False
    protected: bool = False
    adopts: bool = False
    released: bool = False
    ignore: tuple[FieldPath, ...] = ()
    on_drift: OnDrift | None = None
    rollback: str | None = None
    tries: tuple[Try, ...] = ()


class Removed(Struct, frozen=True, kw_only=True):
    """An assistant that git gives up by name: it is deleted, or with `keep` only its marker goes."""

    key: str
    assistant_id: str
    path: str
    line: int = 1
    keep: bool = False
