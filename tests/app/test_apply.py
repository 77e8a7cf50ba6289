"""Applying: what is written, what is left alone, and what the report says of it."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
import stamina

from reconciler.app.apply import apply
from reconciler.core.compose import Provenance
from reconciler.model.plan import Plan
from reconciler.model.report import Report, Result
from tests.app.world import World
from tests.core.case import derived_id
from tests.fake import AEGRA, LG, LH, Traits, varied

ONE = {"w/one": {"name": "One", "context": {"model_name": "a"}}}
TWO = {"w/one": {"name": "One", "context": {"model_name": "b"}}, "w/two": {"name": "Two"}}


@pytest.fixture
def world() -> World:
    """One assistant of ours is live, and git says something new."""
    world = World.of(LG)
    world.commit(ONE)
    world.apply()
    world.commit(TWO)
    return world


def _results(report: Report) -> dict[str, str]:
    return {o.change.wanted.key: o.result.value for o in report.outcomes if hasattr(o.change, "wanted")}


def _apply(world: World, made: Plan, **options: Any) -> Report:
    session = world.session()
    session.reader.assistants()
    assert session.writer is not None
    return apply(made, Provenance(), session.reader, session.writer, **options)


def test_order_is_create_update_activate_delete(world: World) -> None:
    """Creates come before updates, updates before deletions, whatever their names."""
    world.commit({"w/two": {"name": "Two"}, "w/zero": {"name": "Zero"}})
    world.apply()
    world.commit({"w/two": {"name": "Two, edited"}, "w/a": {"name": "A"}})
    world.server.log.clear()
    world.apply(allow_delete=frozenset({"w/zero"}))
    assert [request.method for request in world.server.log.writes] == ["POST", "PATCH", "DELETE"]


def test_what_moved_since_the_plan_is_left_alone(world: World) -> None:
    """Somebody edits between plan and write: that one is stale, the other is written, exit 4."""
    made = world.plan()
    world.server.patch(derived_id("w/one"), name="by hand")
    before = world.server.versions(derived_id("w/one"))
    report = _apply(world, made, pin=True)
    assert _results(report) == {"w/one": "stale", "w/two": "applied"}
    assert report.exit_code == 4
    assert world.server.versions(derived_id("w/one")) == before


def test_what_appeared_since_the_plan_is_left_alone(world: World) -> None:
    """Somebody creates it in the meantime: stale, not a second one."""
    made = world.plan()
    world.server.create(assistant_id=derived_id("w/two"), graph_id="writer", name="theirs")
    assert _results(_apply(world, made, pin=True))["w/two"] == "stale"


def test_somebody_creates_it_at_the_last_moment(world: World) -> None:
    """Without a second look the server's 409 says it: failed, named, nothing overwritten."""
    made = world.plan()
    world.server.create(assistant_id=derived_id("w/two"), graph_id="writer", name="theirs")
    report = _apply(world, made, pin=False)
    assert _results(report) == {"w/one": "applied", "w/two": "failed"}
    assert "somebody created it" in str([o.error for o in report.outcomes])
    assert report.exit_code == 5


def test_a_deletion_looks_once_more() -> None:
    """What was changed, or given to another owner, since the plan is not deleted."""
    world = World.of(LG)
    world.commit(TWO)
    world.apply()
    world.commit({})
    made = world.plan()
    metadata = world.live("w/two")["metadata"]
    marker = metadata["reconciler"] | {"owner": "team-b"}
    world.server.patch(derived_id("w/one"), name="by hand")
    world.server.patch(derived_id("w/two"), metadata=metadata | {"reconciler": marker})
    report = _apply(world, made, pin=False)
    assert sorted(o.result.value for o in report.outcomes) == ["failed", "stale"]
    assert {derived_id("w/one"), derived_id("w/two")} <= set(world.server.ids())


def test_a_failure_does_not_stop_the_others() -> None:
    """One refused write, one done; both are in the report, and the next run converges."""
    world = World.of(varied(LG, one_per_config="yes"))
    world.commit(
        {"w/one": {"name": "One"}, "w/two": {"name": "Two"}, "w/z": {"name": "Z", "context": {"model_name": "z"}}}
    )
    report = world.apply()
    assert sorted(_results(report).values()) == ["applied", "failed", "failed"] or report.exit_code == 5
    assert _results(report)["w/z"] == "applied"


