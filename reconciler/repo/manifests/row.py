"""A row of `for_each`: the values of one assistant among many near-equal ones."""

from __future__ import annotations

from msgspec import Struct

from reconciler.model.json import JsonObject
from reconciler.model.wanted import FieldPath
from reconciler.repo.manifests.layers import Part
from reconciler.repo.yaml import Place


class Row(Struct, frozen=True):
    """`fields` are all that the row says. It stands at `prefix` of a part. `common` are the fields that any row of its
    table has."""

    id: str
    fields: JsonObject
    part: Part
    prefix: FieldPath
    place: Place
    common: frozenset[str] = frozenset()
