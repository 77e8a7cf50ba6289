"""What an output says: its text, its calls, the fields of a failure. Outputs are anybody's."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given as vary
from hypothesis import strategies as st

from reconciler.model.output import (
    calls_of,
    depth,
    failed_fields,
    failure_of,
    interrupted,
    question_of,
    says_nothing,
    text_of,
)
from reconciler.model.trial import Call

HI = {"messages": [{"role": "user", "content": "hi"}]}
HUMAN = {"type": "human", "content": "hi"}
AI = {"type": "ai", "content": "hello"}


def _said(*messages: Any, **more: Any) -> dict[str, Any]:
    return {"messages": [HUMAN, *messages], **more}


@pytest.mark.parametrize(
    ("output", "text"),
    [
        (_said(AI), "hello"),
        (_said({"type": "ai", "content": "one"}, {"type": "tool", "content": "x"}, AI), "hello"),
        (_said(AI, {"type": "tool", "content": "x"}), "hello"),
        (_said({"role": "assistant", "content": "hello"}), "hello"),
        (_said({"type": "AIMessageChunk", "content": "hello"}), "hello"),
        (_said({"type": "message", "role": "assistant", "content": "hello"}), "hello"),
        (_said({"lc": 1, "type": "constructor", "kwargs": AI}), "hello"),
        (_said({"type": "ai", "content": [{"type": "text", "text": "hel"}, {"type": "image"}, "lo"]}), "hello"),
        (_said({"type": "ai", "content": "", "tool_calls": [{"name": "t", "args": {}}]}), ""),
        (_said({"type": "ai", "content": None}), ""),
        (_said(answer="a field"), "a field"),
        (_said(), ""),
        ({"messages": [["user", "hi"], ["assistant", "hello"]]}, "hello"),
        ({"messages": {"type": "ai", "content": "hello"}}, "hello"),
        ("hello", "hello"),
        ({"answer": "hello", "output": "no"}, "hello"),
        ({"output": "hello"}, "hello"),
        ({"answer": 5, "a": "ü"}, '{\n  "answer": 5,\n  "a": "ü"\n}'),
        ([1], "[\n  1\n]"),
        (None, "null"),
    ],
)
def test_the_text_of_an_answer(output: Any, text: str) -> None:
    """The last message of the model, else a text, else all of it."""
    assert text_of(output, HI) == text


@pytest.mark.parametrize(
    ("output", "asked", "text"),
    [
        (_said(__interrupt__=[{"value": "Sure?", "id": "1"}]), "Sure?", "Sure?"),
        (_said({"type": "ai", "content": ""}, __interrupt__=[{"value": "Sure?"}]), "Sure?", "Sure?"),
        (_said(AI, __interrupt__=[{"value": "Sure?"}]), "Sure?", "hello"),
        ({"__interrupt__": [{"value": {"ask": "ü"}}]}, '{\n  "ask": "ü"\n}', '{\n  "ask": "ü"\n}'),
        ({"answer": "A draft.", "__interrupt__": [{"value": "Sure?"}]}, "Sure?", "A draft.\n\nSure?"),
        ({"__interrupt__": [{"value": "One?"}, {"value": "Two?"}]}, "One?\n\nTwo?", "One?\n\nTwo?"),
        ({"__interrupt__": ["odd"]}, "odd", "odd"),
        (_said(AI, __interrupt__=[]), None, "hello"),
        (_said(AI), None, "hello"),
    ],
)
def test_what_the_graph_asks(output: Any, asked: str | None, text: str) -> None:
    """It is the answer where no message says anything: else nothing could be expected of it."""
    assert question_of(output) == asked
    assert text_of(output, HI) == text


@pytest.mark.parametrize(
    "messages",
    [
        [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "old"}, {"role": "user", "content": "hi"}],
        [["user", "hi"], ["assistant", "old"], "hi"],
        [{"type": "ai", "content": "old", "id": "1"}, {"type": "human", "content": [{"text": "hi"}], "id": "2"}],
    ],
)
def test_messages_of_the_input_are_no_answer(messages: list[Any]) -> None:
    """Whatever form they have, and also where a graph has dropped all but the last, or that one alone."""
    asked = {"messages": messages}
    old, again = {"type": "ai", "content": "old", "id": "1"}, {"type": "human", "content": "hi", "id": "2"}
    assert text_of({"messages": [HUMAN, old, again]}, asked) == ""
    assert text_of({"messages": [HUMAN, old, again, AI]}, asked) == "hello"
    assert text_of({"messages": [again, {"type": "ai", "content": "old", "id": "9"}]}, asked) == "old"
    assert text_of({"messages": [old, AI]}, asked) == "hello"
    assert text_of({"messages": [old]}, asked) == ""


def test_an_answer_may_repeat_what_was_asked() -> None:
    """Its words are its own, though the last message of the input says the same."""
    asked = {"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}]}
    assert text_of({"messages": [HUMAN, AI, AI]}, asked) == "hello"
    assert not says_nothing({"messages": [HUMAN, AI, AI]}, asked)
    assert says_nothing({"messages": [HUMAN, AI]}, asked)


def test_calls_that_nothing_has_answered() -> None:
    """Of the last message, in LangChain's form and in OpenAI's; a call that was made is no call to come."""
    asks = {"type": "ai", "content": "", "tool_calls": [{"name": "refund", "args": {"amount": 5}, "id": "1"}]}
    assert calls_of(_said(asks), HI) == (Call(tool="refund", arguments={"amount": 5}),)
    assert calls_of(_said(asks, {"type": "tool", "content": "done"}, AI), HI) == ()
    assert calls_of(_said(asks, {"type": "tool", "content": "done"}), HI) == ()
    other = {"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": '{"a":1.0}'}}]}
    assert calls_of(_said(other), HI) == (Call(tool="f", arguments={"a": 1}),)
    odd = {"type": "ai", "tool_calls": [{"name": 3, "args": "{"}, 7]}
    assert calls_of(_said(odd), HI) == (Call(tool="?", arguments="{"),)
    assert calls_of({"messages": [{"role": "user", "content": "hi"}, asks]}, {"messages": [HUMAN, asks]}) == ()


def test_a_failure_is_told_from_an_answer() -> None:
    """`__error__`, whatever stands in it; a question of the graph's own is none."""
    said = {"error": "ValueError", "message": "no"}
    assert failure_of({"__error__": said}) == ("ValueError", "no")
    assert failure_of({"__error__": "no"}) == ("error", "no")
    assert failure_of({"__error__": [1]}) == ("error", "[1]")
    assert failure_of({"__error__": {"error": 1}}) == ("error", "")
    assert failure_of({"answer": "no"}) is None
    assert failure_of("no") is None
    assert interrupted({"__interrupt__": [{"value": "sure?"}]})
    assert not interrupted({"__interrupt__": []})


