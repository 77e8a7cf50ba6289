"""What a check takes back, what it only names, and what it leaves alone because nobody knows."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest

from reconciler.app.check import How
from reconciler.model.report import Result
from reconciler.model.trial import Answered, Erred, NotRun, Unknown, Verdict
from tests.app.checking import (
    ONE,
    QUESTION,
    TWO,
    answered,
    begin,
    ends,
    found,
    number,
    prompt,
    results,
    run,
    say,
    states,
)
from tests.app.team import Team
from tests.core.case import derived_id
from tests.fake import Ends, Given, default_id

BAD_FIELD = ("ValidationError", "1 validation error for Ctx\nsystem_prompt\n  Input should be a number")
BUSY = ("RateLimitError", "429 Too Many Requests")


def new(tmp_path: Path, prompt: str = "good b") -> Team:
    """`good a` is live, and git says something else."""
    team = begin(tmp_path)
    say(team, "good a")
    team.apply()
    say(team, prompt)
    return team


def of_prompt(team: Team, **by: Ends) -> None:
    """How a run ends, by the last word of its prompt."""

    def how(given: Given) -> Ends:
        return by.get(str(given.context.get("system_prompt", "")).rpartition(" ")[2], Ends())

    ends(team, how)


# -- errors of the graph --


def test_an_error_that_the_content_before_does_not_have(tmp_path: Path) -> None:
    """It is taken back; the content before was run beside it, by the graph's default assistant."""
    team = new(tmp_path)
    of_prompt(team, b=Ends(error=BAD_FIELD))
    report = run(team)
    assert (results(report), prompt(team), report.exit_code) == ({ONE: "rolled_back"}, "good a", 5)
    assert answered(team) == ["good b", "good a", "good a"]
    control = team.world.server.runs.asked[1]
    assert control.assistant_id == default_id("writer")
    (trial,) = found(report).trials
    assert isinstance(trial.after, Erred)
    assert trial.after.fields == ("system_prompt",)
    (outcome,) = report.outcomes
    assert outcome.error == "try `tent`: the run ended with ValidationError"


@pytest.mark.parametrize("before", [BUSY, ("APIConnectionError", "no route")], ids=["the same", "another"])
def test_an_error_of_the_environment(tmp_path: Path, before: tuple[str, str]) -> None:
    """What was live before fails as well, so nothing is known: it stays, exit 6, and both errors are named."""
    team = new(tmp_path)
    of_prompt(team, a=Ends(error=before), b=Ends(error=BUSY))
    writes = len(team.world.server.log.writes)
    report = run(team)
    assert (report.exit_code, results(report), prompt(team)) == (6, {ONE: "applied"}, "good b")
    (trial,) = found(report).trials
    assert isinstance(trial.after, Unknown)
    assert "RateLimitError: 429 Too Many Requests" in trial.after.why
    assert f"what was live before ends with {before[0]} as well" in trial.after.why
    assert len(team.world.server.log.writes) == writes + 1
    assert states(team) == []


def test_a_field_of_its_own_beside_an_error_of_the_environment(tmp_path: Path) -> None:
    """An error that names a field of what was written is its own, whatever else fails."""
    team = new(tmp_path)
    of_prompt(team, a=Ends(error=BUSY), b=Ends(error=BAD_FIELD))
    assert results(run(team)) == {ONE: "rolled_back"}


def test_where_the_content_before_has_no_end(tmp_path: Path) -> None:
    """Then nobody knows what is at fault: it stays."""
    team = new(tmp_path)
    of_prompt(team, a=Ends(seconds=None), b=Ends(error=BUSY))
    report = run(team, How(seconds=0.6))
    assert (report.exit_code, prompt(team)) == (6, "good b")
    (trial,) = found(report).trials
    assert "how what was live before answers is not known (no end within 0.6 s)" in str(trial.after)
    assert team.world.server.runs.threads == []


def test_of_a_created_one_nothing_is_run_beside(tmp_path: Path) -> None:
    """There is no content before: the error is reported as it is."""
    team = begin(tmp_path)
    say(team, "good a")
    of_prompt(team, a=Ends(error=BUSY))
    report = run(team)
    assert (report.exit_code, results(report), len(answered(team))) == (5, {ONE: "applied"}, 1)
    assert found(report).verdict is Verdict.FAILED


