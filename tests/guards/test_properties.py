"""What the guards promise of any plan, whatever is live and whoever asks."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.model.change import Activate, Delete, Update, assistant_id_of, key_of, live_of
from reconciler.model.plan import Plan
from tests.core.case import OWNER, derived_id, run
from tests.guards.states import contents, states, versions

SLOW = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _blocking(made: Plan) -> set[str]:
    return {guard.guard for guard in made.guards if guard.verdict == "blocked"}


def _deleted(made: Plan) -> list[Delete]:
    return [change for change in made.changes if isinstance(change, Delete)]


@given(states(), versions("z/more"))
@SLOW
def test_adding_a_deletion_never_opens_a_guard(case: dict[str, Any], more: list[dict[str, Any]]) -> None:
    """Whatever blocks a plan blocks the same plan with one deletion more."""
    with_more = case | {"live": case["live"] | {"z/more": {"versions": more}}}
    before, after = run(case), run(with_more)
    assert len(_deleted(after)) == len(_deleted(before)) + 1
    assert _blocking(before) <= _blocking(after)


@given(states(allowing=False), st.data())
@SLOW
def test_deleting_what_would_be_changed_never_opens_a_guard(case: dict[str, Any], data: st.DataObject) -> None:
    """A manifest that goes, in place of one that changes, blocks what was blocked, while anything is still changed: a
    plan of deletions alone is for the guards about deletions."""
    ours = sorted(case["wanted"].keys() & case["live"].keys())
    if not ours:
        return
    gone = data.draw(st.sampled_from(ours))
    before = run(case)
    after = run(case | {"wanted": {key: said for key, said in case["wanted"].items() if key != gone}})
    assert len(_deleted(after)) == len(_deleted(before)) + 1
    changed = any(isinstance(change, Update | Activate) for change in after.changes)
    assert _blocking(before) - ({"max_update_percent"} if not changed else set()) <= _blocking(after)


def test_most_of_ours_is_not_changed_and_deleted_unasked() -> None:
    """At the limits that nobody set: six changes of ten are stopped, and so are four beside two deletions."""
    live = {f"a/{i}": {"versions": [{"git": {"name": f"{i}"}}]} for i in range(10)}
    wanted = {f"a/{i}": {"name": f"{i}, changed" if i < 6 else f"{i}"} for i in range(10)}
    for gone in range(3):
        some = {key: said for n, (key, said) in enumerate(wanted.items()) if n >= gone}
        made = run({"wanted": some, "live": live, "options": {"prune": True}})
        assert (len(_deleted(made)), _blocking(made)) == (gone, {"max_update_percent"})


@given(st.integers(1, 40), st.dictionaries(st.sampled_from(["n/0", "n/1", "n/2"]), contents), st.data())
@SLOW
def test_no_number_of_ours_is_emptied_without_an_override(
    number: int, new: dict[str, dict[str, Any]], data: st.DataObject
) -> None:
    """From one up, and whatever else git wants: to be left with none of them takes somebody's word."""
    live = {f"a/{i:02}": {"versions": [{"git": {"name": f"{i}"}}]} for i in range(number)}
    limits = {"max_deletes": data.draw(st.integers(0, 50)), "max_delete_percent": data.draw(st.floats(0, 99.9))}
    made = run({"wanted": new, "live": live, "options": {"prune": True, "limits": limits}})
    assert len(_deleted(made)) == number
    assert made.blocked


@given(st.integers(1, 30), st.data())
@SLOW
def test_not_even_one_a_run(number: int, data: st.DataObject) -> None:
    """Deleting one a run, and as many by name as one likes but the last: that one still asks."""
    live = {f"a/{i:02}": {"versions": [{"git": {"name": f"{i}"}}]} for i in range(number)}
    named = data.draw(st.sets(st.sampled_from(sorted(live)), min_size=number - 1, max_size=number - 1))
    options = {"prune": True, "allow_delete": sorted(named), "limits": {"max_delete_percent": 0}}
    made = run({"wanted": {"n/0": {}}, "live": live, "options": options})
    assert len(_deleted(made)) == number
    assert "max_delete_percent" in _blocking(made)


