"""What the server keeps: a live row for each assistant, and a row for each of its versions.

Contents are never changed in place, so rows may share them.
"""

from __future__ import annotations

import datetime
import random
import uuid
from dataclasses import dataclass, field
from typing import Any

from .values import JsonObject


@dataclass(frozen=True)
class Content:
    """What a version holds. `context` is None on servers that know none (S5).

    `null_context` and `poisoned` are what the traits of these names do: see `contents.kept`.
    """

    graph_id: str
    name: str
    description: str | None
    config: JsonObject
    context: JsonObject | None
    metadata: JsonObject
    null_context: bool = False
    poisoned: bool = False

    def json(self) -> JsonObject:
        """All but the description, which stands elsewhere in an answer."""
        known = {} if self.context is None else {"context": self.context}
        return {
            "graph_id": self.graph_id,
            "config": self.config,
            **known,
            "metadata": self.metadata,
            "name": self.name,
        }


@dataclass
class Row:
    """A live assistant; `user` is who created it, `system` for defaults."""

    assistant_id: str
    content: Content
    created_at: str
    updated_at: str
    version: int = 1
    user: str = ""

    def json(self, content: Content | None = None) -> JsonObject:
        content = content or self.content
        return {
            "assistant_id": self.assistant_id,
            **content.json(),
            "created_at": self.created_at,
            "updated_at": self.updated_at,
            "version": self.version,
            "description": content.description,
        }


@dataclass(frozen=True)
class Version:
    assistant_id: str
    version: int
    content: Content
    created_at: str

    def json(self) -> JsonObject:
        fields = self.content.json()
        return {
            "assistant_id": self.assistant_id,
            "version": self.version,
            **{name: value for name, value in fields.items() if name != "name"},
            "created_at": self.created_at,
            "name": self.content.name,
            "description": self.content.description,
        }


@dataclass
class Store:
    """Rows in the order they were made. A deleted row's versions may outlive it (S22)."""

    seed: int = 0
    rows: dict[str, Row] = field(default_factory=dict)
    history: dict[str, list[Version]] = field(default_factory=dict)
    ticks: int = 0

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def now(self) -> str:
        """A time that never repeats: a second and a bit later at each call."""
        self.ticks += 1
        start = datetime.datetime(2026, 1, 1, 0, 0, 0, 1, datetime.UTC)
        return (start + datetime.timedelta(seconds=self.ticks)).isoformat()

    def new_id(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def insert(self, assistant_id: str, content: Content, user: str) -> Row:
        now = self.now()
        row = Row(assistant_id, content, now, now, user=user)
        self.rows[assistant_id] = row
        self.history.setdefault(assistant_id, []).append(Version(assistant_id, 1, content, now))
        return row

    def append(self, row: Row, content: Content) -> Version:
        """A further version row. The live row is the caller's to change."""
        rows = self.history[row.assistant_id]
        number = max(version.version for version in rows) + 1
        version = Version(row.assistant_id, number, content, self.now())
        rows.append(version)
        return version

    def delete(self, assistant_id: str) -> None:
        del self.rows[assistant_id], self.history[assistant_id]

    def newest_first(self, assistant_id: str) -> list[Version]:
        rows = self.history.get(assistant_id, [])
        return sorted(rows, key=lambda version: version.version, reverse=True)

    def state(self) -> dict[str, Any]:
        """Everything, for tests that ask whether anything moved."""
        return {id_: (row.json(), [version.json() for version in self.history[id_]]) for id_, row in self.rows.items()}
