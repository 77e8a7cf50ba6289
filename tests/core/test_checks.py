"""What two runs beside each other say of what was written."""

from __future__ import annotations

from reconciler.core.checks import beside, confirmed, settled
from reconciler.model.trial import Answered, Erred, NotRun, Trial, Unknown, Verdict
from reconciler.model.tries import Expect, Try

WHAT = Try(name="t", input={}, expect=Expect(contains=("good",), max_seconds=1.0), path="a.yaml")
GOOD = Answered(text="good", output="good", seconds=0.5)
SLOW = Answered(text="good", output="good", seconds=2.0)
BUSY = Erred(error="RateLimitError", message="429\n  wait " + "x" * 20_000)


def trial(after: Answered | Erred) -> Trial:
    failures = ("took 2.0 s, and 1.0 s are the most",) if after is SLOW else ()
    return Trial(key="a", tried=WHAT, after=after, failures=failures)


def test_what_may_be_left_of_a_run_that_is_not_shown() -> None:
    """It is named beside the trial, and once where the trial itself is of that run."""
    control = Unknown(why="no end within 1 s", left="the run 7 on thread 8")
    found = beside(settled(trial(BUSY), control)[0], control)
    assert found.notes == ("on the server may still be the run 7 on thread 8",)
    shown = Trial(key="a", tried=WHAT, after=control)
    assert beside(shown, control).notes == ()


def test_a_slow_run_and_then_an_error_of_a_moment() -> None:
    """Nobody knows what is at fault, so what was written is not blamed."""
    for again, said in (
        (BUSY, "it only takes too long, and a second run ended with RateLimitError"),
        (NotRun(why="interrupted"), "it only takes too long, and how a second run ends is not known (interrupted)"),
    ):
        assert confirmed(trial(SLOW), again) == (trial(SLOW), said)


def test_an_error_and_then_a_slow_answer() -> None:
    """It failed, for its time alone, and is not blamed."""
    found, why = confirmed(trial(BUSY), SLOW)
    assert found.verdict is Verdict.FAILED
    assert why is not None
    assert why.endswith("and the second one only takes too long")


def test_the_words_of_an_error_are_one_short_line() -> None:
    """However long what a provider says."""
    (note,) = confirmed(trial(BUSY), GOOD)[0].notes
    assert note.startswith("its first run ended with RateLimitError: 429 wait xxx")
    assert len(note) < 600
