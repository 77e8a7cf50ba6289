"""What this tool keeps in a live assistant's `metadata.reconciler`: whose it is, and what was written when."""

from __future__ import annotations

from msgspec import Struct

from reconciler.model.json import Json, JsonObject

MARKER = "reconciler"
"""The metadata key that holds the marker."""

RESERVED = frozenset({MARKER, "created_by"})
"""Metadata keys that no manifest may declare: ours, and the server's own (docs/server.md, S22)."""


class Marker(Struct, frozen=True, kw_only=True):
    """`owner`, `key`, `id`, `keys` and `protected` are compared like content; the rest says where it came from.

    `hash` is of the content as it was written, metadata reduced to `keys`; `keys` are the names of the metadata
    keys that git set, sorted; `rollback` is the hash of what was rolled back from.
    """

    owner: str
    key: str
    id: str
    hash: str = ""
    keys: tuple[str, ...] = ()
    protected: bool = False
    rollback: str | None = None
    repo: str | None = None
    deployment: str | None = None
    commit: str | None = None
    path: str | None = None
    source: str | None = None

    def identity(self) -> JsonObject:
        """The part that is compared like content."""
        return {
            "owner": self.owner,
            "key": self.key,
            "id": self.id,
            "keys": list(self.keys),
            "protected": self.protected,
        }

    def as_json(self) -> JsonObject:
        """The object as it is stored: absent fields are left out."""
        provenance: JsonObject = {
            "hash": self.hash,
            "rollback": self.rollback,
            "repo": self.repo,
            "deployment": self.deployment,
            "commit": self.commit,
            "path": self.path,
            "source": self.source,
        }
        return self.identity() | {name: value for name, value in provenance.items() if value is not None}


def parse_marker(value: Json) -> Marker | None:
    """The marker in a stored `metadata.reconciler`, or None where it is not one (anybody can write there)."""
    if not isinstance(value, dict):
        return None
    owner, key, identifier = value.get("owner"), value.get("key"), value.get("id")
    if not (isinstance(owner, str) and isinstance(key, str) and isinstance(identifier, str)):
        return None
    keys = value.get("keys")
    text = {name: found for name, found in value.items() if isinstance(found, str)}.get
    return Marker(
        owner=owner,
        key=key,
        id=identifier,
        hash=text("hash") or "",
        keys=tuple(sorted([k for k in keys if isinstance(k, str)])) if isinstance(keys, list) else (),
        protected=value.get("protected") is True,
        rollback=text("rollback"),
        repo=text("repo"),
        deployment=text("deployment"),
        commit=text("commit"),
        path=text("path"),
        source=text("source"),
    )
