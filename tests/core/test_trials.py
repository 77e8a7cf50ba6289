"""What is run for a try: by which assistant, and which stand for others."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from reconciler.core.compose import Provenance, compose
from reconciler.core.trials import (
    MOST_ALIKE,
    Candidate,
    Carried,
    Content,
    Vehicles,
    answers_otherwise,
    of_live,
    proposed,
    share,
    stand_ins,
)
from reconciler.model.defaults import default_id
from reconciler.model.json import JsonObject
from reconciler.model.live import Live, Version
from reconciler.model.spec import Spec
from reconciler.model.tries import Expect, Try
from reconciler.model.wanted import Wanted

OWNER = "acme"
TRY = Try(name="short", input={"messages": []}, path="assistants/a.yaml")


def wanted(key: str = "a", context: JsonObject | None = None, graph: str = "writer", **more: object) -> Wanted:
    spec = Spec(graph_id=graph, name=key, context=context or {}, config=more.pop("config", {}))  # type: ignore[arg-type]  # whatever a test gives
    made = Wanted(key=key, assistant_id=f"id-{key}", spec=spec, path=f"assistants/{key}.yaml", tries=(TRY,))
    return replace(made, **more)  # type: ignore[arg-type]  # the same


def live(of: Wanted) -> Live:
    """As an apply of it leaves it."""
    wrote = compose(of, None, OWNER, Provenance())
    return Live(assistant_id=of.assistant_id, row=Version(number=1, spec=wrote.spec, marker=wrote.marker))


def default(graph: str = "writer", context: JsonObject | None = None, config: JsonObject | None = None) -> Live:
    spec = Spec(graph_id=graph, name=graph, context=context or {}, config=config or {})
    return Live(assistant_id=default_id(graph), row=Version(number=1, spec=spec))


def content(context: JsonObject, config: JsonObject | None = None, graph: str = "writer") -> Content:
    return Content(graph_id=graph, context=context, config=config or {})


def carry(lives: list[Live], what: Content, assistant_id: str = "id-a") -> Carried:
    found = Vehicles(OWNER, lives).carry(what, assistant_id)
    assert isinstance(found, Carried), found
    return found


def test_an_empty_default_assistant_carries_it() -> None:
    """Removed fields are truly absent then, so there is nothing to note."""
    found = carry([default(), live(wanted(context={"old": 1}))], content({"new": 2}, {"recursion_limit": 5}))
    assert found == Carried(
        assistant_id=default_id("writer"), context={"new": 2}, config={"recursion_limit": 5}, notes=()
    )


def test_itself_where_the_default_assistant_has_a_context() -> None:
    """It is carried by itself, and the fields that the manifest has no more are named."""
    lives = [default(context={"x": 1}), live(wanted(context={"kept": 1, "gone": 2}, config={"recursion_limit": 3}))]
    found = carry(lives, content({"kept": 5}))
    assert (found.assistant_id, found.context) == ("id-a", {"kept": 5})
    assert found.notes == (
        "`context.gone`, `config.recursion_limit` of the live assistant, since the graph's default assistant has a "
        "context or config of its own, stay in this run",
    )


def test_a_default_assistant_with_a_config_is_not_empty() -> None:
    """A recursion limit of its own would stay as well."""
    found = carry([default(config={"recursion_limit": 3}), live(wanted())], content({"a": 1}))
    assert found.assistant_id == "id-a"


def test_no_note_where_nothing_stays() -> None:
    """By the assistant itself, with all its fields replaced."""
    assert carry([default(context={"x": 1}), live(wanted(context={"a": 1}))], content({"a": 2, "b": 1})).notes == ()


def test_a_new_assistant_is_carried_by_another_of_ours() -> None:
    """By the one of which least stays, named."""
    lives = [
        default(context={"x": 1}),
        live(wanted("b", {"p": 1, "q": 2})),
        live(wanted("c", {"p": 1})),
        live(wanted("d", {}, "other")),
    ]
    found = carry(lives, content({"z": 1}))
    assert found.assistant_id == "id-c"
    assert found.notes[0].startswith("`context.p` of assistant `c`, by which it runs, since")


def test_nobody_elses_assistant_carries_it() -> None:
    """Those of other owners, and copies, are left alone: the default assistant is used with what it has."""
    foreign = live(wanted("b"))
    assert foreign.row.marker is not None
    foreign = replace(foreign, row=replace(foreign.row, marker=replace(foreign.row.marker, owner="others")))
    found = carry([default(context={"x": 1}), foreign], content({"z": 1}))
    assert found.assistant_id == default_id("writer")
    assert "`context.x`" in found.notes[0]


def test_a_graph_that_is_not_there() -> None:
    """Where defaults are listed and not this graph's, nothing can be run."""
    assert Vehicles(OWNER, [default("other")]).carry(content({}), "id-a") == (
        "graph `writer` is not deployed on this server"
    )


def test_where_defaults_are_hidden_the_graph_is_addressed() -> None:
    """By its name: an auth handler may hide all default assistants; and that is noted."""
    found = carry([], content({"a": 1}))
    assert (found.assistant_id, found.context) == ("writer", {"a": 1})
    assert len(found.notes) == 1


