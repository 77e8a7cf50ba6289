"""The assistants themselves: create, read, PATCH, versions, set-latest, delete."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from . import auth, contents, searching
from .graphs import Graphs, default_id
from .messages import Crash, Problem
from .store import Content, Row, Store
from .traits import Traits
from .values import JsonObject, contains, same_json


class Assistants:
    """What the endpoints do, for one user at a time; raises Problem and Crash, answers JSON."""

    def __init__(self, traits: Traits, store: Store, graphs: Graphs) -> None:
        self.traits, self.store, self.graphs = traits, store, graphs
        self.lock = threading.RLock()
        self._busy: set[str] = set()

    def create(self, body: JsonObject, who: str) -> JsonObject:
        sent = body.get("assistant_id")
        assistant_id = parsed_id(sent) if sent else self.store.new_id()
        self.graphs.check(self.traits, body["graph_id"], create=True)
        auth.allow_write(self.traits)
        body = auth.marked(self.traits, body, who)
        new = contents.created(self.traits, body)
        keep = contents.kept(self.traits, new)
        if existing := self._taken(assistant_id, keep, who):
            hidden = not auth.visible(self.traits, existing, who)
            if hidden or body.get("if_exists", "raise") == "raise":
                raise Problem(409, f"Assistant {assistant_id} already exists")
            return existing.json()
        row = self.store.insert(assistant_id, keep, who)
        return self._answer(row, new if self.traits.write_answer == "sent" else keep)

    def get(self, raw_id: str, who: str) -> JsonObject:
        row = self._row(self.id_of(raw_id), who, "Not Found")
        if self.traits.gone_graph != "shown" and row.content.graph_id not in self.graphs.schemas:
            raise Problem(404, f"assistant {raw_id} not found")
        return self._answer(row, row.content)

    def patch(self, raw_id: str, body: JsonObject, who: str) -> JsonObject:
        assistant_id = self.id_of(raw_id)
        self.graphs.check(self.traits, body.get("graph_id"), create=False)
        auth.allow_write(self.traits)
        body = auth.marked(self.traits, body, who)
        contents.refuse_both(self.traits, body)
        row = self._writable(assistant_id, who)
        with self._alone(assistant_id):
            new = contents.patched(self.traits, row.content, body)
            keep = contents.kept(self.traits, new)
            version = self.store.append(row, keep)
            if self._twin(assistant_id, keep, row.user):
                raise Crash  # S13: the version row is there, the live row does not move
            self._move(row, keep, version.version, version.created_at)
        return self._answer(row, new if self.traits.write_answer == "sent" else keep)

    def set_latest(self, raw_id: str, body: JsonObject, who: str) -> JsonObject:
        assistant_id, number = self.id_of(raw_id), body.get("version")
        auth.allow_write(self.traits)
        row = self._writable(assistant_id, who)
        for version in self.store.history[assistant_id]:
            if version.version == number:
                target = contents.activated(self.traits, row.content, version.content)
                self._move(row, target, version.version, self.store.now())
                return self._answer(row, row.content)
        raise Problem(404, f"Version {number} not found for assistant {assistant_id}")

    def versions(self, raw_id: str, body: JsonObject, who: str) -> list[JsonObject]:
        assistant_id = self.id_of(raw_id)
        missing = f"Assistant {assistant_id} not found"
        self._row(assistant_id, who, missing)
        found = [
            version
            for version in self.store.newest_first(assistant_id)
            if contains(version.content.metadata, body.get("metadata") or {}, self.traits)
            and auth.visible(self.traits, version, who)
        ]
        if self.traits.versions_paging == "honoured":
            limit, offset = int(body.get("limit", 10)), int(body.get("offset", 0))
            found = found[offset : offset + limit]
        if any(version.content.poisoned for version in found):
            raise Crash
        if not found and self.traits.versions_past_end == "404":
            raise Problem(404, missing)
        return [version.json() for version in found]

    def delete(self, raw_id: str, who: str) -> None:
        assistant_id = self.id_of(raw_id)
        auth.allow_write(self.traits)
        self._row(assistant_id, who, f"Assistant with ID {assistant_id} not found")
        self.store.delete(assistant_id)

    def schemas(self, raw_id: str, who: str) -> JsonObject:
        row = self._row(self.id_of(raw_id), who, "Not Found")
        return self.graphs.describe(self.traits, row.content.graph_id, row.assistant_id)

    def search(self, body: JsonObject, who: str) -> tuple[list[Any], Mapping[str, str]]:
        rows = searching.matching(self.traits, self.store, self.graphs, body, who)
        return searching.page(self.traits, rows, body)

    def count(self, body: JsonObject, who: str) -> int:
        return len(searching.matching(self.traits, self.store, self.graphs, body, who))

    def id_of(self, raw_id: str) -> str:
        if self.traits.graph_name_as_id == "taken" and raw_id in self.graphs.schemas:
            return default_id(raw_id)
        return parsed_id(raw_id)

    def _row(self, assistant_id: str, who: str, missing: str) -> Row:
        row = self.store.rows.get(assistant_id)
        if row is None or not auth.visible(self.traits, row, who):
            raise Problem(404, missing)
        return row

    def _writable(self, assistant_id: str, who: str) -> Row:
        row = self._row(assistant_id, who, f"Assistant {assistant_id} not found")
        if self.traits.defaults == "404" and row.user == "system":
            raise Problem(404, f"Assistant {assistant_id} not found")
        return row

    def _taken(self, assistant_id: str, content: Content, who: str) -> Row | None:
        return self.store.rows.get(assistant_id) or self._twin(assistant_id, content, who)

    def _twin(self, assistant_id: str, content: Content, who: str) -> Row | None:
        """S13: another assistant of this user with the same graph and config."""
        if self.traits.one_per_config == "no":
            return None
        for row in self.store.rows.values():
            if (
                row.assistant_id != assistant_id
                and row.user == who
                and row.content.graph_id == content.graph_id
                and same_json(row.content.config, content.config)
            ):
                return row
        return None

    def _move(self, row: Row, content: Content, version: int, now: str) -> None:
        row.content = contents.seen(self.traits, row.content, content)
        row.version, row.updated_at = version, now

    def _answer(self, row: Row, content: Content) -> JsonObject:
        if row.content.poisoned:
            raise Crash
        return row.json(content)

    @contextmanager
    def _alone(self, assistant_id: str) -> Iterator[None]:
        """S14: where writes collide, a second one of the same assistant fails meanwhile."""
        if self.traits.parallel_writes == "queue":
            yield
            return
        if assistant_id in self._busy:
            raise Crash
        self._busy.add(assistant_id)
        self.lock.release()
        try:
            time.sleep(0.0005)
        finally:
            self.lock.acquire()
            self._busy.discard(assistant_id)
        if assistant_id not in self.store.rows:
            raise Crash
        yield


def parsed_id(text: str) -> str:
    """The id in lower case with dashes; 422 for what is no UUID in any spelling."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise Problem(422, "Invalid assistant ID: must be a UUID") from None
