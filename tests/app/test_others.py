"""What belongs to somebody else: ignored fields, default assistants, taken ids, edits at the last moment."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

import tests.app.world as module
from reconciler.model.report import Result
from reconciler.render import json, markdown, text
from tests.app.world import World
from tests.core.case import derived_id
from tests.fake import AEGRA, LG, default_id, varied
from tests.render.one_text import one_text


def _patch(world: World, key: str, **fields: Any) -> None:
    world.server.patch(derived_id(key), **fields)


@pytest.mark.parametrize("ignore", ["metadata.labels", "metadata"])
def test_ignored_metadata_is_sent_as_found(ignore: str) -> None:
    """A metadata field that others own keeps their value through our next update."""
    world = World.of(LG)
    said: dict[str, Any] = {"name": "One", "metadata": {"team": "us", "labels": {"a": 1}}, "ignore": [ignore]}
    world.commit({"w/one": said})
    world.apply()
    _patch(world, "w/one", metadata={"labels": {"b": 2}})
    world.commit({"w/one": said | {"name": "One, edited"}})
    assert world.apply().converged
    assert world.live("w/one")["metadata"]["labels"] == {"b": 2}
    assert world.writes(world.apply) == 0


def test_the_default_of_another_graph_is_not_taken_over() -> None:
    """A manifest that names a default assistant without saying so is an error, and nothing is written to it."""
    world = World.of(LG)
    world.commit({"w/one": {"name": "One", "assistant_id": default_id("researcher")}})
    before = world.server.get(default_id("researcher"))
    report = world.apply()
    assert [d.code for d in report.plan.refused] == ["default-assistant"]
    assert world.server.get(default_id("researcher")) == before


def test_a_named_id_that_is_hidden_is_never_written_to() -> None:
    """Only an id that follows from owner and key is repaired; a named one may be anybody's whose graph is gone."""
    world = World.of(varied(LG, gone_graph="hidden"))
    theirs = "62e209ca-9154-432a-b9e9-2d75c7a9219b"
    world.server.create(assistant_id=theirs, graph_id="researcher", name="Theirs", metadata={"team": "b"})
    world.server.remove_graph("researcher")
    world.commit({"w/one": {"name": "One", "assistant_id": theirs}})
    report = world.apply()
    assert [o.result for o in report.outcomes] == [Result.FAILED]
    assert "is taken but cannot be read" in str(report.outcomes[0].error)
    assert world.server.get(theirs)["name"] == "Theirs"


class Somebody(httpx2.BaseTransport):
    """Does something right before the first request of a kind, as somebody in Studio may."""

    def __init__(self, inner: httpx2.BaseTransport, method: str, deed: Any) -> None:
        self.inner, self.method, self.deed = inner, method, deed

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.method == self.method and self.deed is not None:
            deed, self.deed = self.deed, None
            deed()
        return self.inner.handle_request(request)


@pytest.mark.parametrize(("method", "result"), [("GET", "stale"), ("PATCH", "applied")])
def test_an_edit_at_the_last_moment(method: str, result: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between plan and write: left alone. Between our look and our write, which no server can prevent: said."""
    world = World.of(LG)
    world.commit({"w/one": {"name": "One"}})
    world.apply()
    world.commit({"w/one": {"name": "One", "context": {"a": 1}}})
    real, started = module.transport, []

    def transport(server: Any) -> httpx2.BaseTransport:
        def deed() -> None:
            started.append(1)
            _patch(world, "w/one", name="by hand")

        # The first GET is that of /info: what counts is the one before the write.
        return Somebody(real(server), method, deed) if method == "PATCH" else Later(real(server), deed)

    monkeypatch.setattr(module, "transport", transport)
    report = world.apply()
    assert started == [1]
    assert [o.result.value for o in report.outcomes] == [result]
    if result == "applied":
        assert "version 2 is theirs" in str(report.outcomes[0].note)
    else:
        assert world.live("w/one")["name"] == "by hand"
        assert report.exit_code == 4


class Later(Somebody):
    """Right before the first GET of one assistant."""

    def __init__(self, inner: httpx2.BaseTransport, deed: Any) -> None:
        super().__init__(inner, "GET", deed)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/info"):
            return self.inner.handle_request(request)
        return super().handle_request(request)


def test_equal_contents_on_aegra_are_named_before_anything_is_sent() -> None:
    """S13: tried, they would leave a version row that was never live; so they are refused in the plan."""
    world = World.of(AEGRA)
    world.commit({"w/one": {"name": "One", "context": {"a": 1}}, "w/two": {"name": "Two", "context": {"a": 2}}})
    assert world.apply().converged
    world.commit({"w/one": {"name": "One", "context": {"a": 2}}, "w/two": {"name": "Two", "context": {"a": 2}}})
    versions = world.versions()
    report = world.apply()
    assert [(d.key, d.code) for d in report.plan.refused] == [("w/one", "equal-contents")]
    assert "`w/two` has the same config and context" in report.plan.refused[0].message
    assert world.versions() == versions


def test_what_others_do_meanwhile_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An assistant that this run leaves alone is edited, another one deleted, while it writes a third."""
    world = World.of(LG)
    three: dict[str, Any] = {key: {"name": key} for key in ("w/one", "w/two", "w/three")}
    world.commit(three)
    world.apply()
    world.commit(three | {"w/one": {"name": "One, edited"}})
    real = module.transport

    def deed() -> None:
        _patch(world, "w/two", name="by hand")
        world.server.delete(derived_id("w/three"))

    monkeypatch.setattr(module, "transport", lambda server: Somebody(real(server), "PATCH", deed))
    report = world.apply()
    assert report.converged
    assert [(d.key, d.code) for d in report.meanwhile] == [
        ("w/three", "changed-meanwhile"),
        ("w/two", "changed-meanwhile"),
    ]
    assert "its version was 1 and is 2" in report.meanwhile[1].message
    assert "changed by somebody else during this run" in one_text(text.report(report))
    assert "changed by somebody else during this run" in markdown.report(report)
    assert "changed-meanwhile" in one_text(json.report(report))


def test_nobody_did_anything_meanwhile() -> None:
    """Then nothing is listed."""
    world = World.of(LG)
    world.commit({"w/one": {"name": "One"}, "w/two": {"name": "Two"}})
    world.apply()
    world.commit({"w/one": {"name": "One, edited"}, "w/two": {"name": "Two"}})
    assert world.apply().meanwhile == ()


def test_what_is_marked_by_this_run_was_changed_by_nobody_else() -> None:
    """`--adopt` writes a version of an assistant that was in step: that is ours, and not called somebody's."""
    world = World.of(LG)
    made = world.server.create(graph_id="writer", name="By hand", context={"prompt": "a"})
    said = {"name": "By hand", "context": {"prompt": "a"}, "assistant_id": made["assistant_id"]}
    world.commit({"w/one": said, "w/two": {"name": "Two"}})
    report = world.apply(adopt=True)
    assert [o.change.wanted.key for o in report.outcomes if o.result is Result.APPLIED] == ["w/two", "w/one"]  # type: ignore[union-attr]  # nothing is deleted
    assert report.meanwhile == ()
