"""Expectations that never come to an end with an answer."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import pytest

from reconciler.app import judging
from reconciler.app.judging import ENDLESS, judged
from reconciler.model.report import Result
from reconciler.model.trial import Answered, Ran, Unknown
from reconciler.model.tries import Expect
from tests.app.checking import ONE, begin, ends, found, results, run, say
from tests.fake import Ends

ENDLESS_PATTERN = "^(a+)+$"
ANSWER = Answered(text="a" * 60 + "!", output={"messages": [{"content": "a" * 60 + "!"}]}, seconds=1)


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "SECONDS", 0.3)


@pytest.mark.parametrize(
    "expect",
    [
        Expect(matches=(ENDLESS_PATTERN,)),
        Expect(json_path=(("$.messages[?search(@.content, '^(a+)+$')]", 1),)),
    ],
    ids=["pattern", "path"],
)
def test_a_pattern_without_end(expect: Expect) -> None:
    """After some seconds nobody knows, and no alarm is left behind."""
    assert judged(expect, ANSWER) == (Unknown(why=ENDLESS), ())
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL


def test_the_others_are_judged() -> None:
    """As ever, from any thread."""
    expect = Expect(contains=("b",))
    told: list[tuple[Ran, tuple[str, ...]]] = [judged(expect, ANSWER)]
    thread = threading.Thread(target=lambda: told.append(judged(expect, ANSWER)))
    thread.start()
    thread.join()
    assert told == [(ANSWER, ("does not contain `b`",))] * 2
    assert judged(expect, Unknown(why="x")) == (Unknown(why="x"), ())


def test_nothing_is_taken_back_for_it(tmp_path: Path) -> None:
    """After an apply its end is unknown, the report is there, and what was written stays."""
    team = begin(tmp_path)
    say(team, "b", expects={"matches": ENDLESS_PATTERN})
    ends(team, lambda given: Ends(output={"messages": [{"type": "ai", "content": ANSWER.text}]}))
    report = run(team)
    assert results(report) == {ONE: Result.APPLIED.value}
    assert (report.exit_code, found(report).trials[0].after) == (6, Unknown(why=ENDLESS))
