"""What fails where the content before does not is run once more before it is taken back: it may have been a moment."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from reconciler.app.check import How
from reconciler.model.trial import Verdict
from tests.app.checking import ONE, answered, begin, ends, found, prompt, results, run, say
from tests.app.team import Team
from tests.fake import LG, Ends, Given, default_id

BUSY = ("RateLimitError", "429 Too Many Requests")


def new(tmp_path: Path, prompt: str = "good b") -> Team:
    """`good a` is live, and git says something else."""
    team = begin(tmp_path, LG, "good a")
    say(team, prompt)
    return team


def end(team: Team, by: Mapping[int, Ends]) -> None:
    """How the first run ends (of what was written), the second (of what was live before), the third (once more)."""
    seen: list[Given] = []

    def how(given: Given) -> Ends:
        seen.append(given)
        return by.get(len(seen), Ends())

    ends(team, how)


def test_an_error_that_does_not_come_again(tmp_path: Path) -> None:
    """A provider that was busy for a moment takes nothing back: the second run counts, and the first is a note."""
    team = new(tmp_path)
    end(team, {1: Ends(error=BUSY)})
    report = run(team)
    assert (report.exit_code, results(report), prompt(team)) == (0, {ONE: "applied"}, "good b")
    assert answered(team) == ["good b", "good a", "good b"]
    (trial,) = found(report).trials
    assert trial.verdict is Verdict.PASSED
    assert trial.notes == ("its first run ended with RateLimitError: 429 Too Many Requests",)


def test_an_error_that_comes_again(tmp_path: Path) -> None:
    """It is taken back, after two runs of it and one of what was live before."""
    team = new(tmp_path)
    end(team, {1: Ends(error=BUSY), 3: Ends(error=BUSY)})
    assert (results(run(team)), prompt(team)) == ({ONE: "rolled_back"}, "good a")
    assert answered(team) == ["good b", "good a", "good b", "good a"]


def test_an_error_and_then_another_answer_than_expected(tmp_path: Path) -> None:
    """The second answer counts, and it is wrong: it is taken back for that."""
    team = new(tmp_path, "bad b")
    end(team, {1: Ends(error=BUSY)})
    report = run(team)
    assert (results(report), prompt(team)) == ({ONE: "rolled_back"}, "good a")
    assert report.outcomes[0].error == "try `tent`: does not contain `good`"


def test_an_error_and_then_no_end(tmp_path: Path) -> None:
    """Then nobody knows what is at fault: it stays."""
    team = new(tmp_path)
    end(team, {1: Ends(error=BUSY), 3: Ends(seconds=None)})
    report = run(team, How(seconds=0.6))
    assert (report.exit_code, results(report), prompt(team)) == (6, {ONE: "applied"}, "good b")
    assert "how a second run ends is not known (no end within 0.6 s)" in str(found(report).trials[0].after)


def test_too_slow_for_a_moment(tmp_path: Path) -> None:
    """The second run is in time: nothing is taken back."""
    team = new(tmp_path)
    say(team, "good b", expects={"max_seconds": 0.3})
    end(team, {1: Ends(seconds=0.6)})
    report = run(team)
    assert (report.exit_code, results(report), prompt(team)) == (0, {ONE: "applied"}, "good b")
    assert str(found(report).trials[0].notes).startswith("('its first run took 0.")


def test_too_slow_and_then_an_error(tmp_path: Path) -> None:
    """What is at fault is not known: it failed, and stays."""
    team = new(tmp_path)
    say(team, "good b", expects={"max_seconds": 0.2})
    end(team, {1: Ends(seconds=0.5), 3: Ends(error=BUSY)})
    report = run(team)
    assert (report.exit_code, results(report), prompt(team)) == (5, {ONE: "applied"}, "good b")
    assert found(report).kept == "it only takes too long, and a second run ended with RateLimitError"


def test_what_was_live_before_beside_what_was_written(tmp_path: Path) -> None:
    """The graph's default assistant has a context of its own, so the assistant itself carries the run, and a new field
    stays in it: an error of that run is not said to be one of what was live before."""
    team = new(tmp_path)
    team.world.server.patch(default_id("writer"), context={"model_name": "small"})
    say(team, "good b", context={"system_prompt": "good b", "temperature": "hot"})
    error = Ends(error=("ValidationError", "1 validation error for Ctx\ntemperature\n  Input should be a number"))
    ends(team, lambda given: error if "temperature" in given.context else Ends())
    report = run(team)
    assert (report.exit_code, results(report)) == (6, {ONE: "applied"})
    why = str(found(report).trials[0].after)
    assert "how what was live before answers is not known (it ends with ValidationError, and `context.temp" in why
    assert "as well" not in why
