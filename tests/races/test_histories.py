"""Any history, with faults and with two runs at once: git, Studio, restarts and our own runs in any order."""

from __future__ import annotations

import threading
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from reconciler.app.apply import apply
from reconciler.app.session import Session
from reconciler.core.compose import Provenance
from reconciler.errors import ReconcilerError
from reconciler.model.change import Delete, assistant_id_of
from reconciler.model.plan import Deployment
from reconciler.model.report import Report, Result
from reconciler.model.wanted import OnDrift
from reconciler.repo.settings import ResolvedDeployment
from reconciler.server.reader import Reader
from reconciler.server.transport import Address, Transport
from reconciler.server.writer import Writer
from tests.app.world import ALLOW, KEY, World
from tests.core.case import derived_id
from tests.fake import LG, LH, transport
from tests.faults.wire import TO_WRITES, SpoiledWire
from tests.races.two_runs import Taking, Turns

KEYS = st.sampled_from(["w/one", "w/two", "w/three"])
NEW_KEYS = ["w/four", "w/five"]
MODELS = st.sampled_from(["a", "b", "c"])
ALLOWED = (ALLOW - {"protected"}) | {"drifted_delete", "renamed"}
URL = "http://127.0.0.1:2024"
FAULTS = st.dictionaries(st.integers(1, 25), st.sampled_from(TO_WRITES), max_size=2)
EDITS = st.dictionaries(KEYS, MODELS, min_size=1, max_size=3)
AT_WRITES = st.dictionaries(st.integers(1, 4), st.sampled_from(TO_WRITES), max_size=2)


