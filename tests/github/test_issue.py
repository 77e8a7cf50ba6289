"""The issue about drift: one per deployment, updated in place, opened again, closed; and a body that always fits."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from reconciler.errors import Unreachable, UsageError
from reconciler.github.errors import GitHubError
from reconciler.model.plan import Deployment
from reconciler.render import drift_json, drift_markdown
from reconciler.render.issue import CUT, cut, found
from tests.github.stand_in import BOT, FAULTS, Fault, StandIn, listen
from tests.github.world import HEAD, PULL, World
from tests.render.test_drift import CASES


def documents(case: str) -> tuple[str, str]:
    drift = replace(CASES[case], deployment=Deployment(name="staging", url="https://s.example"))
    return drift_json.drift(drift), drift_markdown.drift(drift)


def issue(world: World, case: str) -> int:
    return world.issue(*documents(case))


def states(world: World) -> list[str]:
    return [row["state"] for row in world.stand_in.issues.values()]


def test_no_drift_and_no_issue(world: World) -> None:
    """None is made."""
    assert issue(world, "nothing") == 0
    assert world.stand_in.writes() == []


def test_the_life_of_an_issue(world: World) -> None:
    """Opened, left alone where it says the same, updated, closed with a line that says so, opened again: one issue."""
    issue(world, "edited")
    issue(world, "edited")
    assert [row["title"] for row in world.stand_in.issues.values()] == ["Drift in staging"]
    assert len(world.stand_in.writes()) == 1
    issue(world, "rolled-back")
    assert states(world) == ["open"]
    issue(world, "nothing")
    issue(world, "nothing")
    assert states(world) == ["closed"]
    (row,) = world.stand_in.issues.values()
    assert "There is no drift in `staging` any more" in row["body"]
    assert len(world.stand_in.writes()) == 3
    issue(world, "edited")
    assert states(world) == ["open"]
    assert "any more" not in row["body"]


def test_it_says_what_to_do_without_a_command_line(world: World) -> None:
    """Which workflow takes it into git, and which lets git win; also where the rest had to be cut."""
    issue(world, "edited")
    (row,) = world.stand_in.issues.values()
    assert "run this workflow by hand with `accept`" in row["body"]
    assert "with `overwrite` for `on-drift`" in row["body"]
    long = found("acme", "staging", "x\n" * 60_000, None)
    assert len(long) <= 65_536
    assert "with `accept`" in long


def test_a_strangers_issue_is_left_alone(world: World) -> None:
    """Found by the marker and the author over all pages, and never in a pull request."""
    issue(world, "edited")
    (row,) = list(world.stand_in.issues.values())
    marker = row["body"].split("\n")[0]
    world.stand_in.issues.clear()
    forged = world.stand_in.issue(f"{marker}\nforged", "somebody")
    for _ in range(5):
        world.stand_in.issue("talk", "somebody")
    ours = world.stand_in.issue(f"{marker}\nold")
    issue(world, "edited")
    assert world.stand_in.issues[forged]["body"] == f"{marker}\nforged"
    assert "old" not in world.stand_in.issues[ours]["body"].split("\n")
    assert len(world.stand_in.issues) == 7


def test_a_pull_request_is_no_issue(world: World) -> None:
    """GitHub lists both; one of the bot's whose body begins as an issue's does is left alone."""
    issue(world, "edited")
    (row,) = list(world.stand_in.issues.values())
    world.stand_in.issues.clear()
    world.stand_in.pulls[PULL] |= {"user": {"login": BOT}, "body": row["body"]}
    issue(world, "edited")
    assert len(world.stand_in.issues) == 1
    issue(world, "nothing")
    assert world.stand_in.pulls[PULL]["state"] == "open"


def test_one_that_somebody_closed_is_opened_again(world: World) -> None:
    """While there is drift there is an open issue."""
    issue(world, "edited")
    (row,) = world.stand_in.issues.values()
    row["state"] = "closed"
    issue(world, "edited")
    assert row["state"] == "open"


def test_of_two_of_ours_the_later_is_closed(world: World) -> None:
    """An issue cannot be deleted."""
    issue(world, "edited")
    (row,) = list(world.stand_in.issues.values())
    world.stand_in.issue(row["body"])
    issue(world, "edited")
    issue(world, "edited")
    assert states(world) == ["open", "closed"]


def test_what_cannot_be_told_closes_nothing(world: World) -> None:
    """Nothing drifted, and one is refused: the issue stays as it is."""
    issue(world, "edited")
    case = replace(CASES["besides"], deployment=Deployment(name="staging", url="https://s.example"), drifted=())
    assert case.refused
    assert world.issue(drift_json.drift(case), drift_markdown.drift(case)) == 0
    assert states(world) == ["open"]


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"format_version": "9.0"}', "null"])
def test_a_document_that_is_none_is_an_error(world: World, content: str) -> None:
    """Nothing is closed for want of a document."""
    with pytest.raises(UsageError, match="not the JSON of drift"):
        world.issue(content, "x")
    with pytest.raises(UsageError, match="another deployment"):
        world.issue(*documents("edited"), name="production")
    assert world.stand_in.requests == []


def _run(folder: Path, fault: Fault | None, at: int, stand_in: StandIn, case: str) -> int:
    before = len(stand_in.requests)
    stand_in.fault = lambda number: fault if number == before + at else None
    with listen(stand_in) as url:
        folder.mkdir(exist_ok=True)
        with suppress(Unreachable, GitHubError):
            issue(World(folder, stand_in, url), case)
    return len(stand_in.requests) - before


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(("before", "case"), [(None, "edited"), ("edited", "rolled-back"), ("edited", "nothing")])
def test_whichever_request_fails_there_is_one_issue(
    tmp_path: Path, fault: Fault, before: str | None, case: str
) -> None:
    """Each request of a run fails in each way: after the next run there is one issue, and it is right."""
    at = 0
    while True:
        stand_in = StandIn(page=2)
        stand_in.pull(PULL, HEAD)
        for number in range(2):
            stand_in.issue(f"talk {number}", "somebody")
        if before is not None:
            _run(tmp_path / "w", None, 0, stand_in, before)
        made = _run(tmp_path / "w", fault, at, stand_in, case)
        _run(tmp_path / "w", None, 0, stand_in, case)
        ours = [row for row in stand_in.issues.values() if row["body"].startswith("<!--")]
        assert [row["state"] for row in ours] == ["closed" if case == "nothing" else "open"]
        assert len(stand_in.issues) == 3
        at += 1
        if at >= made:
            break
    assert at >= 3


LINES = st.lists(
    st.sampled_from(["text", "```diff", "```", "````", "+ x" * 40, "<details><summary>a</summary>", "</details>", ""]),
    min_size=40,
    max_size=120,
).map("\n".join)


@settings(max_examples=200)
@given(LINES, st.integers(300, 2_000))
def test_what_is_cut_fits_and_is_closed(text: str, limit: int) -> None:
    """Never over the limit; every fence and every folded part that the cut left open is closed; it says so."""
    made = cut(text, limit)
    if len(text) <= limit:
        assert made == text
        return
    assert len(made) <= limit
    assert made.endswith(CUT)
    open_fence, folded = "", 0
    for line in made.split("\n"):
        mark = re.match("`{3,}", line)
        if open_fence:
            open_fence = "" if mark and line == mark[0] and line.startswith(open_fence) else open_fence
        elif mark:
            open_fence = mark[0]
        else:
            folded = max(0, folded + line.count("<details>") - line.count("</details>"))
    assert (open_fence, folded) == ("", 0)


def test_a_body_always_fits() -> None:
    """With the first line and the last one."""
    assert len(found("acme", "staging", "line of text\n" * 20_000, "https://github.example/x")) <= 65_536
