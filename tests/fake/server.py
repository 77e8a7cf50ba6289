"""The fake Agent Server: bytes in, bytes out, in process, as its traits say.

`handle` is what a client reaches, through `transport` or `listen`. The helpers below it are
somebody else in Studio: they go the same way, but past keys and auth handler, and leave no trace
in the log.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import unquote

from . import auth, endpoints, errors, graphs, wire
from .assistants import Assistants
from .messages import Crash, Log, Problem, Request, Response
from .runs import Runs
from .store import Store
from .traits import Traits
from .values import JsonObject

GRAPHS: Final[Mapping[str, Any]] = {
    "writer": {
        "title": "WriterContext",
        "type": "object",
        "properties": {
            "model_name": {"type": "string", "default": "openai"},
            "system_prompt": {"type": "string", "default": ""},
            "temperature": {"type": "number", "default": 0.5},
        },
    },
    "researcher": {
        "title": "ResearcherContext",
        "type": "object",
        "properties": {"model_name": {"type": "string"}, "tools": {"type": "array"}},
    },
    "plain": None,
}
"""The graphs of a fake that is given none; `plain` declares no context schema."""


class FakeServer:
    """One server with its own state. Thread-safe; nothing of it touches network, clock or disk."""

    def __init__(
        self,
        traits: Traits = Traits(),  # noqa: B008 - frozen
        *,
        graphs: Mapping[str, Any] = GRAPHS,
        keys: Mapping[str, str] = auth.KEYS,
        seed: int = 0,
    ) -> None:
        self.log = Log()
        self.keys = dict(keys)
        self.threads: dict[str, int] = {}
        self.crons: dict[str, int] = {}
        self._served = dict(graphs)
        self._store = Store(seed)
        self._assistants = Assistants(traits, self._store, _graphs(self._served))
        self._lock = self._assistants.lock
        self.runs = Runs(self._store, self._lock)
        self.restart()

    @property
    def traits(self) -> Traits:
        return self._assistants.traits

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Response:
        """The answer to one request, which is logged. Never raises."""
        with self._lock:
            place = len(self.log)
            self.log.append(Request(method, path, _json(body), dict(headers)))
            response = self._answer(method, path, headers, body, None)
            self.log[place] = replace(self.log[place], status=response.status)
            return response

    def _answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes, who: str | None) -> Response:
        try:
            plain, _, query = path.partition("?")
            below = self._below_prefix(unquote(plain))
            if who is None:
                public = below in endpoints.PUBLIC
                who = "" if public else auth.user(self.traits, headers, self.keys)
            endpoint, raw_id = endpoints.find(method, below)
            counts = {"threads": self.threads, "crons": self.crons}
            call = endpoints.Call(self._assistants, self.runs, headers, body, who, raw_id, counts, query)
            return endpoint(call)
        except Problem as problem:
            return errors.answer(self.traits, problem)
        except Crash:
            return errors.crash()

    def _below_prefix(self, path: str) -> str:
        prefix = self.traits.mount_prefix
        if prefix and path != "/ok":
            if not path.startswith(prefix + "/"):
                raise Problem(404, "Not Found")
            return path.removeprefix(prefix)
        return path

    # -- the deployment changes --

    def add_graph(self, graph_id: str, schema: Mapping[str, Any] | None) -> None:
        """Serves this graph from now on, or with another schema; its default comes at once."""
        with self._lock:
            self._served[graph_id] = schema
            graphs.start(replace(self.traits, restart="keeps"), self._served, self._store)

    def remove_graph(self, graph_id: str) -> None:
        """This graph is gone from the deployment (S21); its assistants stay."""
        with self._lock:
            del self._served[graph_id]

    def fail_schemas(self, graph_id: str, assistant_id: str | None = None) -> None:
        """GET …/schemas is a 500 from now on, for one assistant of the graph or for all (S20)."""
        with self._lock:
            self._assistants.graphs.failing.add((graph_id, assistant_id))

    def restart(self) -> None:
        """A start of the server: what S22 says happens to default assistants."""
        with self._lock:
            graphs.start(self.traits, self._served, self._store)

    # -- somebody else, in Studio --

    def create(self, *, who: str = "studio", **fields: Any) -> JsonObject:
        return self._ask("POST", "/assistants", fields, who)

    def patch(self, assistant_id: str, *, who: str | None = None, **fields: Any) -> JsonObject:
        return self._ask("PATCH", f"/assistants/{assistant_id}", fields, who, assistant_id)

    def set_latest(self, assistant_id: str, version: int, *, who: str | None = None) -> JsonObject:
        path = f"/assistants/{assistant_id}/latest"
        return self._ask("POST", path, {"version": version}, who, assistant_id)

    def delete(self, assistant_id: str, *, who: str | None = None) -> None:
        self._ask("DELETE", f"/assistants/{assistant_id}", None, who, assistant_id)

    def get(self, assistant_id: str) -> JsonObject:
        """The live row as it is stored; KeyError where there is none. Sees hidden ones too."""
        with self._lock:
            return _copy(self._store.rows[assistant_id].json())

    def versions(self, assistant_id: str) -> list[JsonObject]:
        """Every version row, newest first; [] where there is no such assistant."""
        with self._lock:
            rows = self._store.newest_first(assistant_id)
            return [_copy(version.json()) for version in rows]

    def ids(self) -> list[str]:
        """The ids of all assistants, defaults too, oldest first."""
        with self._lock:
            return list(self._store.rows)

    def state(self) -> Any:
        """Everything stored, to ask whether anything moved."""
        with self._lock:
            return json.loads(json.dumps(self._store.state()))

    def _ask(self, method: str, path: str, body: Any, who: str | None, assistant_id: str = "") -> JsonObject:
        with self._lock:
            row = self._store.rows.get(assistant_id)
            owner = row.content.metadata.get("owner") if row else None
            content = b"" if body is None else json.dumps(body).encode()
            whole = self.traits.mount_prefix + path
            response = self._answer(method, whole, {}, content, who or owner or "studio")
        if response.status >= 400:
            raise AssertionError(f"{method} {path}: {response.status} {response.body.decode()}")
        result: JsonObject = json.loads(response.body) if response.body else {}
        return result


def _graphs(served: dict[str, Any]) -> graphs.Graphs:
    return graphs.Graphs(served)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except (ValueError, RecursionError):
        return None


def _copy(value: JsonObject) -> JsonObject:
    result: JsonObject = json.loads(wire.dump(value))
    return result


__all__ = ["GRAPHS", "FakeServer"]
