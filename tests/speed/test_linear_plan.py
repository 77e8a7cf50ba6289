"""No step from a listing to a plan, its words and its proof looks at each pair: twenty thousand of each kind."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from functools import lru_cache

import pytest
from msgspec.structs import replace

from reconciler.app.execute import Attempt
from reconciler.app.verify import prove
from reconciler.core.compare import compare
from reconciler.core.compose import Provenance, compose
from reconciler.core.plan import Observed, Options, plan
from reconciler.model.json import JsonObject
from reconciler.model.live import Live, Version
from reconciler.model.plan import Deployment, Plan
from reconciler.model.spec import Spec
from reconciler.model.wanted import Removed, Wanted
from reconciler.render import json, markdown, text
from tests.core.case import OWNER, derived_id
from tests.render.one_text import one_text

from .linear import MANY, assert_linear

World = tuple[list[Wanted], list[Live], list[Removed]]
HERE = Deployment(name="staging", url="http://127.0.0.1:9")


@lru_cache(maxsize=30_000)
def _wanted(i: int, value: str = "text") -> Wanted:
    context: JsonObject = {"prompt": f"{value} {i}"}
    spec = Spec(graph_id="w", name=f"A{i}", description="", context=context, config={}, metadata={})
    return Wanted(key=f"a{i:05}", assistant_id=derived_id(f"a{i:05}"), path=f"assistants/a{i:05}.yaml", spec=spec)


@lru_cache(maxsize=30_000)
def _ours(i: int) -> Live:
    return _live(_wanted(i))


def _live(want: Wanted, *, owner: str = OWNER, assistant_id: str | None = None) -> Live:
    marker = compose(want, None, owner, Provenance()).marker
    return Live(assistant_id=assistant_id or want.assistant_id, row=Version(number=1, spec=want.spec, marker=marker))


def same(count: int) -> World:
    wants = [_wanted(i) for i in range(count)]
    return wants, [_ours(i) for i in range(count)], []


def missing(count: int) -> World:
    return [_wanted(i) for i in range(count)], [], []


def differs(count: int) -> World:
    return [_wanted(i, "other") for i in range(count)], [_ours(i) for i in range(count)], []


def orphans(count: int) -> World:
    return [_wanted(count)], [_ours(i) for i in range(count)], []


def others(count: int) -> World:
    """A third each: nobody's, another owner's, copies of ours."""
    lives = [_live(_wanted(i), owner="rivals") for i in range(0, count, 3)]
    lives += [_live(_wanted(i), assistant_id=str(uuid.UUID(int=i))) for i in range(1, count, 3)]
    nobodys = [_ours(i) for i in range(2, count, 3)]
    lives += [replace(live, row=replace(live.row, marker=None)) for live in nobodys]
    return [_wanted(count)], lives, []


def given_up(count: int) -> World:
    wants = [_wanted(i) for i in range(count)]
    gone = [Removed(key=w.key, assistant_id=w.assistant_id, path=w.path, keep=bool(i % 2)) for i, w in enumerate(wants)]
    return [], [_ours(i) for i in range(count)], gone


KINDS = (same, missing, differs, orphans, others, given_up)


def made(world: World) -> Plan:
    wants, lives, gone = world
    comparison = compare(OWNER, wants, lives, gone)
    return plan(HERE, OWNER, comparison, Observed(), Options(prune=True), wanted=len(wants) + len(gone))


def told(one: Plan) -> None:
    """The plan in all its forms."""
    one_text(text.plan(one))
    one_text(json.plan(one))
    markdown.plan(one)


@pytest.fixture(scope="module", autouse=True)
def _forget() -> Iterator[None]:
    """What the kinds share is not kept for other tests."""
    yield
    _wanted.cache_clear()
    _ours.cache_clear()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_planning_takes_linear_time(kind: Callable[[int], World]) -> None:
    """Ten times as many take about ten times as long to be compared and planned."""

    def work(count: int) -> Callable[[], object]:
        world = kind(count)
        return lambda: made(world)

    assert_linear(work, many=5_000 if kind is differs else MANY)  # each of those is a field diff


@pytest.mark.parametrize("kind", [same, missing, orphans], ids=lambda kind: kind.__name__)
def test_telling_a_plan_takes_linear_time(kind: Callable[[int], World]) -> None:
    """So do its text, its JSON and its Markdown."""

    def work(count: int) -> Callable[[], object]:
        one = made(kind(count))
        return lambda: told(one)

    assert_linear(work, many=5_000)


def test_proving_takes_linear_time() -> None:
    """So does looking at everything that was written."""

    def work(count: int) -> Callable[[], object]:
        wants, _, _ = missing(count)
        changes = made((wants, [], [])).changes
        attempts = [Attempt(change=change, result="done", by="POST /assistants", versions=1) for change in changes]
        lives = {want.assistant_id: _ours(i) for i, want in enumerate(wants)}
        return lambda: prove(OWNER, attempts, lives, {}, {})

    assert_linear(work)


def test_the_kinds_are_what_they_say() -> None:
    """What is measured above are the changes, or none, that each kind is about."""
    assert [len(made(kind(9)).changes) for kind in KINDS] == [0, 9, 9, 10, 1, 9]
