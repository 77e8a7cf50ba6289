"""S8, S20, S27 and S32: what runs answer, and what they leave behind; how one is found, cancelled and cleared away."""

# ruff: noqa: N802 - the rules' numbers are part of the names

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from reconciler.sandbox import Sandbox
from tests.fake import Ends, Traits
from tests.server_rules.conftest import Faked, client

Run = Callable[..., httpx2.Response]
Fake = Callable[..., Faked]
HI = {"messages": [{"role": "user", "content": "hi"}]}


@pytest.fixture
def acting(acting_server: Sandbox) -> Iterator[httpx2.Client]:
    """The server whose graph acts; each test looks only at what has its own mark."""
    with client(acting_server.url) as result:
        yield result


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """What the graph did: a line each."""
    path = tmp_path / "journal"
    path.touch()
    return path


@pytest.fixture
def run(acting: httpx2.Client, journal: Path) -> Run:
    """Runs the graph's default assistant: `run({"seconds": 3}, interrupt_before="*")`."""
    return lambda context=None, **more: acting.post("/runs/wait", json=_body(journal, context or {}, **more))


def _body(journal: Path, context: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"assistant_id": "acting", "input": HI, "context": {"journal": str(journal), **context}, **more}


def _until(holds: Callable[[], bool]) -> bool:
    """Whether it holds within ten seconds."""
    end = time.monotonic() + 10
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    return holds()


def _marked(acting: httpx2.Client, mark: str) -> list[Any]:
    found: list[Any] = acting.post("/threads/search", json={"metadata": {"reconciler_try": mark}}).json()
    return found


class Waiting:
    """A run that is waited for, as far as its head; `end` reads the rest."""

    def __init__(self, acting: httpx2.Client, journal: Path, context: dict[str, Any], **more: Any) -> None:
        self.mark = str(uuid.uuid4())
        metadata = {"reconciler": "try", "reconciler_try": self.mark}
        body = _body(journal, context, metadata=metadata, **more)
        self._stream = acting.stream("POST", "/runs/wait", json=body)
        self.answer = self._stream.__enter__()
        self.path = self.answer.headers["content-location"]
        self.thread = self.path.rpartition("/runs/")[0]

    def end(self) -> bytes:
        return self.answer.read()

    def hang_up(self) -> None:
        self._stream.__exit__(None, None, None)


@pytest.fixture
def waiting(acting: httpx2.Client, journal: Path) -> Iterator[Callable[..., Waiting]]:
    """Begins runs, and sees to it that none of their threads stays."""
    made: list[Waiting] = []

    def one(context: dict[str, Any], **more: Any) -> Waiting:
        made.append(Waiting(acting, journal, context, **more))
        return made[-1]

    yield one
    for each in made:
        acting.delete(each.thread)
        each.hang_up()


def test_S8_a_failed_run_is_a_200_that_names_the_field(acting_server: Sandbox, run: Run) -> None:
    """Pydantic's words: a line with the field's path, an indented one below it."""
    answer = run({"limit": "x"})
    assert answer.status_code == 200
    error = answer.json()["__error__"]
    assert error["error"] == "ValidationError"
    lines = error["message"].splitlines()
    assert lines[:2] == ["1 validation error for Context", "limit"]
    assert lines[2].startswith("  Input should be a valid integer")
    assert run({"fails": True}).json() == {"__error__": {"error": "ValueError", "message": "the model said no"}}


def test_S20_a_graph_names_its_nodes_and_their_tools(acting_server: Sandbox, acting: httpx2.Client) -> None:
    """GET …/graph; `__start__` and `__end__` are no nodes of the graph's."""
    default = acting.post("/assistants/search", json={"graph_id": "acting"}).json()[0]["assistant_id"]
    nodes = {node["id"]: node for node in acting.get(f"/assistants/{default}/graph").json()["nodes"]}
    assert list(nodes) == ["__start__", "agent", "tools", "__end__"]
    assert nodes["tools"]["metadata"]["__tools"] == ["refund"]
    assert "__tools" not in nodes["agent"].get("metadata", {})


def test_S27_a_run_says_where_it_is_before_it_ends(
    acting_server: Sandbox, acting: httpx2.Client, waiting: Callable[..., Waiting]
) -> None:
    """Two headers at once; its temporary thread has the run's metadata, and is gone at its end."""
    one = waiting({"seconds": 1})
    assert one.answer.headers["location"] == f"{one.path}/join"
    (thread,) = _marked(acting, one.mark)
    assert one.thread == f"/threads/{thread['thread_id']}"
    (found,) = acting.get(f"{one.thread}/runs").json()
    assert one.path.endswith(found["run_id"])
    assert b"done: by default" in one.end()
    assert acting.get(one.thread).status_code == 404
    assert _marked(acting, one.mark) == []