def test_equal_contexts_on_aegra_are_named() -> None:
    """S13: where somebody makes an equal one after the plan, the refusal says what the rule is and what to do."""
    world = World.of(AEGRA)
    world.commit({"w/one": {"name": "One", "context": {"model_name": "a"}}})
    made = world.plan()
    world.server.create(graph_id="writer", name="Theirs", context={"model_name": "a"}, who="alice")
    report = _apply(world, made, pin=False)
    assert [o.result for o in report.outcomes] == [Result.FAILED]
    assert "Aegra allows no two assistants" in str(report.outcomes[0].error)
    assert "make them differ in one field" in str(report.outcomes[0].error)


def test_an_id_that_is_taken_and_cannot_be_read_is_repaired() -> None:
    """S21: its graph is gone, so it is neither listed nor readable; one full PATCH gives it a graph that is there."""
    world = World.of(varied(LG, gone_graph="hidden"))
    world.commit({"w/one": {"graph_id": "researcher", "name": "One"}})
    world.apply()
    world.server.remove_graph("researcher")
    world.commit({"w/one": {"graph_id": "writer", "name": "One"}})
    report = world.apply()
    assert [(o.result, o.by) for o in report.outcomes] == [(Result.APPLIED, "POST /assistants, then PATCH")]
    assert world.writes(world.apply) == 0


def test_an_id_that_belongs_to_somebody_else_is_a_named_error() -> None:
    """A taken id that an auth handler hides is not ours to repair."""
    world = World.of(varied(LG, auth_handler="owner"))
    world.server.create(assistant_id=derived_id("w/one"), graph_id="writer", name="theirs", who="bob")
    world.commit({"w/one": {"name": "One"}})
    report = world.apply()
    assert "is taken but cannot be read" in str(report.outcomes[0].error)
    assert report.exit_code == 5
    assert world.live("w/one")["name"] == "theirs"


def test_a_partial_set_latest_is_repaired_once() -> None:
    """S17: the first revert of a run is read back and repaired; the others of that run are updates."""
    world = World.of(LG)
    first = {f"w/{n}": {"name": f"N {n}", "context": {"model_name": f"a{n}"}} for n in range(4)}
    second = {key: said | {"context": {"model_name": "b"}} for key, said in first.items()}
    for said in (first, second):
        world.commit(said)
        world.apply()
    world.commit(first)
    world.server.log.clear()
    report = world.apply()
    assert report.converged
    latest = [r for r in world.server.log.writes if r.path.endswith("/latest")]
    patches = [r for r in world.server.log.writes if r.method == "PATCH"]
    assert (len(latest), len(patches)) == (1, 4)


def test_a_whole_set_latest_makes_no_version() -> None:
    """Where the server restores all of it, a revert adds no version."""
    world = World.of(LH)
    for model in ("a", "b", "a"):
        world.commit({"w/one": {"name": "One", "context": {"model_name": model}}})
        report = world.apply()
    assert [o.by for o in report.outcomes] == ["set-latest"]
    assert len(world.server.versions(derived_id("w/one"))) == 2


def test_an_answer_that_lies_is_found_out() -> None:
    """S30: the server says 200 and shows what was sent, but the live row did not take it: failed, with the field."""
    world = World.of(LH)
    for value in (True, 1):
        world.commit({"w/one": {"name": "One", "context": {"model_name": value}}})
        report = world.apply()
    assert not report.converged
    assert "reads back different: `context.model_name`" in str(report.outcomes[0].error)
    assert [d.code for d in world.plan().refused] == ["not-taken"]


def test_metadata_that_an_auth_handler_rewrites_is_named_and_never_sent_again() -> None:
    """A declared key that comes back with another value is an error that names it; no run after that writes."""
    world = World.of(varied(LG, auth_handler="owner"))
    world.commit({"w/one": {"name": "One", "metadata": {"owner": "us"}}})
    report = world.apply()
    assert "`metadata.owner`" in str(report.outcomes[0].error)
    assert "auth handler" in str(report.outcomes[0].error)
    assert world.writes(world.apply) == 0
    assert [d.code for d in world.plan().refused] == ["not-taken"]