def test_another_graph_needs_a_vehicle_of_its_own() -> None:
    """A manifest that goes to another graph is not carried by the live assistant, which is of the old one."""
    found = carry([default("new", {"x": 1}), live(wanted())], content({"a": 1}, graph="new"))
    assert found.assistant_id == default_id("new")


def test_ignored_fields_are_as_they_are_live() -> None:
    """As an apply would send them."""
    want = wanted(context={"a": 1, "t": 1}, ignore=(("context", "t"),))
    assert proposed(want, live(wanted(context={"a": 0, "t": 9})), OWNER).context == {"a": 1, "t": 9}


def test_same_is_graph_context_and_config() -> None:
    """Names and metadata make no answer; true is not 1; values beside the context count."""
    one = live(wanted(context={"a": 1}))
    assert of_live(one).is_same(content({"a": 1}))
    assert not of_live(one).is_same(content({"a": True}))
    assert not of_live(one).is_same(content({"a": 1}, {"recursion_limit": 2}))
    half = replace(one, row=replace(one.row, residue={"a": 2}))
    assert not of_live(half).is_same(content({"a": 1}))


def test_what_makes_answers_or_tries_counts_as_changed() -> None:
    """Not the description, nor where a try stands."""
    before = wanted(context={"a": 1})
    assert answers_otherwise(None, before)
    assert not answers_otherwise(before, replace(before, spec=replace(before.spec, description="new")))
    assert not answers_otherwise(before, replace(before, tries=(replace(TRY, path="b.yaml", line=9),)))
    for other in (
        wanted(context={"a": 2}),
        wanted(context={"a": 1}, graph="x"),
        wanted(context={"a": 1}, config={"tags": []}),
        replace(before, tries=()),
        replace(before, tries=(replace(TRY, interrupt_before="*"),)),
        replace(before, tries=(replace(TRY, interrupt_before=()),)),
        replace(before, tries=(replace(TRY, expect=Expect(max_seconds=1)),)),
    ):
        assert answers_otherwise(before, other)


def candidate(key: str, was: JsonObject | None, now: JsonObject, *tries: Try) -> Candidate:
    want = replace(wanted(key, now), tries=tries or (TRY,))
    before = content(was) if was is not None else None
    return Candidate(wanted=want, live=None, before=before, after=content(now))


def test_equal_changes_are_tried_on_the_first_three() -> None:
    """The others are named beside each of these; what does not change may differ."""
    found = [candidate(f"k{n}", {"p": "a", "own": n}, {"p": "b", "own": n}) for n in range(5)]
    chosen, alike = stand_ins(found)
    assert [one.wanted.key for one in chosen] == ["k0", "k1", "k2"]
    assert alike == dict.fromkeys(("k0", "k1", "k2"), ("k3", "k4"))


def test_other_changes_or_other_tries_are_tried() -> None:
    """Another value, another try, a new assistant beside a changed one: none stands for the other."""
    found = [candidate(f"k{n}", {"p": "a"}, {"p": n}) for n in range(4)]
    found += [candidate(f"t{n}", {"p": "a"}, {"p": "b"}, replace(TRY, name=str(n))) for n in range(4)]
    found += [candidate(f"n{n}", None, {"p": n}) for n in range(4)]
    found += [candidate(f"s{n}", {"p": n}, {"p": n}) for n in range(4)]
    assert stand_ins(found) == (found, {})


@given(st.lists(st.integers(0, 3), max_size=12))
def test_everyone_is_tried_or_stood_for(prompts: list[int]) -> None:
    """Nobody is lost, and nobody is both; of a change as many as there are, up to three."""
    found = [candidate(f"k{n:02}", {"p": "old"}, {"p": prompt}) for n, prompt in enumerate(prompts)]
    chosen, alike = stand_ins(found)
    others = {key for keys in alike.values() for key in keys}
    tried = {one.wanted.key for one in chosen}
    assert tried | others == {one.wanted.key for one in found}
    assert not tried & others
    assert alike.keys() <= tried
    for prompt in set(prompts):
        assert sum(one.after.context["p"] == prompt for one in chosen) == min(MOST_ALIKE, prompts.count(prompt))


def test_the_limit_is_shared() -> None:
    """The first try of each comes before the second of any."""
    assert share({"a": [2, 2, 2], "b": [2, 2], "c": [1]}, 7) == {"a": 2, "b": 1, "c": 1}
    assert share({"a": [2], "b": [2]}, 3) == {"a": 1, "b": 0}
    assert share({}, 3) == {}


@given(st.dictionaries(st.text("abc", max_size=2), st.lists(st.integers(1, 2), max_size=4)), st.integers(0, 12))
def test_the_limit_holds(costs: dict[str, list[int]], most: int) -> None:
    """Never more runs than that, never more tries than there are, and none is left out while all fit."""
    taken = share(costs, most)
    spent = sum(sum(costs[key][:number]) for key, number in taken.items())
    assert spent <= most
    assert all(0 <= number <= len(costs[key]) for key, number in taken.items())
    if sum(map(sum, costs.values())) <= most:
        assert taken == {key: len(cost) for key, cost in costs.items()}
