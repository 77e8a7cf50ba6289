"""The runner on the real in-memory server, with a graph whose tool acts: what has acted is counted."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread
from typing import Any

import pytest

from reconciler.model.trial import Answered, Call, Erred, Ran, Unknown
from tests.runs.conftest import Acting

DID = ["begun", "refund 5"]


def _until(holds: Callable[[], bool]) -> bool:
    """Whether it holds within twenty seconds."""
    end = time.monotonic() + 20
    while not holds() and time.monotonic() < end:
        time.sleep(0.02)
    return holds()


def test_a_run_leaves_the_server_as_it_was(acting: Acting) -> None:
    """Its answer is that of the context it was given; assistants, versions and threads are what they were."""

    def everything() -> list[Any]:
        search = acting.transport.send("POST", "/assistants/search", {"limit": 1000}).json()
        assert isinstance(search, list)
        paths = [f"/assistants/{row['assistant_id']}/versions" for row in search if isinstance(row, dict)]
        return [search, *(acting.transport.send("POST", path, {}).json() for path in paths), acting.threads()]

    before = everything()
    ran = acting.run({"prompt": "proposed"})
    assert isinstance(ran, Answered)
    assert ran.text == "done: proposed"
    assert ran.seconds < 20
    assert acting.done() == DID
    assert everything() == before


def test_a_run_that_stops_before_its_tools_does_not_act(acting: Acting) -> None:
    """It says which call it would make."""
    ran = acting.run(interrupt_before=("tools",))
    assert isinstance(ran, Answered)
    assert (ran.text, ran.stopped) == ("one moment", True)
    assert ran.calls == (Call(tool="refund", arguments={"amount": 5, "journal": str(acting.journal)}),)
    assert acting.done() == ["begun"]


def test_failures_name_their_field(acting: Acting) -> None:
    """In the server's words."""
    ran = acting.run({"limit": "x"})
    assert isinstance(ran, Erred)
    assert (ran.error, ran.fields, ran.started) == ("ValidationError", ("limit",), True)
    failed = acting.run({"fails": True}, config={"recursion_limit": 5})
    assert isinstance(failed, Erred)
    assert (failed.error, failed.message, failed.fields) == ("ValueError", "the model said no", ())
    assert acting.threads() == []


def test_a_large_and_a_deep_output(acting: Acting) -> None:
    """Cut, or whole where it fits."""
    large, deep = acting.run({"letters": 2**20}), acting.run({"levels": 100})
    assert isinstance(large, Answered)
    assert isinstance(deep, Answered)
    assert (large.cut, large.output, large.text[:8]) == (True, None, "done: by")
    assert (deep.cut, deep.text) == (False, "done: by default")


@pytest.mark.needs_all  # for eight seconds
def test_a_run_that_is_stopped_does_not_act_any_more(acting: Acting) -> None:
    """By the time limit, by Ctrl-C, before a worker has it and after: its tool does not run, its thread is gone."""

    def stopped_when(holds: Callable[[], bool]) -> Ran:
        stop = Event()

        def watch() -> None:
            _until(holds)
            stop.set()

        watcher = Thread(target=watch)
        watcher.start()
        ran = acting.run({"seconds": 3}, stop=stop)
        watcher.join()
        return ran

    assert stopped_when(lambda: acting.done() == ["begun"]) == Unknown(why="it was interrupted")
    assert acting.threads() == []
    assert stopped_when(lambda: bool(acting.threads())) == Unknown(why="it was interrupted")
    assert acting.run({"seconds": 3}, seconds=2) == Unknown(why="no end within 2 s")
    assert acting.threads() == []
    assert isinstance(acting.run({"seconds": 3}), Answered)
    assert [line for line in acting.done() if line != "begun"] == ["refund 5"]


def test_runs_side_by_side(acting: Acting) -> None:
    """Four at a time, each with its own answer, and nothing is left of them."""
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda n: acting.run({"prompt": f"number {n}"}), range(4)))
    assert [ran.text for ran in found if isinstance(ran, Answered)] == [f"done: number {n}" for n in range(4)]
    assert acting.done().count("refund 5") == 4
    assert acting.threads() == []
