"""The runner on a fake server: what is sent, and how a run may end."""

from __future__ import annotations

import pytest

from reconciler.model.trial import Answered, Call, Erred
from reconciler.server.leftovers import MARK
from tests.fake import JS, LG_0_2, Ends, Traits, default_id
from tests.runs.conftest import HI, Faked
from tests.runs.spoils import RUNS


def test_a_run_is_answered(fake: Faked) -> None:
    """With its text, all of its output and how long it took; nothing of it stays."""
    ran = fake.run(context={"model_name": "openai", "system_prompt": "Be brief."})
    assert isinstance(ran, Answered)
    assert ran.text == "[model_name openai] Be brief."
    assert isinstance(ran.output, dict)
    assert ran.output["context"] == {"model_name": "openai", "system_prompt": "Be brief."}
    assert 0 <= ran.seconds < 5
    assert (ran.calls, ran.stopped, ran.cut) == ((), False, False)
    assert fake.server.runs.threads == []
    assert fake.wire.asked(*RUNS) == 1


def test_what_is_sent(fake: Faked) -> None:
    """The run's own context and config, its mark, where to stop; nothing where nothing was said."""
    fake.run(context={}, config={"recursion_limit": 7}, interrupt_before=("answer",))
    fake.run(interrupt_before="*")
    fake.run(interrupt_before=())
    bodies = [request.body for request in fake.server.log if request.path == "/runs/wait"]
    marks = [body.pop("metadata") for body in bodies]
    always = {"assistant_id": default_id("writer"), "input": HI}
    said = {"context": {}, "config": {"recursion_limit": 7}, "interrupt_before": ["answer"]}
    assert bodies == [always | said, always | {"interrupt_before": "*"}, always]
    assert all(mark.keys() == {"reconciler", MARK} and mark["reconciler"] == "try" for mark in marks)
    assert len({mark[MARK] for mark in marks}) == 3


@pytest.mark.parametrize("traits", [JS, LG_0_2])
def test_the_context_goes_where_the_server_has_it(traits: Traits) -> None:
    """Into `config.configurable` where the assistant has it there, or the server knows no other place (S3, S5)."""
    fake = Faked(traits)
    made = fake.server.create(graph_id="writer", name="a", config={"configurable": {"model_name": "old"}})
    fake.reader.assistants()
    proposed = {"context": {"model_name": "new"}, "config": {"recursion_limit": 7}}
    fake.run(assistant_id=made["assistant_id"], **proposed)
    fake.run(like=made["assistant_id"], **proposed)
    bodies = [request.body for request in fake.server.log if request.path == "/runs/wait"]
    assert [body["config"] for body in bodies] == [{"recursion_limit": 7, "configurable": {"model_name": "new"}}] * 2
    assert not any("context" in body for body in bodies)
    fake.transport.close()


def test_a_graph_that_fails(fake: Faked) -> None:
    """Inside a 200: the error, its words, the field that they name."""
    words = "1 validation error for Ctx\nmax_words\n  Input should be a valid integer"
    fake.server.runs.ends = lambda given: Ends(error=("ValidationError", words))
    ran = fake.run()
    assert isinstance(ran, Erred)
    assert (ran.error, ran.message, ran.fields, ran.started) == ("ValidationError", words, ("max_words",), True)


@pytest.mark.parametrize(
    ("assistant_id", "error", "message"),
    [
        ("11111111-1111-4111-8111-111111111111", "HTTP 404", "Thread or assistant not found."),
        ("no graph", "HTTP 422", "Invalid assistant: 'no graph'."),
    ],
)
def test_a_run_that_is_refused(fake: Faked, assistant_id: str, error: str, message: str) -> None:
    """It did not start, and the server says why."""
    ran = fake.run(assistant_id=assistant_id)
    assert isinstance(ran, Erred)
    assert (ran.error, ran.started) == (error, False)
    assert ran.message.startswith(message)
    assert fake.wire.asked(*RUNS) == 1


def test_an_input_that_is_no_json(fake: Faked) -> None:
    """Nothing is sent."""
    for value in (float("nan"), "\ud800"):
        ran = fake.run(input={"x": value})
        assert isinstance(ran, Erred)
        assert (ran.error, ran.started) == ("input", False)
    assert fake.wire.asked(*RUNS) == 0


def test_where_it_stops_its_calls_are_said(fake: Faked) -> None:
    """And that it stopped; by its output alone, which is all there is."""
    asks = {"type": "ai", "content": "", "tool_calls": [{"name": "refund", "args": {"amount": 5}, "id": "1"}]}
    stops = {"messages": [{"type": "human", "content": "hi"}, asks]}
    fake.server.runs.ends = lambda given: Ends(output=stops)
    ran = fake.run(interrupt_before=("tools",))
    assert isinstance(ran, Answered)
    assert (ran.calls, ran.stopped) == ((Call(tool="refund", arguments={"amount": 5}),), True)
    fake.server.runs.ends = lambda given: Ends(output={"__interrupt__": [{"value": "sure?"}]})
    asked = fake.run()
    assert isinstance(asked, Answered)
    assert (asked.stopped, asked.asks, asked.text) == (True, "sure?", "sure?")
    fake.server.runs.ends = lambda given: Ends()
    before_all, through = fake.run(interrupt_before="*"), fake.run(interrupt_before=("no such node",))
    assert isinstance(before_all, Answered)
    assert isinstance(through, Answered)
    assert (before_all.text, before_all.stopped, through.stopped) == ("", True, False)
