"""Each rule of the dialect earns its place: switched off, something that the sweep promises breaks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reconciler.core import plan as planning
from reconciler.model.json import JsonObject
from reconciler.model.live import Version
from reconciler.model.write import Write
from reconciler.server import reader as reading
from reconciler.server import writer as writing
from reconciler.server.dialect import Dialect
from tests.app.story import OURS, TWEET
from tests.app.world import World
from tests.core.case import derived_id
from tests.fake import AEGRA, JS, LG, LG_0_2, LH, Traits, varied

Switch = Callable[[pytest.MonkeyPatch], None]
BODY, ROW, OBSERVE = Dialect.body, Dialect.version_row, Dialect.observe


class Broken(AssertionError):
    """A promise that did not hold."""


def _body(change: Callable[[JsonObject, Write], None]) -> Switch:
    """Send another body than the dialect says."""

    def switch(patch: pytest.MonkeyPatch) -> None:
        def body(self: Dialect, write: Write, *, create: bool) -> JsonObject:
            sent = BODY(self, write, create=create)
            change(sent, write)
            return sent

        patch.setattr(Dialect, "body", body)

    return switch


def _drop(name: str) -> Callable[[JsonObject, Write], None]:
    return lambda sent, write: sent.pop(name, None) and None


def _no_configurable(sent: JsonObject, write: Write) -> None:
    config = dict(sent["config"])  # type: ignore[arg-type, call-overload]  # a body that the dialect made
    config.pop("configurable")
    sent["config"] = config


def _both(sent: JsonObject, write: Write) -> None:
    sent["config"] = write.spec.config | {"configurable": {}}
    sent["context"] = write.spec.context


def _only_filled(sent: JsonObject, write: Write) -> None:
    for name in ("description", "context"):
        if not sent.get(name):
            sent.pop(name, None)


def _no_nulls(sent: JsonObject, write: Write) -> None:
    sent["metadata"] = {k: v for k, v in sent["metadata"].items() if v is not None}  # type: ignore[union-attr]  # a body that the dialect made


def _learns_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Dialect, "observe", lambda self, rows: None)


def _believes_the_version(patch: pytest.MonkeyPatch) -> None:
    """Takes every server for one that mirrors."""

    def observe(self: Dialect, rows: list[JsonObject]) -> None:
        OBSERVE(self, rows)
        self._apart = False

    patch.setattr(Dialect, "observe", observe)


def _sees_no_residue(patch: pytest.MonkeyPatch) -> None:
    def row(self: Dialect, found: JsonObject) -> Version:
        version = ROW(self, found)
        object.__setattr__(version, "residue", {})
        return version

    patch.setattr(Dialect, "version_row", row)


def _sees_no_ambiguity(patch: pytest.MonkeyPatch) -> None:
    def row(self: Dialect, found: JsonObject) -> Version:
        version = ROW(self, found)
        object.__setattr__(version, "ambiguous", False)
        return version

    patch.setattr(Dialect, "version_row", row)


def _one_page_size(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(reading, "LARGEST_PAGES", (1000, 999))


def _one_page(patch: pytest.MonkeyPatch) -> None:
    pages = reading.Reader._pages
    patch.setattr(reading.Reader, "_pages", lambda self: iter([next(pages(self))]))


def _trusts_merging(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(writing, "_lost", lambda answer, write: False)


def _trusts_set_latest(patch: pytest.MonkeyPatch) -> None:
    from reconciler.app.execute import Executor

    patch.setattr(Executor, "_holds", lambda self, wanted, live: True)


def _forgets_refused(patch: pytest.MonkeyPatch) -> None:
    real = planning.stand

    def stand(*given: Any) -> Any:
        found = real(*given)
        if found.state is not planning.State.REFUSED:
            return found
        return planning.Standing(state=planning.State.EDITED, reasons=(planning.Reason.DRIFT,))

    patch.setattr(planning, "stand", stand)


# -- what is promised, each as a small history on one server --


def edits(traits: Traits) -> None:
    """Create, edit, empty: converged, then nothing to write."""
    world = World.of(traits)
    tweet: dict[str, Any] = {"name": "Tweet", "description": "d", "context": {"model_name": "a"}}
    for said in (
        tweet | {"metadata": {"team": "x"}, "config": {"recursion_limit": 5}},
        tweet | {"context": {"model_name": "b"}},
        tweet | {"context": {}, "description": "", "config": {}},
    ):
        world.commit({TWEET: said})
        _settles(world)
    if world.live(TWEET)["metadata"].get("team") is not None:
        raise Broken("a key that git gave up is still there")


def reverts(traits: Traits) -> None:
    """Edit and revert, by an older version where there is one."""
    world = World.of(traits)
    for model in ("a", "b", "a"):
        world.commit({TWEET: {"name": "Tweet", "context": {"model_name": model}}})
        _settles(world)


def others(traits: Traits) -> None:
    """Metadata of others is there after an edit."""
    world = World.of(traits)
    world.commit({TWEET: {"name": "Tweet", "context": {"model_name": "a"}}})
    _settles(world)
    world.server.patch(derived_id(TWEET), metadata=world.live(TWEET)["metadata"] | {"reviewed_by": "ana"})
    world.commit({TWEET: {"name": "Tweet", "context": {"model_name": "b"}}})
    before = world.foreign(OURS)
    _settles(world)
    if world.foreign(OURS) != before:
        raise Broken("metadata of others changed")


def many(traits: Traits) -> None:
    """More assistants than one page."""
    world = World.of(traits)
    world.commit({f"a/{n}": {"name": f"N {n}", "context": {"n": n}} for n in range(130)})
    _settles(world)


def thousands(traits: Traits) -> None:
    """More assistants than the largest page."""
    world = World.of(traits)
    for n in range(1010):
        world.server.create(graph_id="writer", name=f"by hand {n}")
    world.commit({f"a/{n}": {"name": f"N {n}"} for n in range(60)})
    _settles(world)


def values_in_configurable(traits: Traits) -> None:
    """A row whose values live in config.configurable alone is read and written there, and never emptied."""
    world = World.of(traits)
    world.server.create(
        assistant_id=derived_id(TWEET), graph_id="writer", name="Old", config={"configurable": {"model_name": "a"}}
    )
    world.server.create(graph_id="writer", name="Context alone", context={"model_name": "z"})
    world.commit({TWEET: {"name": "Old", "context": {"model_name": "b"}}})
    _settles(world)
    if world.live(TWEET)["config"].get("configurable") != {"model_name": "b"}:
        raise Broken("the values moved away from where the graph reads them")


def two_contexts(traits: Traits) -> None:
    """Two different sets of values: an error that names the assistant, and no write."""
    world = World.of(traits)
    world.server.create(
        assistant_id=derived_id(TWEET),
        graph_id="writer",
        name="Two",
        config={"configurable": {"model_name": "a"}},
        context={"model_name": "b"},
    )
    world.commit({TWEET: {"name": "Two", "context": {"model_name": "c"}}})
    if [d.code for d in world.plan().refused] != ["two-contexts"]:
        raise Broken("not refused")


def half_restored(traits: Traits) -> None:
    """What a set-latest in Studio leaves beside the context is seen."""
    world = World.of(traits)
    for model in ("a", "b"):
        world.commit({TWEET: {"name": "Tweet", "context": {"model_name": model}}})
        _settles(world)
    world.server.set_latest(derived_id(TWEET), 1)
    if world.plan().is_empty:
        raise Broken("the leftover was not seen")


def not_taken(traits: Traits) -> None:
    """A change that the server does not see is refused by name, and no run after that makes a version."""
    world = World.of(traits)
    for value in (True, 1):
        world.commit({TWEET: {"name": "Tweet", "context": {"model_name": value}}})
        world.apply()
    versions = world.versions()
    world.apply()
    world.apply()
    if world.versions() != versions:
        raise Broken("a loop of new versions")


def empty_server(traits: Traits) -> None:
    """The first write to a server that lists nothing, so that nothing could be learned before."""
    world = World.of(traits)
    for identifier in world.server.ids():
        world.server.delete(identifier)
    world.commit({TWEET: {"name": "Tweet", "context": {"model_name": "a"}}})
    _settles(world)


def _settles(world: World) -> None:
    report = world.apply()
    if not report.converged or report.plan.refused:
        raise Broken(f"not converged: {[o.error for o in report.outcomes]} {report.plan.refused}")
    if world.writes(world.apply):
        raise Broken("the second run wrote")


RULES: list[tuple[str, Callable[[Traits], None], Traits, Switch]] = [
    ("S1 context is always sent", edits, varied(LH), _body(_drop("context"))),
    ("S1 metadata is always sent", others, varied(LG_0_2), _body(_drop("metadata"))),
    ("S1 description is always sent", edits, LG, _body(_drop("description"))),
    ("S1 name is always sent", edits, varied(LG, omitted="all_wiped"), _body(_drop("name"))),
    ("S1 graph_id is always sent", edits, varied(LG, omitted="all_wiped"), _body(_drop("graph_id"))),
    ("S3 config goes with the context", edits, LG, _body(_drop("config"))),
    ("S4 configurable is emptied too", edits, LG, _body(_no_configurable)),
    ("S5 values go where the server knows them", edits, LG_0_2, _body(_both)),
    ("S5 learned from an answer", edits, LG_0_2, _learns_nothing),
    ("S6 null for what git gave up", edits, LG, _body(_no_nulls)),
    ("S6 others' metadata where it is replaced", others, varied(LG, metadata="replaces"), _trusts_merging),
    ("S7 empty fields are sent", edits, LG, _body(_only_filled)),
    ("S3 values in configurable alone", values_in_configurable, JS, _believes_the_version),
    ("S3 two sets of values", two_contexts, JS, _sees_no_ambiguity),
    ("S17 read back after set-latest", reverts, LG, _trusts_set_latest),
    ("S17 what is left beside the context", half_restored, LG, _sees_no_residue),
    ("S19 smaller pages", many, AEGRA, _one_page_size),
    ("S19 all pages", thousands, LG, _one_page),
    ("S30 what was not taken is not sent again", not_taken, LH, _forgets_refused),
]


@pytest.mark.parametrize(("history", "traits", "switch"), [r[1:] for r in RULES], ids=[r[0] for r in RULES])
def test_a_rule_switched_off_breaks_a_promise(
    history: Callable[[Traits], None], traits: Traits, switch: Switch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the rule the promise holds, without it something fails: so it is needed, and a test would see it go."""
    history(traits)
    switch(monkeypatch)
    with pytest.raises(Exception):  # noqa: B017, PT011 - a broken promise, or the server's refusal
        history(traits)


def test_s5_first_write_to_an_empty_server() -> None:
    """Where there was nothing to learn from, the first answer teaches, and one PATCH makes it right."""
    empty_server(LG_0_2)
    empty_server(LG)