@pytest.mark.parametrize("ends", [{"fails": True}, {"asks": True}, {"limit": "x"}])
def test_S27_nothing_is_left_of_a_run_that_ends_otherwise(
    acting_server: Sandbox, acting: httpx2.Client, waiting: Callable[..., Waiting], ends: dict[str, Any]
) -> None:
    """An error, a question of the graph's own: the thread goes."""
    one = waiting(ends)
    one.end()
    assert acting.get(one.thread).status_code == 404


def test_S27_a_run_stops_before_a_node(acting_server: Sandbox, run: Run, journal: Path) -> None:
    """The output holds what was said so far, and the calls to come; a node that is not there stops nothing."""
    stopped = run(interrupt_before=["tools"]).json()
    assert stopped["messages"][-1]["tool_calls"][0]["name"] == "refund"
    assert "__interrupt__" not in stopped
    assert journal.read_text("utf-8").splitlines() == ["begun"]
    assert [m["type"] for m in run(interrupt_before="*").json()["messages"]] == ["human"]
    assert run({"asks": True}).json()["__interrupt__"][0]["value"] == {"question": "sure?"}
    assert run(interrupt_before=["tool"]).json()["answer"] == "by default"
    assert journal.read_text("utf-8").splitlines() == ["begun", "begun", "begun", "refund 5"]


def test_S27_a_run_has_a_config_of_its_own(acting_server: Sandbox, run: Run) -> None:
    """Its recursion_limit counts."""
    assert run(config={"recursion_limit": 1}).json()["__error__"]["error"] == "GraphRecursionError"


def test_S27_a_run_that_brings_a_context_drops_undeclared_fields(acting_server: Sandbox, acting: httpx2.Client) -> None:
    """From what the graph reads in `config["configurable"]`; the assistant's own are there where a run brings none."""
    context = {"tells": True, "prompt": "hers", "undeclared": "x"}
    made = acting.post("/assistants", json={"graph_id": "acting", "name": "tells", "context": context}).json()
    own = {"assistant_id": made["assistant_id"], "input": HI}
    try:
        brought: tuple[dict[str, Any], ...] = (
            {},
            {"context": {}},
            {"context": {"prompt": "his"}},
            {"context": {"undeclared": "y"}},
        )
        seen = [acting.post("/runs/wait", json=own | each).json()["seen"] for each in brought]
    finally:
        acting.delete(f"/assistants/{made['assistant_id']}")
    assert seen == [
        {"prompt": "hers", "undeclared": "x"},
        {"prompt": "hers", "undeclared": "x"},
        {"prompt": "his", "undeclared": None},
        {"prompt": "hers", "undeclared": None},
    ]


def test_S27_an_assistant_that_is_not_there(acting_server: Sandbox, run: Run, journal: Path) -> None:
    """404, and nothing has run."""
    assert run(assistant_id=str(uuid.uuid4())).status_code == 404
    assert run(assistant_id="no graph").status_code == 422
    assert journal.read_text("utf-8") == ""


def test_S27_a_run_is_joined_while_it_goes_on(
    acting_server: Sandbox, acting: httpx2.Client, waiting: Callable[..., Waiting], journal: Path
) -> None:
    """Its answer is there for whoever waits for it, and lost after its end."""
    one = waiting({"seconds": 1, "prompt": "joined"})
    one.hang_up()
    assert acting.get(f"{one.path}/join").json()["answer"] == "joined"
    late = acting.get(f"{one.path}/join")
    assert late.status_code == 200
    assert late.json() == {"__error__": {"error": "HTTPException", "message": "404: Run not found"}}
    assert acting.get(one.path).status_code == 404
    assert journal.read_text("utf-8").splitlines() == ["begun", "refund 5"]


def test_S32_a_closed_connection_ends_nothing_unless_it_was_asked_to(
    acting_server: Sandbox, acting: httpx2.Client, waiting: Callable[..., Waiting], journal: Path
) -> None:
    """The run goes on, and its thread goes with it; `on_disconnect: cancel` ends the run, and its thread stays."""
    goes_on, ends = waiting({"seconds": 1}), waiting({"seconds": 1}, on_disconnect="cancel")
    for each in (goes_on, ends):
        each.hang_up()
    assert _until(lambda: acting.get(goes_on.thread).status_code == 404)
    assert _until(lambda: acting.get(ends.thread).json().get("status") == "idle")
    assert journal.read_text("utf-8").splitlines().count("refund 5") == 1