class Spoiled(httpx2.BaseTransport):
    """Loses the answer to the first write, before or after the server has it; or every request from then on."""

    def __init__(self, inner: httpx2.BaseTransport, *, commits: bool, dies: bool = False) -> None:
        self.inner, self.commits, self.dies, self.lost = inner, commits, dies, False

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if self.lost and self.dies:
            raise httpx2.ConnectError("gone")
        if request.method == "PATCH" and not self.lost:
            self.lost = True
            if self.commits:
                self.inner.handle_request(request)
            raise httpx2.ReadTimeout("no answer")
        return self.inner.handle_request(request)


@pytest.mark.parametrize("commits", [True, False])
def test_a_lost_answer_is_settled_by_the_version_list(
    world: World, monkeypatch: pytest.MonkeyPatch, commits: bool
) -> None:
    """Where it landed it is not sent again; where it did not, it is; either way there is one new version."""
    import tests.app.world as module

    real = module.transport
    monkeypatch.setattr(module, "transport", lambda server: Spoiled(real(server), commits=commits))
    world.server.log.clear()
    report = world.apply()
    assert _results(report) == {"w/one": "applied", "w/two": "applied"}
    assert report.exit_code == 0
    assert len([r for r in world.server.log.writes if r.method == "PATCH"]) == 1
    assert len(world.server.versions(derived_id("w/one"))) == 2


def test_a_server_that_dies_before_the_proof(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was sent and cannot be read back is unknown; the report is there all the same."""
    import tests.app.world as module

    real = module.transport
    monkeypatch.setattr(module, "transport", lambda server: Spoiled(real(server), commits=True, dies=True))
    with stamina.set_testing(True, attempts=4):
        report = world.apply()
    assert report.exit_code == 6
    assert not report.converged
    assert "cannot be read back" in str([o.error for o in report.outcomes])


@pytest.mark.parametrize("parallelism", [1, 2, 10])
def test_the_report_is_the_same_at_any_parallelism(parallelism: int) -> None:
    """Outcomes stand in the order of the plan."""
    world = World.of(LG)
    world.commit({f"w/{n}": {"name": f"N {n}", "context": {"n": n}} for n in range(12)})
    report = _apply(world, world.plan(), parallelism=parallelism)
    assert list(_results(report)) == sorted(_results(report))
    assert report.exit_code == 0


def test_held_and_refused_are_in_the_report() -> None:
    """Nothing is written to them; git that moved on makes the exit 5."""
    world = World.of(LG)
    world.commit(ONE)
    world.apply()
    world.server.patch(derived_id("w/one"), name="by hand")
    world.commit({"w/one": {"name": "One, edited", "context": {"model_name": "a"}, "on_drift": "hold"}})
    assert world.writes(lambda: None) == 0
    report = world.apply()
    assert [o.result for o in report.outcomes] == [Result.HELD]
    assert report.exit_code == 5


def test_deleted_by_somebody_else_is_done() -> None:
    """A deletion that finds nothing there any more is no failure."""
    world = World.of(Traits())
    world.commit(TWO)
    world.apply()
    world.commit({"w/two": TWO["w/two"]})
    made = world.plan()
    world.server.delete(derived_id("w/one"))
    report = _apply(world, made, pin=False)
    assert [o.result for o in report.outcomes] == [Result.UNCHANGED]
    assert report.exit_code == 0


def test_a_second_interrupt_does_not_call_what_was_sent_not_started(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever insists on stopping gets a report that says: sent, and not known."""
    import reconciler.app.apply as applying

    def impatient(futures: Any, stop: Any) -> Any:
        applying.wait(futures)
        raise KeyboardInterrupt

    made = world.plan()
    monkeypatch.setattr(applying, "_wait", impatient)
    report = _apply(world, made, pin=False)
    assert _results(report) == {"w/two": "unknown", "w/one": "failed"}
    assert "not started" in str([o.error for o in report.outcomes if o.result is Result.FAILED])
    assert report.interrupted
    assert report.exit_code == 6
