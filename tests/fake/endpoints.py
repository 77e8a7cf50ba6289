"""Which path does what, and in which order a request's parts are looked at."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from . import contents, meta, validation, wire
from .assistants import Assistants
from .graphs import default_id
from .messages import Problem, Response
from .runs import Given, Runs
from .traits import Traits
from .values import JsonObject


@dataclass(frozen=True)
class Call:
    """A request on its way: `raw_id` is the id in its path, `who` asks."""

    assistants: Assistants
    runs: Runs
    headers: Mapping[str, str]
    body: bytes
    who: str
    raw_id: str = ""
    counts: Mapping[str, Mapping[str, int]] | None = None
    query: str = ""

    @property
    def traits(self) -> Traits:
        return self.assistants.traits

    def read(self, shape: validation.Shape, *, write: bool = False) -> JsonObject:
        """The body, checked against its shape; a write's without the server's own keys (S9)."""
        value = wire.parse(self.body, self.traits)
        if write:
            value = contents.stripped(self.traits, value)
        null_context = isinstance(value, dict) and value.get("context", 0) is None
        if null_context and self.traits.null_context == "poisons":
            shown = {name: item for name, item in value.items() if name != "context"}
            return {**validation.check(self.traits, shown, shape), "context": None}
        return validation.check(self.traits, value, shape)


def reply(value: Any, headers: Mapping[str, str] | None = None) -> Response:
    return Response(200, {"content-type": "application/json", **(headers or {})}, wire.dump(value))


def create(call: Call) -> Response:
    body = call.read(validation.CREATE, write=True)
    if body.get("assistant_id"):
        call.assistants.id_of(body["assistant_id"])
    _check_config(call, body)
    return reply(call.assistants.create(body, call.who))


def patch(call: Call) -> Response:
    call.assistants.id_of(call.raw_id)
    body = call.read(validation.PATCH, write=True)
    _check_config(call, body)
    return reply(call.assistants.patch(call.raw_id, body, call.who))


def get(call: Call) -> Response:
    return reply(call.assistants.get(call.raw_id, call.who))


def delete(call: Call) -> Response:
    call.assistants.delete(call.raw_id, call.who)
    if call.traits.delete_status == "204":
        return Response(204, {}, b"")
    return reply({"status": "deleted"} if call.traits.errors == "aegra" else [call.raw_id])


def search(call: Call) -> Response:
    items, headers = call.assistants.search(call.read(_search_shape(call)), call.who)
    return reply(items, headers)


def count(call: Call) -> Response:
    if call.traits.assistants_count == "405":
        raise Problem(405, "Method Not Allowed")
    return reply(call.assistants.count(call.read(validation.COUNT), call.who))


def versions(call: Call) -> Response:
    call.assistants.id_of(call.raw_id)
    body = call.read(validation.listing(1000))
    return reply(call.assistants.versions(call.raw_id, body, call.who))


def latest(call: Call) -> Response:
    body = call.read(validation.LATEST)
    return reply(call.assistants.set_latest(call.raw_id, body, call.who))


def schemas(call: Call) -> Response:
    names = {name.lower() for name in call.headers}
    if call.traits.get_with_content_type == "400" and "content-type" in names:
        raise Problem(400, "Malformed JSON in request body")
    return reply(call.assistants.schemas(call.raw_id, call.who))


def count_threads(call: Call) -> Response:
    metadata = _other_count(call).get("metadata") or {}
    return reply((call.counts or {})["threads"].get(str(metadata.get("assistant_id")), 0))


def count_crons(call: Call) -> Response:
    return reply((call.counts or {})["crons"].get(str(_other_count(call).get("assistant_id")), 0))


def graph(call: Call) -> Response:
    """The nodes and edges of the stand-in graph."""
    row = call.assistants.get(call.raw_id, call.who)
    call.assistants.graphs.must_exist(row["graph_id"])
    inner = [{"id": name, "type": "runnable", "data": {"name": name}} for name in ("__start__", "answer")]
    edges = [{"source": "__start__", "target": "answer"}, {"source": "answer", "target": "__end__"}]
    return reply({"nodes": [*inner, {"id": "__end__"}], "edges": edges})


def run(call: Call) -> Response:
    """S27: the run's context is merged over the assistant's; S8: a graph is given the fields that its schema names."""
    body = validation.check(call.traits, wire.parse(call.body, call.traits), validation.RUN, validation.RUN_AT)
    raw_id = str(body["assistant_id"])
    known = call.assistants.graphs.schemas
    if raw_id in known:
        raw_id = default_id(raw_id)
    config = body.get("config", {})
    if body.get("context") and config.get("configurable"):
        raise Problem(400, validation.BOTH)
    try:
        row = call.assistants.get(raw_id, call.who)
    except Problem as problem:
        if problem.status == 422:
            served = ", ".join(known)
            words = "Must be either:\n- A valid assistant UUID, or\n- One of the registered graphs: "
            raise Problem(422, f"Invalid assistant: '{raw_id}'. {words}{served}") from None
        raise Problem(404, "Thread or assistant not found.") from None
    stored = row["config"].get("configurable", {}) if "context" not in row else row["context"]
    context = {**stored, **config.get("configurable", {}), **body.get("context", {})}
    named = (known.get(row["graph_id"]) or {}).get("properties")
    given = Given(
        assistant_id=row["assistant_id"],
        graph_id=row["graph_id"],
        input=body.get("input"),
        context={name: value for name, value in context.items() if named is None or name in named},
        config={**row["config"], **config},
        metadata=body.get("metadata", {}),
        interrupt_before=body.get("interrupt_before"),
    )
    return call.runs.begin(given)


def join(call: Call) -> Response:
    return call.runs.join(*_ids(call))


def get_run(call: Call) -> Response:
    return reply(call.runs.get(*_ids(call)))


def list_runs(call: Call) -> Response:
    return reply(call.runs.of(*_ids(call)))


def cancel_run(call: Call) -> Response:
    return call.runs.cancel(*_ids(call), wait="wait=true" in call.query)


def get_thread(call: Call) -> Response:
    return reply(call.runs.thread(*_ids(call)))


def delete_thread(call: Call) -> Response:
    call.runs.delete(*_ids(call))
    return Response(204, {}, b"")


def search_threads(call: Call) -> Response:
    body = validation.check(call.traits, wire.parse(call.body, call.traits), validation.THREADS)
    return reply(call.runs.search(body, call.traits))


def ok(call: Call) -> Response:
    return reply(meta.up(call.traits, "/ok"))


def health(call: Call) -> Response:
    return reply(meta.up(call.traits, "/health"))


def info(call: Call) -> Response:
    return reply(meta.info(call.traits))


Endpoint = Callable[[Call], Response]
PUBLIC: Final = ("/ok", "/health", "/info")
_ID: Final = "/assistants/([^/]+)"
_THREAD: Final = "/threads/([^/]+)"
_RUN: Final = f"{_THREAD}/runs/([^/]+)"
ROUTES: Final[tuple[tuple[str, re.Pattern[str], Endpoint], ...]] = tuple(
    (method, re.compile(pattern), endpoint)
    for method, pattern, endpoint in (
        ("GET", "/ok", ok),
        ("GET", "/health", health),
        ("GET", "/info", info),
        ("POST", "/assistants", create),
        ("POST", "/assistants/search", search),
        ("POST", "/assistants/count", count),
        ("POST", f"{_ID}/latest", latest),
        ("POST", f"{_ID}/versions", versions),
        ("GET", f"{_ID}/schemas", schemas),
        ("GET", f"{_ID}/graph", graph),
        ("GET", _ID, get),
        ("PATCH", _ID, patch),
        ("DELETE", _ID, delete),
        ("POST", "/threads/count", count_threads),
        ("POST", "/runs/crons/count", count_crons),
        ("POST", "/runs/wait", run),
        ("POST", "/threads/search", search_threads),
        ("GET", _THREAD, get_thread),
        ("DELETE", _THREAD, delete_thread),
        ("GET", f"{_THREAD}/runs", list_runs),
        ("GET", _RUN, get_run),
        ("GET", f"{_RUN}/join", join),
        ("POST", f"{_RUN}/cancel", cancel_run),
    )
)


def find(method: str, path: str) -> tuple[Endpoint, str]:
    """The endpoint and the ids in its path; 405 for a known path with another method, else 404."""
    known = False
    for verb, pattern, endpoint in ROUTES:
        if found := pattern.fullmatch(path):
            known = True
            if verb == method or (verb, method) == ("GET", "HEAD"):
                return endpoint, "/".join(found.groups())
    raise Problem(405, "Method Not Allowed") if known else Problem(404, "Not Found")


def _ids(call: Call) -> tuple[Any, ...]:
    """The thread's id in the path, and the run's where there is one."""
    kinds = ("thread", "run")
    raw = call.raw_id.split("/")
    for kind, each in zip(kinds, raw, strict=False):
        try:
            uuid.UUID(each)
        except ValueError:
            raise Problem(422, f"Invalid {kind} ID: must be a UUID") from None
    return tuple(raw)


def _search_shape(call: Call) -> validation.Shape:
    return validation.searching(1000 if call.traits.page == "10_of_1000" else 100)


def _check_config(call: Call, body: JsonObject) -> None:
    """What is in `config` is looked at after the rest of the body, and after the id."""
    if body.get("config"):
        validation.check(call.traits, body["config"], validation.CONFIG)


def _other_count(call: Call) -> JsonObject:
    if call.traits.other_counts != "200":
        words = {"405": "Method Not Allowed", "404": "Not Found"}[call.traits.other_counts]
        raise Problem(int(call.traits.other_counts), words)
    return validation.check(call.traits, json.loads(call.body or b"{}"), validation.OBJECT)
