"""A run that is stopped, or has no end in time: cancelled, cleared away, and what stays is named."""

from __future__ import annotations

from threading import Event, Timer

import httpx2
import pytest

from reconciler.model.trial import Answered, Unknown
from reconciler.server.leftovers import MARK
from reconciler.server.reader import Reader
from reconciler.server.runner import Runner, RunOf
from reconciler.server.transport import Address, Transport
from tests.fake import Ends, FakeServer, default_id, listen
from tests.runs.conftest import HI, Faked
from tests.runs.spoils import RUNS, Answering, lost, marks, never_came, refused, status


@pytest.mark.parametrize("begun", [True, False])
@pytest.mark.parametrize("how", ["time", "stop"])
def test_a_run_without_an_end_is_cancelled_and_cleared_away(fake: Faked, how: str, begun: bool) -> None:
    """Unknown, said why; neither run nor thread is left."""
    fake.server.runs.ends = lambda given: Ends(seconds=None, begun=begun)
    stop = Event()
    if how == "stop":
        Timer(0.3, stop.set).start()
    ran = fake.run(seconds=0.3 if how == "time" else 60, stop=stop)
    assert ran == Unknown(why="no end within 0.3 s" if how == "time" else "it was interrupted")
    assert fake.server.runs.threads == []
    assert fake.server.runs.carried_out == []
    assert fake.wire.asked("POST", "/cancel") == 1


def test_a_run_is_found_to_be_ended_where_not_even_a_head_came(fake: Faked) -> None:
    """A connection that says nothing at all: the run is looked for by its mark."""
    fake.server.runs.ends = lambda given: Ends(seconds=None)
    over = Event()

    def stalled(request: httpx2.Request, send: Answering) -> httpx2.Response:
        send()
        over.wait(20)
        raise httpx2.ReadTimeout("nothing came", request=request)

    fake.wire.spoiled[RUNS] = [stalled]
    ran = fake.run(seconds=0.3)
    over.set()
    assert ran == Unknown(why="no end within 0.3 s")
    assert fake.server.runs.threads == []


def test_what_cannot_be_cleared_away_is_named(fake: Faked, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run and its thread, where they are known, else the mark."""
    monkeypatch.setattr("reconciler.server.leftovers.SECONDS", 0.2)
    fake.server.runs.ends = lambda given: Ends(seconds=None)
    fake.wire.spoiled[("POST", "/cancel")] = [status(500)] * 99
    ran = fake.run(seconds=0.2)
    (thread,) = fake.server.runs.threads
    assert isinstance(ran, Unknown)
    assert ran.left is not None
    assert ran.left.endswith(f"on thread {thread}")
    fake.wire.spoiled = {RUNS: [never_came], ("POST", "/threads/search"): [refused] * 99}
    unseen = fake.run(seconds=0.2)
    assert isinstance(unseen, Unknown)
    assert unseen.left == f"the run, if it was taken: its metadata says {MARK}: {marks(fake)[-1]}"


def test_a_thread_is_not_deleted_while_its_run_may_go_on(fake: Faked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or the run could not be ended any more, and its tools would act (S32)."""
    monkeypatch.setattr("reconciler.server.leftovers.SECONDS", 0.2)
    fake.server.runs.ends = lambda given: Ends(seconds=None)
    fake.wire.spoiled[("POST", "/cancel")] = [refused] * 99
    fake.run(seconds=0.2)
    assert not any(method == "DELETE" for method, _ in fake.wire.seen)


def test_clearing_away_goes_on_while_the_server_fails(fake: Faked) -> None:
    """A cancellation that was lost, a deletion that failed once."""
    fake.server.runs.ends = lambda given: Ends(seconds=None, begun=False)
    fake.wire.spoiled = {("POST", "/cancel"): [lost, status(503)], ("DELETE", ""): [status(502), lost]}
    assert fake.run(seconds=0.2) == Unknown(why="no end within 0.2 s")
    assert fake.server.runs.threads == []


@pytest.mark.parametrize("begun", [True, False])
def test_a_run_that_somebody_else_cancels_is_no_answer(fake: Faked, begun: bool) -> None:
    """It ends with what it had, or with nothing: unknown, never a text that an expectation could fail."""
    fake.server.runs.ends = lambda given: Ends(seconds=None, begun=begun)

    def cancelled() -> None:
        (thread_id,) = fake.server.runs.threads
        (run,) = fake.server.runs.of(thread_id)
        fake.server.runs.cancel(thread_id, run["run_id"], wait=False)

    Timer(0.3, cancelled).start()
    ran = fake.run()
    assert isinstance(ran, Unknown)
    assert "somebody else cancel" in ran.why
    assert fake.server.runs.threads == []


def test_what_stays_after_an_answer_is_named(fake: Faked, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that keeps the threads of runs, and does not let this one go: the answer counts, and says so."""
    monkeypatch.setattr("reconciler.server.leftovers.SECONDS", 0.2)
    fake.wire.spoiled[("GET", "")] = [status(200, '{"status": "success"}')]
    fake.wire.spoiled[("DELETE", "")] = [status(503)] * 99
    ran = fake.run()
    assert isinstance(ran, Answered)
    assert ran.left is not None
    assert ran.left.startswith("the run ")


def test_a_run_that_its_thread_calls_interrupted_is_no_answer(fake: Faked) -> None:
    """Whatever it says, on a server that keeps the thread; where it was to stop, that is as it should be."""
    interrupted = status(200, '{"status": "interrupted"}')
    fake.wire.spoiled[("GET", "")] = [interrupted]
    assert fake.run() == Unknown(why="somebody else cancelled the run")
    fake.wire.spoiled[("GET", "")] = [interrupted]
    assert isinstance(fake.run(interrupt_before="*"), Answered)


def test_a_thread_that_the_server_keeps_is_cleared_away(fake: Faked) -> None:
    """The answer is an answer all the same."""
    fake.wire.spoiled[("GET", "")] = [status(200, '{"status": "success"}')]
    assert isinstance(fake.run(), Answered)
    assert sum(method == "DELETE" for method, _ in fake.wire.seen) == 1


def test_an_answer_stands_where_its_thread_cannot_be_asked_for(fake: Faked) -> None:
    """The server fails just then: that is no reason to doubt it."""
    fake.wire.spoiled[("GET", "")] = [never_came]
    assert isinstance(fake.run(), Answered)


def test_a_run_has_a_connection_of_its_own() -> None:
    """One that the server is about to close (S15) would lose the answer, and nobody could say whether it ran."""
    server = FakeServer()
    server.fail_schemas("writer")
    with listen(server) as url:
        running = Transport(Address(url=url), allow="runs")
        runner = Runner(running, Reader(running))
        assert running.send("GET", f"/assistants/{default_id('writer')}/schemas").status == 500
        ran = runner.run(RunOf(assistant_id=default_id("writer"), input=HI), seconds=10, stop=Event())
        running.close()
    assert isinstance(ran, Answered)
