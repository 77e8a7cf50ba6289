"""What is sent to make an assistant so: always the full content (docs/server.md, S1)."""

from __future__ import annotations

from msgspec import Struct, field

from reconciler.model.json import JsonObject
from reconciler.model.marker import Marker
from reconciler.model.spec import Spec


class Write(Struct, frozen=True, kw_only=True):
    """`spec.metadata` holds the keys that git manages, with null for those it gave up (docs/server.md, S6).

    `foreign` are the metadata keys of others as they were found: sent back only to a server that would lose them.
    `derived` says that the id is our own, made from owner and key: nobody else can have meant to use it. With
    `released` the marker is not sent but cleared; its hash still says what the rest should be.
    """

    assistant_id: str
    spec: Spec
    marker: Marker
    foreign: JsonObject = field(default_factory=dict)
    derived: bool = True
    released: bool = False