def test_an_expectation_that_nothing_meets(tmp_path: Path) -> None:
    """It is taken back, and the report says that what is live again does not meet it either."""
    team = new(tmp_path)
    say(team, "good b", expects={"contains": ["better", "best"]})
    (outcome,) = run(team).outcomes
    said = "what is live again fails that try as well (does not contain `better`, and 1 more): look at what it expects"
    assert (outcome.result, outcome.note) == (Result.ROLLED_BACK, said)


# -- time --


def test_too_slow_where_the_content_before_is_in_time(tmp_path: Path) -> None:
    """It is taken back."""
    team = new(tmp_path)
    say(team, "good b", expects={"max_seconds": 0.2})
    of_prompt(team, b=Ends(seconds=0.5))
    report = run(team)
    assert (results(report), prompt(team)) == ({ONE: "rolled_back"}, "good a")


def test_too_slow_as_everything_is(tmp_path: Path) -> None:
    """The server is slow, not the prompt: it failed, and stays."""
    team = new(tmp_path)
    say(team, "good b", expects={"max_seconds": 0.2, "contains": "good"})
    of_prompt(team, a=Ends(seconds=0.5), b=Ends(seconds=0.5))
    report = run(team)
    assert (report.exit_code, results(report), prompt(team)) == (5, {ONE: "applied"}, "good b")
    assert str(found(report).kept).startswith("what was live before takes too long as well: 0.")


def test_too_slow_and_wrong(tmp_path: Path) -> None:
    """What is wrong is wrong, however slow: nothing is run beside it."""
    team = new(tmp_path, "bad b")
    say(team, "bad b", expects={"max_seconds": 0.2, "contains": "good"})
    of_prompt(team, a=Ends(seconds=0.5), b=Ends(seconds=0.5))
    report = run(team)
    assert (results(report), answered(team)) == ({ONE: "rolled_back"}, ["bad b", "good a"])


# -- what is not known --


def test_a_run_without_an_end(tmp_path: Path) -> None:
    """It is cancelled, nothing is left of it, and nothing is taken back."""
    team = new(tmp_path)
    of_prompt(team, b=Ends(seconds=None))
    report = run(team, How(seconds=0.5))
    assert (report.exit_code, results(report), prompt(team)) == (6, {ONE: "applied"}, "good b")
    assert found(report).verdict is Verdict.UNKNOWN
    assert team.world.server.runs.threads == []
    assert states(team) == []


def test_one_try_without_an_end_beside_one_that_fails(tmp_path: Path) -> None:
    """What failed failed: it is taken back, and proved by that try."""
    team = new(tmp_path)
    tries = [
        {"name": "hangs", "input": {"messages": [{"role": "user", "content": "hang"}]}},
        {"name": "fails", "input": QUESTION, "expect": {"contains": "better"}},
    ]
    say(team, "good b", tries=tries)

    def how(given: Given) -> Ends:
        return Ends(seconds=None) if given.input["messages"][0]["content"] == "hang" else Ends()

    ends(team, how)
    report = run(team, How(seconds=0.5))
    assert results(report) == {ONE: "rolled_back"}
    assert [trial.verdict for trial in found(report).trials] == [Verdict.UNKNOWN, Verdict.FAILED]
    assert isinstance(found(report).proof, Answered)


def test_interrupted(tmp_path: Path) -> None:
    """A stop while a run goes on: it is cancelled, what was not begun is named, and nothing is taken back."""
    team = new(tmp_path, "bad b")
    say(team, "bad x", TWO)
    stop = Event()

    def how(given: Given) -> Ends:
        stop.set()
        return Ends(seconds=None)

    ends(team, how)
    report = run(team, How(seconds=20, parallelism=1), stop)
    assert (report.interrupted, report.exit_code, prompt(team)) == (True, 6, "bad b")
    assert sorted(check.verdict for check in report.checks) == [Verdict.NOT_RUN, Verdict.UNKNOWN]
    assert team.world.server.runs.threads == []


def test_interrupted_before_it_was_taken_back(tmp_path: Path) -> None:
    """What failed stays, and its check says why."""
    team = new(tmp_path, "bad b")
    stop = Event()
    report = run(team, stop=stop, progress=lambda one, ran: stop.set())
    assert (report.interrupted, report.exit_code, prompt(team)) == (True, 5, "bad b")
    assert results(report) == {ONE: "applied"}
    check = found(report)
    assert (check.verdict, check.kept) == (Verdict.FAILED, "it was interrupted")


