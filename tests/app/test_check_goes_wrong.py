"""A check that has to take something back, on a server that does not let it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reconciler.model.trial import Answered, NotRun
from tests.app.checking import ONE, QUESTION, answered, found, prompt, results, run, say
from tests.app.team import SETTINGS, Team
from tests.app.world import World
from tests.fake import LG, FakeServer, Response


class Refusing(FakeServer):
    """Answers each write otherwise, as soon as something was run."""

    status = 403

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Any:
        writes = method == "PATCH" or path.endswith("/latest")
        if not (writes and self.runs.carried_out):
            return super().handle(method, path, headers, body)
        return Response(self.status, {}, b'{"detail":"no"}')


def _team(tmp_path: Path, server: FakeServer) -> Team:
    team = Team.start(tmp_path, World(server))
    team.write("reconciler.yaml", f"{SETTINGS}settle: 0.02\n")
    say(team, "good a")
    team.apply()
    say(team, "bad b")
    return team


def test_refused(tmp_path: Path) -> None:
    """Nothing was written: it stays live, failed, and the server's word is repeated."""
    team = _team(tmp_path, Refusing(LG))
    report = run(team)
    assert (report.exit_code, results(report), prompt(team)) == (5, {ONE: "applied"}, "bad b")
    kept = str(found(report).kept)
    assert kept.startswith("it was not taken back: ")
    assert "403" in kept


def test_lost(tmp_path: Path) -> None:
    """Gateways answer, and nobody knows what is live: unknown, exit 6."""
    server = Refusing(LG)
    server.status = 502
    team = _team(tmp_path, server)
    report = run(team)
    (outcome,) = report.outcomes
    assert (report.exit_code, results(report), prompt(team)) == (6, {ONE: "unknown"}, "bad b")
    assert outcome.error is not None
    assert outcome.error.startswith("try `tent`: does not contain `good`; whether it was taken back is not known: ")
    assert found(report).proof is None


def test_written_as_something_else(tmp_path: Path) -> None:
    """Between the two steps of a server that restores only part: what is live is neither, and that is said."""

    class Halving(Refusing):
        def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Any:
            if path.endswith("/latest"):
                return FakeServer.handle(self, method, path, headers, body)
            return super().handle(method, path, headers, body)

    team = _team(tmp_path, Halving(LG))
    report = run(team)
    (outcome,) = report.outcomes
    assert (report.exit_code, results(report)) == (5, {ONE: "failed"})
    assert outcome.error is not None
    assert "try `tent`: does not contain `good`; taking it back went wrong: " in outcome.error
    assert outcome.version == team.world.live(ONE)["version"] == 1


def test_nothing_can_be_read_any_more(tmp_path: Path) -> None:
    """Before anything was sent: it stays live, and nothing is said to have gone wrong with it."""

    class Closing(FakeServer):
        closed = False

        def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Any:
            if self.closed:
                return Response(403, {}, b'{"detail":"no"}')
            self.closed = bool(self.runs.carried_out) and path.endswith("/versions")
            return super().handle(method, path, headers, body)

    team = _team(tmp_path, Closing(LG))
    report = run(team)
    assert (report.exit_code, results(report)) == (5, {ONE: "applied"})
    assert report.outcomes[0].version == 2
    assert str(found(report).kept).startswith("it was not taken back: ")


def test_a_stop_of_which_nobody_can_tell_whether_it_is_there(tmp_path: Path) -> None:
    """What is to stop there is not run, since a server runs past a node that it lacks; the other try is."""

    class Unlisted(FakeServer):
        written = False

        def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Any:
            if self.written and path.endswith("/search"):
                return Response(403, {}, b'{"detail":"no"}')
            return super().handle(method, path, headers, body)

    server = Unlisted(LG)
    team = _team(tmp_path, server)
    stops = {"name": "refund", "input": QUESTION, "interrupt_before": ["answer"]}
    say(team, "good b", tries=[stops, {"name": "tent", "input": QUESTION}])
    report = run(team, meanwhile=lambda: setattr(server, "written", True))
    refund, tent = found(report).trials
    assert isinstance(refund.after, NotRun)
    assert refund.after.why.startswith("whether it would stop where it is to is not known: ")
    assert isinstance(tent.after, Answered)
    assert len(answered(team)) == 1