@given(states())
@SLOW
def test_nothing_unowned_or_protected_is_deleted_unless_somebody_said_so(case: dict[str, Any]) -> None:
    """Every deletion is of one that carries our own marker; a protected one goes only by name or by `--allow`."""
    made = run(case)
    options = case["options"]
    for change in _deleted(made):
        mark = change.live.mark
        assert mark is not None
        assert (mark.owner, mark.id) == (OWNER, change.live.assistant_id)
        assert key_of(change) not in case["wanted"]
        if mark.protected and not made.blocked:
            assert key_of(change) in options["allow_delete"] or "protected" in options["allow"]


@given(states(), st.booleans(), st.sampled_from(["overwrite", "hold"]), st.data())
@SLOW
def test_nothing_unowned_is_in_any_change(case: dict[str, Any], adopt: bool, policy: str, data: st.DataObject) -> None:
    """Whatever a change is about is ours, or a manifest names its id and nobody else's marker is on it."""
    theirs = [name for name in case["live"] if name[1:].startswith("1111111-")]
    addressed = data.draw(st.sets(st.sampled_from(theirs))) if theirs else set()
    adopted = {f"adopted/{n}": {"assistant_id": name} for n, name in enumerate(sorted(addressed))}
    options = case["options"] | {"adopt": adopt, "on_drift": policy}
    made = run(case | {"wanted": case["wanted"] | adopted, "options": options})
    named = {derived_id(key) for key in case["wanted"]} | addressed
    for change in (*made.changes, *(held.change for held in made.held)):
        live = live_of(change)
        mark = live.mark if live is not None else None
        assert mark is None or mark.owner == OWNER
        assert assistant_id_of(change) in named or (mark is not None and isinstance(change, Delete))


@given(st.integers(2, 40), st.floats(0, 100))
@SLOW
def test_one_deletion_a_run_is_within_the_percentage(number: int, limit: float) -> None:
    """Unless it is the last: a small repository may lose one without asking, at any limit."""
    live = {f"a/{i:02}": {"versions": [{"git": {"name": f"{i}"}}]} for i in range(number)}
    wanted = {f"a/{i:02}": {"name": f"{i}"} for i in range(1, number)}
    options = {"prune": True, "limits": {"max_delete_percent": limit}}
    made = run({"wanted": wanted, "live": live, "options": options})
    assert [change.live.assistant_id for change in _deleted(made)] == [derived_id("a/00")]
    assert not made.guards


@given(states(allowing=False), st.data())
@SLOW
def test_an_override_opens_exactly_its_guard(case: dict[str, Any], data: st.DataObject) -> None:
    """`--allow` of what blocks opens that one and no other, and the plan says who did it."""
    blocking = _blocking(run(case))
    if not blocking:
        return
    name = data.draw(st.sampled_from(sorted(blocking)))
    opened = run(case | {"options": case["options"] | {"allow": [name]}})
    assert _blocking(opened) == blocking - {name}
    assert [(g.guard, g.by) for g in opened.guards if g.verdict == "allowed"] == [(name, "--allow")]


@given(states(allowing=False))
@SLOW
def test_naming_every_deletion_is_an_override_of_all_that_counts_them(case: dict[str, Any]) -> None:
    """`--allow-delete` of each leaves none of the guards about deletions blocking."""
    keys = [key_of(change) for change in _deleted(run(case))]
    opened = run(case | {"options": case["options"] | {"allow_delete": keys}})
    assert not _blocking(opened) & {"protected", "drifted_delete", "max_deletes", "max_delete_percent"}
    assert all(g.by == "--allow-delete" for g in opened.guards if g.verdict == "allowed")
