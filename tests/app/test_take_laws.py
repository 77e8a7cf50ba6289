"""Import, then plan: nothing to do, whatever is live on whichever server, and nothing was written there."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.app.take import write
from tests.app.taking import LONG, PROMPT, Place, Places
from tests.fake import AEGRA, JS, LG, LG_0_2, LH, Traits
from tests.strategies import scalars

NAMES = st.sampled_from(["One", "one", "Zwei", "日本", "a/b", "..", "no", "- x", "#", "a: b", "\u202eevil", "x\ny"])
CONTEXTS = st.fixed_dictionaries(
    {},
    optional={
        "model_name": st.sampled_from(["openai", "no", ""]),
        "system_prompt": st.sampled_from(["", "short", LONG, "x" * 130, " lead", "a\tb", "\ufeffmark", "${x} $$"]),
        "temperature": st.sampled_from([0, 0.5, 1.0]),
    },
)
ASSISTANTS = st.fixed_dictionaries(
    {
        "graph_id": st.sampled_from(["writer", "plain"]),
        "name": NAMES,
        "description": st.sampled_from(["", "d", "two\nlines"]),
        "config": st.sampled_from([{}, {"recursion_limit": 5}, {"tags": ["no", "x"]}]),
        "metadata": st.dictionaries(st.sampled_from(["team", "on", "a b"]), scalars, max_size=2),
    },
)
SERVERS = st.sampled_from([LG, LG, LH, JS, LG_0_2, AEGRA])


@given(SERVERS, st.lists(st.tuples(ASSISTANTS, CONTEXTS), max_size=4))
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_taken_then_planned_is_empty(
    tmp_path_factory: pytest.TempPathFactory, traits: Traits, given_: list[tuple[dict[str, Any], dict[str, Any]]]
) -> None:
    """Whatever is live on whichever server: all of it is taken, the plan has no change, and no request wrote."""
    place = Place(tmp_path_factory.mktemp("take") / "repo", traits)
    made = 0
    for fields, context in given_:
        values = {"config": fields["config"] | {"configurable": context}} if traits is LG_0_2 else {"context": context}
        with suppress(AssertionError):  # Aegra takes no two equal contexts on one graph
            place.server.create(**fields | values)
            made += 1
    before = place.server.state()
    found = place.take()
    assert found.left == ()
    assert len(found.taken) == made
    assert len({one.key.casefold() for one in found.taken}) == made
    plan = place.plan()
    assert plan.is_empty, plan.changes
    assert len(plan.adopted) == made
    assert place.server.state() == before
    assert place.server.log.writes == []
    assert place.find().taken == ()


VALUES = st.recursive(
    st.sampled_from(["", "no", PROMPT, "x" * 200, 0, 1, True, 0.5]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2),
    max_leaves=4,
)
CONTENTS = st.fixed_dictionaries(
    {
        "description": st.sampled_from(["", "d", "two\nlines"]),
        "context": st.dictionaries(st.sampled_from(["a", "b", "prompt"]), VALUES, max_size=3),
        "config": st.sampled_from([{}, {"recursion_limit": 5}, {"tags": ["no", "x"]}]),
        "metadata": st.dictionaries(st.sampled_from(["team", "on"]), st.sampled_from(["x", "y", 1]), max_size=2),
    }
)


@given(CONTENTS, CONTENTS, st.booleans())
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_any_two_twins(
    tmp_path_factory: pytest.TempPathFactory, here: dict[str, Any], there: dict[str, Any], one_at_first: bool
) -> None:
    """Whatever they hold: one manifest says both, and no plan has a change."""
    places = Places(tmp_path_factory.mktemp("twins") / "repo")
    places.has("staging", graph_id="plain", **here)
    places.has("production", graph_id="plain", **there)
    if one_at_first:
        places.list("staging")
    places.take("staging")
    places.list("staging", "production")
    found = places.find("production")
    # Only what git has may change: here, outside a repository, that is not asked.
    write(places.repo.root, found)
    assert [one.joined for one in found.taken] == [True]
    assert places.adopted("staging") == places.adopted("production") == ("plain/tweet-writer",)
    assert all(world.server.log.writes == [] for world in places.worlds.values())
