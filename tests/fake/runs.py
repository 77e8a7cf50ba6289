"""Runs of the fake (S8, S27, S32): its graphs echo their context as the stand-in does, or end as they are told.

A run has a temporary thread for as long as it goes on. `carried_out` is what the graphs did: a run that was cancelled
before its end is not in it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from reconciler.sandbox.answer import answer

from . import wire
from .messages import Problem, Response
from .store import Store
from .values import JsonObject, contains

STATE: Final = ("messages", "input", "answer", "context")
HELP: Final = "https://docs.langchain.com/oss/python/langgraph/errors/INVALID_GRAPH_NODE_RETURN_VALUE"
GONE: Final = {"__error__": {"error": "HTTPException", "message": "404: Run not found"}}
KINDS: Final = {"user": "human", "assistant": "ai"}


@dataclass(frozen=True)
class Given:
    """What a graph was given: `context` is the assistant's with the run's merged over it."""

    assistant_id: str
    graph_id: str
    input: Any
    context: JsonObject
    config: JsonObject
    metadata: JsonObject
    interrupt_before: Any = None


@dataclass(frozen=True)
class Ends:
    """How a run ends: after so many `seconds`, None for never; with an `error`, which is a name and words, or with an
    `output`; else it echoes. `begun` says whether a worker has taken it by then."""

    seconds: float | None = 0.0
    begun: bool = True
    error: tuple[str, str] | None = None
    output: Any = None


@dataclass
class Run:
    run_id: str
    thread_id: str
    given: Given
    created_at: str
    status: str = "running"
    result: bytes = b"{}"
    done: threading.Event = field(default_factory=threading.Event)

    def json(self) -> JsonObject:
        return {
            "run_id": self.run_id,
            "thread_id": self.thread_id,
            "assistant_id": self.given.assistant_id,
            "created_at": self.created_at,
            "updated_at": self.created_at,
            "status": self.status,
            "metadata": self.given.metadata,
            "multitask_strategy": "reject",
        }

    def thread(self) -> JsonObject:
        ids = {"graph_id": self.given.graph_id, "assistant_id": self.given.assistant_id}
        return {
            "thread_id": self.thread_id,
            "created_at": self.created_at,
            "updated_at": self.created_at,
            "metadata": {**self.given.metadata, **ids},
            "status": "idle" if self.done.is_set() else "busy",
        }

    def waited_for(self) -> bytes:
        """What a request that waits for the end is answered with."""
        self.done.wait()
        return self.result


class Runs:
    """All runs that have a thread; `ends` may be replaced, and says of each how it ends."""

    def __init__(self, store: Store, lock: threading.RLock) -> None:
        self._store, self._lock = store, lock
        self.ends: Callable[[Given], Ends] = lambda given: Ends()
        self.asked: list[Given] = []
        self.carried_out: list[Given] = []
        self._there: dict[str, Run] = {}

    def begin(self, given: Given) -> Response:
        """Take a run; what comes at once are the headers, the body comes with its end."""
        run = Run(self._store.new_id(), self._store.new_id(), given, self._store.now())
        self._there[run.thread_id] = run
        self.asked.append(given)
        how = self.ends(given)
        run.status = "running" if how.begun else "pending"
        if how.seconds == 0:
            self._end(run, how)
        elif how.seconds is not None:
            timer = threading.Timer(how.seconds, self._end, (run, how))
            timer.daemon = True
            timer.start()
        return _waits(run)

    def join(self, thread_id: str, run_id: str) -> Response:
        found = self._there.get(thread_id)
        if found is None or found.run_id != run_id:
            return Response(200, _headers(thread_id, run_id), wire.dump(GONE))
        return _waits(found)

    def get(self, thread_id: str, run_id: str) -> JsonObject:
        run = self._thread(thread_id)
        if run.run_id != run_id:
            raise Problem(404, f"Run {run_id} not found")
        return run.json()

    def of(self, thread_id: str) -> list[JsonObject]:
        return [self._thread(thread_id).json()]

    def thread(self, thread_id: str) -> JsonObject:
        return self._thread(thread_id).thread()

    def search(self, body: Mapping[str, Any], traits: Any) -> list[JsonObject]:
        rows = [run.thread() for run in self._there.values()]
        found = [row for row in rows if contains(row["metadata"], body.get("metadata") or {}, traits)]
        return found[body.get("offset", 0) :][: body.get("limit", 10)]

    def cancel(self, thread_id: str, run_id: str, *, wait: bool) -> Response:
        """The run ends, and so does its thread, but of one that has not begun (S32)."""
        run = self._there.get(thread_id)
        if run is None or run.run_id != run_id or run.done.is_set():
            raise Problem(404, "No runs found to cancel.")
        if run.status == "running":
            run.result = wire.dump(self._so_far(run.given))
            del self._there[thread_id]
        run.status = "interrupted"
        run.done.set()
        return _waits(run) if wait else Response(202, {}, b"")

    def delete(self, thread_id: str) -> None:
        """A run that has begun goes on without its thread (S32)."""
        run = self._thread(thread_id)
        del self._there[thread_id]
        if run.status == "running":
            run.result = wire.dump(self._so_far(run.given))
        else:
            run.status = "deleted"
        run.done.set()

    @property
    def threads(self) -> list[str]:
        """The threads that are there."""
        return list(self._there)

    def _thread(self, thread_id: str) -> Run:
        if thread_id not in self._there:
            raise Problem(404, f"Thread with ID {thread_id} not found")
        return self._there[thread_id]

    def _end(self, run: Run, how: Ends) -> None:
        with self._lock:
            if run.status in ("interrupted", "deleted"):
                return
            self.carried_out.append(run.given)
            if run.done.is_set():
                return
            run.result = wire.dump(self._result(run.given, how))
            run.status = "success"
            del self._there[run.thread_id]
            run.done.set()

    def _result(self, given: Given, how: Ends) -> Any:
        failed = how.error or _refused(given)
        if failed is not None:
            return {"__error__": {"error": failed[0], "message": failed[1]}}
        return self._echo(given) if how.output is None else how.output

    def _so_far(self, given: Given) -> Any:
        return self._echo(replace(given, interrupt_before="*")) if isinstance(given.input, dict) else {}

    def _echo(self, given: Given) -> JsonObject:
        state = {name: given.input[name] for name in STATE if name in given.input}
        asked = state.get("messages", [])
        messages = [self._message(each) for each in ([asked] if isinstance(asked, str | dict) else asked)]
        stops = given.interrupt_before or ()
        if stops != "*" and "answer" not in stops:
            text = answer(given.context)
            messages.append(self._message({"role": "assistant", "content": text}))
            state |= {"answer": text, "context": given.context}
        elif "messages" not in state:
            return state
        state["messages"] = messages
        return {name: state[name] for name in STATE if name in state}

    def _message(self, value: Any) -> JsonObject:
        if isinstance(value, str):
            value = {"role": "user", "content": value}
        elif isinstance(value, list):
            value = {"role": value[0], "content": value[1]}
        kind = value.get("type") or value.get("role")
        kind = KINDS.get(kind, kind)
        said = {"content": value.get("content"), "additional_kwargs": {}, "response_metadata": {}, "type": kind}
        said |= {"name": None, "id": value.get("id") or self._store.new_id()}
        return said | ({"tool_calls": [], "invalid_tool_calls": [], "usage_metadata": None} if kind == "ai" else {})


def _refused(given: Given) -> tuple[str, str] | None:
    """What the graph's library refuses before a node runs."""
    if given.input is None:
        return "EmptyInputError", "Received no input for __start__"
    if not isinstance(given.input, dict):
        return "InvalidUpdateError", f"Expected dict, got {given.input}\nFor troubleshooting, visit: {HELP}"
    if given.config.get("recursion_limit", 1) < 1:
        return "ValueError", "recursion_limit must be at least 1"
    return None


def _headers(thread_id: str, run_id: str) -> dict[str, str]:
    where = f"/threads/{thread_id}/runs/{run_id}"
    return {"content-type": "application/json", "location": f"{where}/join", "content-location": where}


def _waits(run: Run) -> Response:
    headers = _headers(run.thread_id, run.run_id)
    if run.done.is_set():
        return Response(200, headers, run.result)
    return Response(200, headers, b"\n", run.waited_for)
