"""A run is sent once: again only where it certainly was not taken, else it is looked for."""

from __future__ import annotations

import json
import time
from threading import Event
from typing import Any

import httpx2
import pytest

from reconciler.model.trial import Answered, NotRun, Unknown
from reconciler.server.leftovers import MARK
from reconciler.server.runner import ATTEMPTS
from tests.fake import Ends, default_id
from tests.runs.conftest import HI, Faked
from tests.runs.spoils import RUNS, Answering, after, body_of, lost, never_came, refused, status


@pytest.mark.parametrize("fault", [status(429, retry_after="0"), refused])
def test_what_was_not_taken_is_sent_again(fake: Faked, fault: Any) -> None:
    """429, no connection: nothing has run."""
    fake.wire.spoiled[RUNS] = [fault]
    assert isinstance(fake.run(), Answered)
    assert len(fake.server.runs.asked) == 1


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (status(429, '{"detail":"busy"}', retry_after="0"), "the server answered 429: busy"),
        (refused, "nothing answers at http://127.0.0.1:9 (refused)"),
    ],
)
def test_and_not_for_ever(fake: Faked, fault: Any, why: str) -> None:
    """After some attempts, or where the run of this tool has sent too much again, it says that it was not run."""
    fake.wire.spoiled[RUNS] = [fault] * 100
    fake.reader.budget.left = 2
    assert fake.run() == NotRun(why=why)
    assert fake.wire.asked(*RUNS) == 3 < ATTEMPTS
    assert fake.server.runs.asked == []


def test_a_wait_that_the_server_asks_for_ends_with_the_time(fake: Faked) -> None:
    """Retry-After: 30 does not make a run of 0.3 s last longer."""
    fake.wire.spoiled[RUNS] = [status(429, retry_after="30")]
    began = time.monotonic()
    assert isinstance(fake.run(seconds=0.3), NotRun)
    assert time.monotonic() - began < 5


def test_what_is_stopped_before_it_is_sent_is_not_run(fake: Faked) -> None:
    """And a server that has not been asked has nothing to clear away."""
    stop = Event()
    stop.set()
    seen = len(fake.wire.seen)
    assert fake.run(stop=stop) == NotRun(why="it was interrupted")
    assert len(fake.wire.seen) == seen


@pytest.mark.parametrize("fault", [lost, *(after(code) for code in (408, 500, 502, 503, 504))])
def test_a_lost_answer_is_found_while_the_run_goes_on(fake: Faked, fault: Any) -> None:
    """By the mark that its thread has, and joined: the answer is the true one, and there was one run."""
    fake.server.runs.ends = lambda given: Ends(seconds=0.3)
    fake.wire.spoiled[RUNS] = [fault]
    ran = fake.run(context={"system_prompt": "Be brief."})
    assert isinstance(ran, Answered)
    assert ran.text.endswith("Be brief.")
    assert fake.wire.asked(*RUNS) == len(fake.server.runs.carried_out) == 1


@pytest.mark.parametrize("fault", [lost, never_came, status(500, "Internal Server Error"), status(503)])
def test_a_lost_answer_that_is_not_found_is_unknown(fake: Faked, fault: Any) -> None:
    """Whether it ran is not known: it is never sent again, and nothing of it is there."""
    fake.wire.spoiled[RUNS] = [fault]
    ran = fake.run()
    assert isinstance(ran, Unknown)
    assert ran.why.endswith("; no run of it is there, or not any more")
    assert ran.left is None
    assert fake.wire.asked(*RUNS) == 1
    assert len(fake.server.runs.asked) <= 1


def test_a_server_that_cannot_be_asked_has_not_said_that_nothing_is_there(fake: Faked) -> None:
    """The run is looked for until the server answers, and then joined."""
    fake.server.runs.ends = lambda given: Ends(seconds=3.0)
    fake.wire.spoiled = {RUNS: [lost], ("POST", "/threads/search"): [refused, status(500), never_came]}
    assert isinstance(fake.run(), Answered)
    assert len(fake.server.runs.carried_out) == 1


@pytest.mark.parametrize("text", ['{"messages": [{"type"', "", "\n\n", "<html>", '{"a": NaN}'])
def test_an_answer_that_is_no_json_is_looked_for(fake: Faked, text: str) -> None:
    """The head had said where the run is: it is joined, and over by now."""
    fake.wire.spoiled[RUNS] = [body_of(text)]
    ran = fake.run()
    assert ran == Unknown(why="its answer was lost, and the run is over (404: Run not found)")
    assert fake.wire.asked("GET", "/join") == 1
    assert fake.wire.asked("POST", "/threads/search") == 0


def test_joining_goes_on_while_the_server_fails(fake: Faked) -> None:
    """Lost answers, 5xx, 429: it is a read."""
    fake.server.runs.ends = lambda given: Ends(seconds=2.0)
    fake.wire.spoiled = {RUNS: [lost], ("GET", "/join"): [refused, status(502), never_came]}
    assert isinstance(fake.run(), Answered)
    assert fake.wire.asked("GET", "/join") == 4
    assert len(fake.server.runs.carried_out) == 1


def test_others_threads_are_left_alone(fake: Faked) -> None:
    """A server that ignores the filter lists all threads (S19): only what has the mark is ended."""
    fake.server.runs.ends = lambda given: Ends(seconds=None)
    other = {"assistant_id": default_id("writer"), "input": HI, "metadata": {MARK: "another's"}}
    fake.server.handle("POST", "/runs/wait", {}, json.dumps(other).encode())
    assert len(fake.server.runs.threads) == 1

    def all_of_them(request: httpx2.Request, send: Answering) -> httpx2.Response:
        return httpx2.Response(200, json=fake.server.runs.search({}, fake.server.traits))

    fake.wire.spoiled = {RUNS: [never_came], ("POST", "/threads/search"): [all_of_them] * 9}
    assert isinstance(fake.run(), Unknown)
    assert len(fake.server.runs.threads) == 1
    assert fake.wire.asked("POST", "/cancel") == 0