def test_a_second_interrupt_between_two_steps(tmp_path: Path) -> None:
    """A KeyboardInterrupt where nothing is sent: the report is there, and says what was not done."""
    team = new(tmp_path, "bad b")
    stop = Event()

    class Insisting(Event):
        def is_set(self) -> bool:
            if len(team.world.server.runs.carried_out) and not stop.is_set():
                stop.set()
                raise KeyboardInterrupt
            return super().is_set()

    report = run(team, stop=Insisting())
    assert (report.interrupted, prompt(team)) == (True, "bad b")
    assert results(report) == {ONE: "applied"}
    assert len(found(report).trials) == 1


# -- what others do meanwhile --


def test_what_somebody_changed_since(tmp_path: Path) -> None:
    """Their edit is not taken back, and it is said that it is theirs."""
    team = new(tmp_path, "bad b")
    _while_it_runs(team, lambda: team.world.server.patch(derived_id(ONE), context={"system_prompt": "by hand"}))
    report = run(team)
    assert (report.exit_code, results(report), prompt(team)) == (5, {ONE: "applied"}, "by hand")
    assert found(report).kept == "somebody changed it since it was written"


def test_what_somebody_deleted_since(tmp_path: Path) -> None:
    """There is nothing to take back."""
    team = new(tmp_path, "bad b")
    _while_it_runs(team, lambda: team.world.server.delete(derived_id(ONE)))
    assert found(run(team)).kept == "somebody deleted it since it was written"


def test_taken_back_by_another_run(tmp_path: Path) -> None:
    """Two checks of one apply: the second finds that it is not live any more."""
    team = new(tmp_path, "bad b")
    _while_it_runs(team, lambda: team.world.server.set_latest(derived_id(ONE), 1))
    report = run(team)
    assert found(report).kept == "somebody changed it since it was written"
    assert number(team) == 2


def test_a_graph_that_is_gone(tmp_path: Path) -> None:
    """What was live before cannot be written any more (docs/server.md, S12): it stays, and the check says so."""
    team = begin(tmp_path)
    say(team, "good a", graph_id="researcher", context={"model_name": "good a"})
    team.apply()
    say(team, "bad b")

    def gone() -> None:
        team.world.server.remove_graph("researcher")
        team.world.server.delete(default_id("researcher"))

    report = run(team, meanwhile=gone)
    assert results(report) == {ONE: "applied"}
    assert "it cannot go back: graph `researcher` is not deployed" in str(found(report).kept)


# -- what is tried --


def test_only_reported(tmp_path: Path) -> None:
    """--no-rollback: it failed, it stays, and the exit code says so."""
    team = new(tmp_path, "bad b")
    report = run(team, How(rollback=False))
    assert (report.exit_code, report.converged, prompt(team)) == (5, True, "bad b")
    assert found(report).kept == "--no-rollback: it is only reported"
    assert answered(team) == ["bad b"]


def test_what_makes_no_other_answers_is_not_tried(tmp_path: Path) -> None:
    """A new description, a key of metadata, a marker: no run."""
    team = begin(tmp_path)
    say(team, "good a")
    team.apply()
    say(team, "good a", description="New.", metadata={"team": "social"})
    report = run(team)
    assert (results(report), report.checks, answered(team)) == ({ONE: "applied"}, (), [])


def test_nothing_expected(tmp_path: Path) -> None:
    """Then an answer is enough."""
    team = new(tmp_path)
    say(team, "good b", expects=None)
    report = run(team)
    assert (report.exit_code, found(report).verdict) == (0, Verdict.SHOWN)


def test_a_default_assistant(tmp_path: Path) -> None:
    """Empty as the server made it before: it is so again, and held."""
    team = begin(tmp_path)
    fields = {"graph_id": "writer", "default": True}
    team.write("assistants/all.yaml", _manifest("bad a", **fields))
    team.commit("all")
    report = run(team)
    assert results(report) == {"all": "rolled_back"}
    assert team.world.server.get(default_id("writer"))["context"] == {}
    assert states(team) == ["held all"]


