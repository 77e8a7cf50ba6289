"""How validation asks where a field stands, without knowing what a manifest is."""

from __future__ import annotations

from typing import Protocol

from reconciler.model.wanted import FieldPath, Wanted


class Locate(Protocol):
    """Path, line and column of the value at a field path of a manifest, or of the field's name with `name`."""

    def __call__(self, wanted: Wanted, path: FieldPath, *, name: bool = False) -> tuple[str, int, int]: ...