class SpoiledWrites(SpoiledWire):
    """Numbers the requests that write, and spoils the k-th of them."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.method == "GET" or request.url.path.endswith(("/search", "/versions", "/count")):
            due, self._late = self._late, []
            answer = self._inner.handle_request(request)
            for late in due:
                self._inner.handle_request(late)
            return answer
        return super().handle_request(request)


class Histories(RuleBasedStateMachine):
    """`said` is the work tree, which each run commits; `held` are those that were protected when a run ended."""

    @initialize(traits=st.sampled_from([LG, LH]))
    def start(self, traits: Any) -> None:
        """A server with somebody's assistant."""
        self.world = World.of(traits)
        self.world.server.create(graph_id="writer", name="Theirs", metadata={"team": "them"})
        self.said: dict[str, dict[str, Any]] = {}
        self.protected: set[str] = set()
        self.commits: list[dict[str, dict[str, Any]]] = []
        self.edited({"w/one": "a", "w/two": "b", "w/three": "c"})
        self.commit()
        self.one(transport(self.world.server), None)

    # -- git --

    @rule(key=KEYS, model=MODELS, team=st.sampled_from([None, "x"]), protected=st.sampled_from([False, False, True]))
    def edit(self, key: str, model: str, team: str | None, protected: bool) -> None:
        """A manifest is written."""
        metadata = {"team": team} if team else {}
        said = {"name": key, "context": {"model_name": model}, "metadata": metadata, "protected": protected}
        self.said = self.said | {key: said}

    @precondition(lambda self: self.said)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        """A manifest is deleted."""
        gone = data.draw(st.sampled_from(sorted(self.said)))
        self.said = {key: said for key, said in self.said.items() if key != gone}

    @precondition(lambda self: self.said)
    @rule(data=st.data(), new=st.sampled_from(NEW_KEYS))
    def rename(self, data: st.DataObject, new: str) -> None:
        """A manifest gets another key."""
        old = data.draw(st.sampled_from(sorted(self.said)))
        said = dict(self.said)
        said[new] = said.pop(old)
        self.said = said

    # -- somebody else --

    @precondition(lambda self: self.ours())
    @rule(data=st.data(), deed=st.sampled_from(["edit", "note", "rollback", "copy", "delete"]))
    def studio(self, data: st.DataObject, deed: str) -> None:
        """Somebody does something to one of ours."""
        identifier = data.draw(st.sampled_from(self.ours()))
        server, row = self.world.server, self.world.server.get(identifier)
        config = {k: v for k, v in row["config"].items() if k != "configurable"} | {"configurable": {}}
        whole = {name: row[name] for name in ("graph_id", "name", "context", "metadata")} | {"config": config}
        whole["description"] = row["description"] or ""
        match deed:
            case "edit":
                server.patch(identifier, **whole | {"name": "by hand"})
            case "note":
                note = {"note": len(server.versions(identifier))}
                server.patch(identifier, **whole | {"metadata": row["metadata"] | note})
            case "rollback":
                numbers = [version["version"] for version in server.versions(identifier)]
                server.set_latest(identifier, data.draw(st.sampled_from(numbers)))
            case "copy":
                server.create(graph_id="writer", name="Copy", metadata=row["metadata"], context=row["context"])
            case _:
                server.delete(identifier)
                self.protected.discard(identifier)

    @rule()
    def restart(self) -> None:
        """The server starts anew."""
        self.world.server.restart()

    # -- we --

    @rule(
        edits=EDITS,
        policy=st.sampled_from([OnDrift.HOLD, OnDrift.OVERWRITE]),
        faults=FAULTS,
        at_writes=AT_WRITES,
    )
    def run(self, edits: dict[str, str], policy: OnDrift, faults: dict[int, str], at_writes: dict[int, str]) -> None:
        """A commit, and a run that is spoiled, or is not."""
        self.edited(edits)
        self.commit()
        wire = SpoiledWrites(self.world.server, at_writes) if at_writes else SpoiledWire(self.world.server, faults)
        before = self.before()
        report = self.one(wire, policy)
        wire.finish()
        self.judge(before, [report], most=1)

    @rule(edits=EDITS, schedule=st.lists(st.integers(1, 6), max_size=12))
    def two_runs(self, edits: dict[str, str], schedule: list[int]) -> None:
        """Two runs of one commit, taking turns."""
        self.edited(edits)
        self.commit()
        before, turns, reports = self.before(), Turns(schedule), list[Any]()

        def go(who: int) -> None:
            try:
                reports.append(self.one(Taking(transport(self.world.server), turns, who), OnDrift.OVERWRITE))
            finally:
                turns.over(who)

        threads = [threading.Thread(target=go, args=(who,)) for who in (0, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(reports) == 2
        self.judge(before, reports, most=2)

    @precondition(lambda self: self.said)
    @rule(data=st.data())
    def removed(self, data: st.DataObject) -> None:
        """A manifest is deleted, and a clean run follows."""
        gone = data.draw(st.sampled_from(sorted(self.said)))
        self.said = {key: said for key, said in self.said.items() if key != gone}
        self.clean()

    @rule(data=st.data())
    def reverted(self, data: st.DataObject) -> None:
        """Git says what it said at an earlier commit, and a clean run follows."""
        self.said = data.draw(st.sampled_from(self.commits))
        self.clean()

    @rule()
    def settle(self) -> None:
        """A clean run."""
        self.clean()

    def clean(self) -> None:
        """A run in which git wins everywhere: all is as git says, and a further one writes nothing."""
        self.commit()
        before = self.before()
        report = self.one(transport(self.world.server), None)
        self.judge(before, [report], most=1)
        assert isinstance(report, Report)
        if report.plan.blocked:
            assert {g.guard for g in report.plan.guards if g.verdict == "blocked"} == {"protected"}
            return
        assert report.converged, ([o.error for o in report.outcomes], report.plan.refused)
        writes = len(self.world.server.log.writes)
        self.one(transport(self.world.server), None)
        assert len(self.world.server.log.writes) == writes

    # -- how --

    def ours(self) -> list[str]:
        """The ids of ours that are live, by key."""
        if not hasattr(self, "world"):
            return []
        keys = ("w/one", "w/two", "w/three", *NEW_KEYS)
        return [i for i in map(derived_id, keys) if i in self.world.server.ids()]

    def edited(self, edits: dict[str, str]) -> None:
        """The prompts of these are other ones; what has no manifest gets one."""
        for key, model in edits.items():
            said = self.said.get(key, {"name": key})
            self.said = self.said | {key: said | {"context": {"model_name": model}}}

    def commit(self) -> None:
        """Git says what is in the work tree."""
        if not self.commits or self.commits[-1] != self.said:
            self.commits.append(self.said)
            self.world.commit(self.said)

    def one(self, wire: httpx2.BaseTransport, policy: OnDrift | None) -> Report | ReconcilerError | None:
        """Plan and apply over `wire`; without a policy git wins everywhere. None where a guard stops it."""
        try:
            transport_ = Transport(Address(url=URL, headers={"x-api-key": KEY}, keyed=True), allow="writes", wire=wire)
            reader = Reader(transport_)
            target = ResolvedDeployment(name="fake", url=URL)
            session = Session(
                deployment=Deployment(name="fake", url=URL),
                target=target,
                reader=reader,
                writer=Writer(transport_, reader),
            )
            how: dict[str, Any] = {"allow": ALLOWED, "default_on_drift": policy or OnDrift.OVERWRITE}
            if policy is None:
                how |= {"on_drift": OnDrift.OVERWRITE, "named": frozenset(self.said)}
            made = self.world.plan(session, **how)
            if made.blocked:
                return Report(plan=made, outcomes=(), converged=False)
            provenance = Provenance(deployment="fake", commit=str(len(self.world.past)))
            assert session.writer is not None
            return apply(made, provenance, reader, session.writer, parallelism=1, settle=0.02)
        except ReconcilerError as error:
            return error

    def before(self) -> dict[str, Any]:
        """Everything that is stored."""
        found: dict[str, Any] = self.world.server.state()
        return found

    def judge(self, before: dict[str, Any], reports: list[Any], *, most: int) -> None:
        """Nothing that is not ours was touched, no version is there twice or lost, and no claim is untrue."""
        after = self.before()
        ours = {derived_id(key) for key in ("w/one", "w/two", "w/three", *NEW_KEYS)}
        assert {i: s for i, s in after.items() if i not in ours} == {i: s for i, s in before.items() if i not in ours}
        for identifier in ours & after.keys():
            row, rows = after[identifier]
            old_row, old = before.get(identifier, (None, []))
            assert rows[: len(old)] == old, "a version is lost"
            assert len(rows) - len(old) <= most, "a version is there twice"
            if old_row is not None and most == 1:
                assert row["metadata"].get("note") == old_row["metadata"].get("note"), "others' metadata"
        gone = (ours & before.keys()) - after.keys()
        changes = [c for r in reports if isinstance(r, Report) for c in r.plan.changes]
        planned = {assistant_id_of(c) for c in changes if isinstance(c, Delete)}
        assert gone <= planned
        assert not gone & self.protected, "what was protected is deleted"
        for report in reports:
            for outcome in report.outcomes if isinstance(report, Report) else ():
                identifier = assistant_id_of(outcome.change)
                if outcome.result is Result.APPLIED:
                    assert (identifier in after) != isinstance(outcome.change, Delete)
        marks = {i: after[i][0]["metadata"].get("reconciler") or {} for i in ours & after.keys()}
        self.protected = {i for i, mark in marks.items() if mark.get("protected")}


TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=30, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)


class ManyHistories(Histories):
    """The same machine, for longer."""


TestManyHistories = pytest.mark.needs_all(ManyHistories.TestCase)  # for half a minute
TestManyHistories.settings = settings(TestHistories.settings, max_examples=200)
