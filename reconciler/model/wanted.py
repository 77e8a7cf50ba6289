"""What git wants of one assistant: a manifest, resolved."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reconciler.model.spec import Spec

FieldPath = tuple[str | int, ...]
"""Where a value stands in a spec: `("context", "tools", 0)`."""


class OnDrift(StrEnum):
    """What apply does about what was changed outside git."""

    OVERWRITE = "overwrite"
    HOLD = "hold"
    BLOCK = "block"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One assistant as git wants it.

    `path` and `line` say where the manifest stands, `files` which other files its content came from. With `default`
    only context and config are managed. `ignore` are paths that others own: never compared, sent back as found.
    `adopts` says that the manifest names the assistant_id itself.
    """

    key: str
    assistant_id: str
    spec: Spec
    path: str
    line: int = 1
    files: tuple[str, ...] = ()
    default: bool = False
    protected: bool = False
    adopts: bool = False
    ignore: tuple[FieldPath, ...] = ()
    on_drift: OnDrift | None = None