@pytest.mark.parametrize(
    ("message", "fields"),
    [
        ("1 validation error for Ctx\nlimit\n  Input should be a valid integer [type=int]\n    For more", ("limit",)),
        ("2 validation errors for C\na.0.b\n  Field required [x]\n    see\nc d\n  No [y]\n    see", ("a.0.b", "c d")),
        ("Ctx.__init__() missing 2 required positional arguments: 'a' and 'b'", ("a", "b")),
        ("C.__init__() missing 1 required keyword-only argument: 'a'", ("a",)),
        ("C.__init__() got an unexpected keyword argument 'x'", ("x",)),
        ("the model said no\nlimit\n  is no field", ()),
        ("1 validation error for Ctx", ()),
        ("", ()),
    ],
)
def test_the_fields_that_a_failure_names(message: str, fields: tuple[str, ...]) -> None:
    """In the words of pydantic and of dataclasses; other words name none."""
    assert failed_fields(message) == fields


@pytest.mark.parametrize(
    ("output", "nothing"),
    [
        ({}, True),
        (_said(), True),
        (_said(topic="x"), True),
        (_said(topic="other"), False),
        (_said(answer=""), True),
        (_said(notes=[], last=None), True),
        (_said(count=0), False),
        (_said(done=False), False),
        (_said(AI), False),
        (_said({"type": "ai", "content": ""}), False),
        ("", False),
        (None, False),
    ],
)
def test_an_output_may_say_nothing(output: Any, nothing: bool) -> None:
    """Nothing but what came in: so a run is answered that was cancelled before it said anything."""
    assert says_nothing(output, {**HI, "topic": "x"}) is nothing


def test_depth_does_not_recurse() -> None:
    """Far beyond what Python would."""
    value: Any = 1
    for _ in range(50_000):
        value = [value, {}]
    assert depth(value) == 50_000
    assert depth("x") == 0


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["messages", "content", "type", "role", "id", "tool_calls", "args", "function", "x"])
            | st.sampled_from(["kwargs", "__error__", "__interrupt__", "text", "answer"]),
            inner | st.sampled_from(["ai", "human", "constructor"]),
            max_size=4,
        )
    ),
    max_leaves=15,
)


@vary(output=JSON, asked=JSON)
def test_any_output_can_be_read(output: Any, asked: Any) -> None:
    """Whatever a graph answers, nothing here fails."""
    assert isinstance(text_of(output, asked), str)
    assert all(isinstance(call.tool, str) for call in calls_of(output, asked))
    failure = failure_of(output)
    assert failure is None or all(isinstance(part, str) for part in failure)
    assert isinstance(says_nothing(output, asked), bool)
    assert question_of(output) is None or interrupted(output)
    assert depth(output) >= 0