def test_an_adopted_one(tmp_path: Path) -> None:
    """It had no marker: what was live before gets one, which says that it was taken back."""
    team = begin(tmp_path)
    made = team.world.server.create(graph_id="writer", name="By hand", context={"system_prompt": "good a"})
    team.write(
        "assistants/hand.yaml", _manifest("bad b", graph_id="writer", name="By hand", assistant_id=made["assistant_id"])
    )
    team.commit("hand")
    report = run(team)
    assert results(report) == {"hand": "rolled_back"}
    row = team.world.server.get(made["assistant_id"])
    assert row["context"] == {"system_prompt": "good a"}
    assert states(team) == ["held hand"]


def test_what_was_not_committed(tmp_path: Path) -> None:
    """Applied from a dirty tree and taken back: then what is live is as committed, and nothing is left to do."""
    team = begin(tmp_path)
    say(team, "good a")
    team.apply()
    manifest = team.root / "assistants/w/one.yaml"
    manifest.write_text(manifest.read_text("utf-8").replace("good a", "bad b"), "utf-8")
    assert results(run(team)) == {ONE: "rolled_back"}
    team.git("checkout", "--", ".")
    assert states(team) == []


def test_many(tmp_path: Path) -> None:
    """Of thirty those that fail go back, the others stay; each is run once, and each proof is of its own."""
    team = begin(tmp_path)
    keys = [f"w/{number:02}" for number in range(30)]
    for key in keys:
        team.write(f"assistants/{key}.yaml", _manifest(f"good a{key}", graph_id="writer", name=key))
    team.commit("a")
    team.apply()
    for at, key in enumerate(keys):
        word = "bad" if at % 3 == 0 else "good"
        team.write(f"assistants/{key}.yaml", _manifest(f"{word} b{key}", graph_id="writer", name=key))
    team.commit("b")
    report = run(team, How(parallelism=8))
    assert report.exit_code == 5
    failed = set(keys[::3])
    assert {key for key, result in results(report).items() if result == "rolled_back"} == failed
    assert {key for key in keys if str(prompt(team, key)).startswith("good a")} == failed
    for check in report.checks:
        assert (check.proof is not None) is (check.key in failed)
        assert check.proof is None or (isinstance(check.proof, Answered) and check.proof.text.endswith(f"a{check.key}"))
    assert len(answered(team)) == 40
    assert states(team) == [f"held {key}" for key in sorted(failed)]


def _manifest(prompt: str, **fields: object) -> str:
    tries = [{"name": "tent", "input": QUESTION, "expect": {"contains": "good"}}]
    return json.dumps({**fields, "context": {"system_prompt": prompt}, "tries": tries})


def _while_it_runs(team: Team, action: Callable[[], object]) -> None:
    """Somebody does something while the first run goes on."""
    done = Event()

    def how(given: Given) -> Ends:
        if not done.is_set():
            done.set()
            action()
        return Ends()

    ends(team, how)


def test_a_fault_of_this_tool_loses_no_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written is said all the same, and that it was not taken back."""
    team = new(tmp_path, "bad b")

    def broken(*_: object) -> None:
        raise ZeroDivisionError("a mistake")

    monkeypatch.setattr("reconciler.app.go_back.look_back", broken)
    report = run(team)
    assert (report.exit_code, results(report), prompt(team)) == (5, {ONE: "applied"}, "bad b")
    assert found(report).kept == "ZeroDivisionError: a mistake"


# -- where to stop --


def test_a_stop_that_the_graph_lacks(tmp_path: Path) -> None:
    """The server would run past it: nothing of that try is run, and nothing is taken back for it; the others are."""
    team = new(tmp_path)
    tries = [
        {"name": "refund", "input": QUESTION, "interrupt_before": ["tols"], "expect": {"contains": "better"}},
        {"name": "tent", "input": QUESTION, "interrupt_before": ["answer"]},
    ]
    say(team, "good b", tries=tries)
    report = run(team)
    assert (report.exit_code, results(report), prompt(team)) == (5, {ONE: "applied"}, "good b")
    refund, tent = found(report).trials
    assert isinstance(refund.after, NotRun)
    assert refund.after.why.startswith(
        "graph `writer` has no node `tols` on this server, so a run would not stop there"
    )
    assert (tent.tried.name, len(answered(team))) == ("tent", 1)
