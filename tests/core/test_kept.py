"""What is kept of a history tells planning as much as all of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from reconciler.core import lookup
from reconciler.core.compare import Pair
from reconciler.core.guards.rule import marks_of
from reconciler.core.state import Base, stand
from reconciler.model.live import History
from tests.core import case
from tests.core.case import OWNER

KEY = "w/one"
CONTENTS = [{}, {"context": {"p": "a"}}, {"context": {"p": "b"}}, {"context": {"p": "b"}, "metadata": {"theirs": 1}}]
WHO = ["git", "git", "git", "studio", "bare"]
COMMITS = [None, "1" * 40, "2" * 40, "2" * 40 + "-dirty"]


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """One assistant with versions of few contents, so that old ones come back, by us and by others."""
    versions = []
    for _ in range(draw(st.integers(1, 14))):
        content = dict(draw(st.sampled_from(CONTENTS)))
        who = draw(st.sampled_from(WHO))
        if who == "git":
            content["commit"] = draw(st.sampled_from(COMMITS))
            content["rollback"] = draw(st.sampled_from([None, None, None, "said"]))
        versions.append({who: content})
    active = draw(st.just(len(versions)) | st.integers(1, len(versions)))
    live = {KEY: {"versions": versions, "active": active}}
    return {"wanted": {KEY: draw(st.sampled_from([*CONTENTS, {"context": {"p": "new"}}]))}, "live": live}


def everything(owner: str, pair: Pair, history: History) -> History:
    return history


def looked_up(one: dict[str, Any]) -> tuple[Pair, History]:
    live, history = case.live(KEY, one["live"][KEY])
    return Pair(wanted=case.wanted(KEY, one["wanted"][KEY]), live=live), history


@given(cases())
def test_the_plan_is_the_same(one: dict[str, Any]) -> None:
    """To the byte, also where what is live was edited, rolled back, or written by two commits in turn."""
    assert repr(case.run(one)) == repr(case.run(one, everything))


CAME_BACK: dict[str, Any] = {
    "wanted": {KEY: {}},
    "live": {KEY: {"versions": [{"git": {"commit": commit}} for commit in ("1" * 40, None, "1" * 40, None)]}},
}
"""The newest row but one has the marker of the first again, which only the first tells."""


@given(cases(), st.integers(0, 2))
@example(CAME_BACK, 1)
def test_what_is_asked_of_it_is_the_same(one: dict[str, Any], lacking: int) -> None:
    """The state, the version to go back to, whose commits guards look at, and whether git is asked what it said; also
    where the history lacks the newest."""
    pair, history = looked_up(one)
    history = replace(history, rows=history.rows[lacking:])
    kept = lookup.kept(OWNER, pair, history)
    assert stand(pair.wanted, OWNER, pair.live, kept, Base()) == stand(pair.wanted, OWNER, pair.live, history, Base())
    assert lookup.target(OWNER, pair, kept.rows) == lookup.target(OWNER, pair, history.rows)
    assert lookup.needs_base(OWNER, pair, kept) == lookup.needs_base(OWNER, pair, history)
    identifier = pair.live.assistant_id
    assert marks_of(OWNER, pair.live, {identifier: kept}) == marks_of(OWNER, pair.live, {identifier: history})
    assert (kept.read, kept.complete) == (len(history.rows), history.complete)


@pytest.mark.parametrize("back", [False, True])
def test_little_is_kept_of_what_we_wrote_last(back: bool) -> None:
    """Of fifty versions the newest, and the one that would become active again."""
    versions = [{"git": {"context": {"p": str(number)}}} for number in range(50)]
    one = {"wanted": {KEY: {"context": {"p": "7" if back else "new"}}}, "live": {KEY: {"versions": versions}}}
    pair, history = looked_up(one)
    assert [row.number for row in lookup.kept(OWNER, pair, history).rows] == ([50, 8] if back else [50])


def test_all_is_kept_of_what_others_changed() -> None:
    """What git has said since is compared with it."""
    versions = [{"git": {"context": {"p": str(number)}}} for number in range(9)] + [{"studio": {"context": {"p": "x"}}}]
    one = {"wanted": {KEY: {"context": {"p": "new"}}}, "live": {KEY: {"versions": versions}}}
    pair, history = looked_up(one)
    assert lookup.kept(OWNER, pair, history) is history