@pytest.mark.parametrize("wait", ["true", "false"])
def test_S32_the_thread_of_a_run_that_was_cancelled_before_it_began_stays(
    acting_server: Sandbox, acting: httpx2.Client, waiting: Callable[..., Waiting], journal: Path, wait: str
) -> None:
    """Whoever waits for it gets `{}`; the run is `interrupted`, and its thread has to be deleted."""
    one = waiting({})
    answer = acting.post(f"{one.path}/cancel?wait={wait}&action=interrupt", json={})
    assert answer.status_code == (200 if wait == "true" else 202)
    assert one.end().strip() == b"{}"
    assert acting.get(one.path).json()["status"] == "interrupted"
    assert acting.get(one.thread).json()["status"] == "idle"
    assert acting.delete(one.thread).status_code == 204
    assert acting.delete(one.thread).status_code == 404
    assert journal.read_text("utf-8") == ""


def test_S32_a_run_that_is_cancelled_while_it_goes_on_answers_with_what_it_had(
    acting_server: Sandbox, acting: httpx2.Client, waiting: Callable[..., Waiting], journal: Path
) -> None:
    """Here the input, and nothing says that it is no end. The thread goes, and the tool to come does not run."""
    one = waiting({"seconds": 2})
    assert _until(lambda: journal.read_text("utf-8") == "begun\n")
    assert acting.post(f"{one.path}/cancel?wait=true&action=interrupt", json={}).status_code == 200
    values = json.loads(one.end())
    assert [message["content"] for message in values.pop("messages")] == ["hi"]
    assert values == {}
    assert _until(lambda: acting.get(one.thread).status_code == 404)
    assert acting.post(f"{one.path}/cancel", json={}).status_code == 404
    waiting({"seconds": 2}).end()
    assert journal.read_text("utf-8").splitlines() == ["begun", "begun", "refund 5"]


def test_S32_a_run_whose_thread_is_deleted_goes_on(
    acting_server: Sandbox, acting: httpx2.Client, waiting: Callable[..., Waiting], journal: Path
) -> None:
    """Whoever waits is answered with what it had; it cannot be cancelled any more, and the tool to come runs."""
    one = waiting({"seconds": 1})
    assert _until(lambda: journal.read_text("utf-8") == "begun\n")
    assert acting.delete(one.thread).status_code == 204
    assert [message["content"] for message in json.loads(one.end())["messages"]] == ["hi"]
    assert acting.post(f"{one.path}/cancel?wait=true", json={}).status_code == 404
    assert _until(lambda: "refund 5" in journal.read_text("utf-8"))


def test_S32_the_fake_does_the_same(fake: Fake) -> None:
    """One that has not begun: found by its mark, cancelled, its thread there until it is deleted."""
    server = fake(Traits())
    server.fake.runs.ends = lambda given: Ends(seconds=None, begun=False)
    with _hanging(server) as waiting:
        path = waiting.headers["content-location"]
        (thread,) = server.post("/threads/search", json={"metadata": {"reconciler_try": "m"}}).json()
        assert (thread["status"], path.split("/")[2]) == ("busy", thread["thread_id"])
        assert server.get(f"/threads/{thread['thread_id']}/runs").json()[0]["status"] == "pending"
        assert server.post(f"{path}/cancel?wait=true", json={}).status_code == 200
        assert waiting.read().strip() == b"{}"
    assert server.get(path).json()["status"] == "interrupted"
    assert server.post(f"{path}/cancel", json={}).status_code == 404
    assert server.delete(f"/threads/{thread['thread_id']}").status_code == 204
    assert server.get(path).status_code == 404
    assert server.fake.runs.carried_out == []


@pytest.mark.parametrize("how", ["cancelled", "deleted"])
def test_S32_the_fake_does_the_same_to_what_has_begun(fake: Fake, how: str) -> None:
    """Both answer with the input; only the run that was cancelled is over."""
    server = fake(Traits())
    server.fake.runs.ends = lambda given: Ends(seconds=0.2)
    with _hanging(server) as waiting:
        path = waiting.headers["content-location"]
        if how == "cancelled":
            assert server.post(f"{path}/cancel?wait=false", json={}).status_code == 202
        else:
            assert server.delete(path.rpartition("/runs/")[0]).status_code == 204
        assert [m["content"] for m in json.loads(waiting.read())["messages"]] == ["hi"]
    assert server.post("/threads/search", json={}).json() == []
    assert server.post(f"{path}/cancel", json={}).status_code == 404
    with _hanging(server) as waiting:
        waiting.read()
    assert _until(lambda: len(server.fake.runs.carried_out) == (1 if how == "cancelled" else 2))


def _hanging(server: Faked) -> AbstractContextManager[httpx2.Response]:
    body = {"assistant_id": "writer", "input": HI, "metadata": {"reconciler_try": "m"}}
    return server.stream("POST", "/runs/wait", json=body)
