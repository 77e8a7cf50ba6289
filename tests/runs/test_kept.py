"""What is kept of an answer: not too much, and never the key."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from reconciler.model.trial import Answered, Call, Erred, NotRun, Ran, Unknown
from reconciler.server import outputs, pending
from reconciler.server.runner import LONGEST
from tests.fake import Ends
from tests.runs.conftest import KEY, Faked
from tests.runs.spoils import RUNS, body_of, status


def test_a_large_output_is_cut(fake: Faked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its text is kept, as far as that goes; what is larger still is not read to its end."""
    said = {"messages": [{"type": "ai", "content": "short"}], "notes": "x" * outputs.LARGEST_KEPT}
    fake.server.runs.ends = lambda given: Ends(output=said)
    ran = fake.run()
    assert isinstance(ran, Answered)
    assert (ran.text, ran.output, ran.cut) == ("short", None, True)
    fake.server.runs.ends = lambda given: Ends(output="x" * (outputs.LARGEST_KEPT + 9))
    long = fake.run()
    assert isinstance(long, Answered)
    assert (len(long.text), long.cut) == (outputs.LARGEST_KEPT, True)
    monkeypatch.setattr(pending, "LARGEST", 2**20)
    larger = fake.run()
    assert isinstance(larger, Unknown)
    assert larger.why.endswith("the answer is larger than 1 MiB")
    assert fake.wire.asked("GET", "/join") == 0


def test_an_output_that_is_large_only_as_it_is_written_is_cut(fake: Faked) -> None:
    """A line for each value, with a hundred levels of blanks before it: sixty times of what came."""
    wide = '"x": ' + "[" * 100 + "1" + ",1" * 20_000 + "]" * 100
    calls = f'"tool_calls": [{{"name": "refund", "args": {{{wide}}}}}]'
    fake.wire.spoiled[RUNS] = [
        body_of(f'{{"messages": [{{"type": "ai", "content": "hello"}}], {wide}}}'),
        body_of(f'{{"messages": [{{"type": "ai", "content": "hello", {calls}}}]}}'),
    ]
    ran, calling = fake.run(), fake.run()
    assert isinstance(ran, Answered)
    assert isinstance(calling, Answered)
    assert (ran.text, ran.output, ran.cut) == ("hello", None, True)
    assert (calling.calls, calling.output, calling.cut) == ((Call(tool="refund", arguments=None),), None, True)


def test_a_number_that_nobody_could_write_again_is_no_answer(fake: Faked) -> None:
    """It is past what a float holds: how the run ended is not known, and nothing fails over it later."""
    fake.wire.spoiled[RUNS] = [body_of('{"messages": [{"type": "ai", "content": "hello"}], "n": 1e400}')]
    ran = fake.run()
    assert isinstance(ran, Unknown)
    assert "with something that is no JSON" in ran.why or "its answer was lost" in ran.why


def test_a_deep_output_is_cut(fake: Faked) -> None:
    """What Python could not write again is not kept; it can be read as far as its text."""
    deep = "[" * 900 + "]" * 900
    said = '{"messages": [{"type": "ai", "content": "hello"}], "deep": ' + deep + "}"
    fake.wire.spoiled[RUNS] = [body_of(said), body_of(deep)]
    ran, all_of_it = fake.run(), fake.run()
    assert isinstance(ran, Answered)
    assert (ran.text, ran.output, ran.cut) == ("hello", None, True)
    assert isinstance(all_of_it, Answered | Unknown)
    far = "[" * 200_000
    fake.wire.spoiled[RUNS] = [body_of(far + "]" * 200_000)]
    assert isinstance(fake.run(), Unknown)


def test_long_words_of_a_failure_are_cut(fake: Faked) -> None:
    """A graph may raise whatever it likes."""
    fake.server.runs.ends = lambda given: Ends(error=("E" * 2 * LONGEST, "x" * 2 * LONGEST))
    ran = fake.run()
    assert isinstance(ran, Erred)
    assert (len(ran.error), len(ran.message)) == (LONGEST, LONGEST)


def test_the_key_is_in_nothing_that_comes_back(fake: Faked) -> None:
    """Not in answers, errors, refusals or what was lost."""
    outcomes: list[Ran] = []
    for ends in (
        Ends(output={"messages": [{"type": "ai", "content": f"key {KEY}"}], KEY: [KEY]}),
        Ends(error=(f"E{KEY}", f"1 validation error for C\n{KEY}\n  no {KEY}")),
    ):
        fake.server.runs.ends = lambda given, ends=ends: ends  # type: ignore[misc]  # of this turn
        outcomes.append(fake.run())
    for fault in (status(403, f"no {KEY}"), status(500, KEY), status(429, KEY, retry_after="0")):
        fake.reader.budget.left = 2.0
        fake.wire.spoiled[RUNS] = [fault] * 9
        outcomes.append(fake.run())
    assert [type(ran) for ran in outcomes] == [Answered, Erred, Erred, Unknown, NotRun]
    assert KEY not in repr(outcomes)
    assert "key ***" in repr(outcomes)


def test_runs_side_by_side(fake: Faked) -> None:
    """Each gets its own answer."""
    fake.server.runs.ends = lambda given: Ends(seconds=0.2)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: fake.run(context={"system_prompt": f"number {n}"}), range(8)))
    assert [ran.text[-8:] for ran in found if isinstance(ran, Answered)] == [f"number {n}" for n in range(8)]
    assert fake.server.runs.threads == []
