"""The plan's comment: one per deployment and pull request, ours alone, about the newest commit; then the verdict."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from msgspec.structs import replace

from reconciler.errors import Unreachable, UsageError
from reconciler.github.errors import GitHubError
from reconciler.model.trial import NotRun
from reconciler.render import fingerprint
from reconciler.render.comment import failed
from tests.github.stand_in import BOT, FAULTS, Fault, StandIn, listen
from tests.github.world import HEAD, PULL, World
from tests.render.cases import PLANS
from tests.render.tried_cases import TRIED

OTHER = "somebody"


def only(world: World) -> str:
    bodies = world.stand_in.bodies(PULL)
    assert len(bodies) == 1
    return bodies[0]


def test_two_runs_make_one_comment(world: World) -> None:
    """It is posted once, updated in place where it says something else, and not written where it says the same."""
    world.planned(PLANS["prompt"])
    assert world.comment() == 0
    assert world.comment() == 0
    assert len(world.stand_in.writes()) == 1
    world.planned(PLANS["create"])
    assert world.comment() == 0
    assert [write.split()[0] for write in world.stand_in.writes()] == ["POST", "PATCH"]
    assert "writer/tweet" in only(world)


def test_the_footer_stands_before_the_last_line(world: World) -> None:
    """The commit, the run and the page; the fingerprint stays the last line, the marker the first."""
    world.planned(PLANS["prompt"])
    world.comment()
    lines = only(world).rstrip().split("\n")
    assert lines[0].startswith("<!-- reconciler:plan owner=")
    assert fingerprint.read(only(world)) is not None
    assert lines[-3] == (
        f"Commit `{HEAD[:12]}` · [summary of the run](https://github.example/acme/agents/actions/runs/99)"
        " · [the whole plan as a page](https://github.example/acme/agents/page.html)"
    )


@pytest.mark.parametrize("url", ["https://evil.example/x", "javascript:alert(1)", "https://github.example/a) [x](y", 3])
def test_a_link_that_is_not_of_this_github_is_left_out(world: World, url: object) -> None:
    """The artifact may be anybody's."""
    folder = world.planned(PLANS["prompt"])
    (folder / "links.json").write_text(json.dumps({"page": url}))
    world.comment()
    assert "as a page" not in only(world)


def test_a_strangers_comment_with_the_marker_is_left_alone(world: World) -> None:
    """Both count, the first line and the author, over all pages."""
    world.planned(PLANS["prompt"])
    world.comment()
    marker = only(world).split("\n")[0]
    world.stand_in.comments.clear()
    forged = world.stand_in.comment(PULL, f"{marker}\nforged", OTHER)
    for _ in range(5):
        world.stand_in.comment(PULL, "talk", OTHER)
    quoted = world.stand_in.comment(PULL, f"> as I said\n{marker}", BOT)
    world.comment()
    world.comment()
    assert world.stand_in.comments[forged]["body"] == f"{marker}\nforged"
    assert world.stand_in.comments[quoted]["body"] == f"> as I said\n{marker}"
    assert len(world.stand_in.bodies(PULL)) == 2


def test_of_two_of_ours_the_first_stays(world: World) -> None:
    """A race has left two: the first is updated, the other deleted."""
    world.planned(PLANS["prompt"])
    world.comment()
    marker = only(world).split("\n")[0]
    world.stand_in.comments.clear()
    first, _ = world.stand_in.comment(PULL, f"{marker}\nold"), world.stand_in.comment(PULL, f"{marker}\nolder")
    world.comment()
    assert list(world.stand_in.comments) == [first]
    assert "old" not in only(world).split("\n")[1]


def test_nothing_is_written_about_an_older_commit(world: World) -> None:
    """The newest run writes, whichever ends last."""
    world.planned(PLANS["prompt"])
    world.stand_in.pull(PULL, "b" * 40)
    assert world.comment() == 0
    assert world.stand_in.writes() == []
    assert any("newer commit" in line for line in world.said)


@pytest.mark.parametrize("case", ["blocked", "blocked-by-drift", "refused"])
def test_the_verdict_is_red_after_the_comment(world: World, case: str) -> None:
    """A guard that blocks, drift that blocks, or what is refused: said, posted, and 1."""
    world.planned(PLANS[case])
    assert world.comment() == 1
    assert only(world)


def test_drift_that_blocks_is_red_by_itself(world: World) -> None:
    """With no guard beside it, which would be red alone."""
    plan = replace(PLANS["blocked-by-drift"], guards=())
    assert plan.blocked
    world.planned(plan)
    assert world.comment() == 1
    assert any("on_drift blocks it" in line for line in world.said)


@pytest.mark.parametrize(
    ("case", "code", "said"),
    [
        ("tried", 0, "nothing is in the way"),
        ("tried-alone", 0, "nothing is in the way"),
        ("tried-off", 0, "nothing is in the way"),
        ("tried-equal", 0, "nothing is in the way"),
        ("tried-failed", 1, "writer/blog, try names the limits: failed: does not contain `Limits:`"),
        ("tried-failed", 1, "writer/tweet, try no money without asking: how it ended is not known"),
        ("tried-calls", 1, "the tries were interrupted, so not all were made"),
    ],
)
def test_tries_count_for_the_verdict(world: World, case: str, code: int, said: str) -> None:
    """Red where an expectation failed, a run did, or an end is not known, after the comment shows the answers; not
    where nothing was tried, or nothing was expected."""
    plan, tried = TRIED[case]
    world.planned(plan, tried=tried)
    assert world.comment() == code
    assert any(said in line for line in world.said), world.said
    assert ("The answer after" in only(world)) is (case in ("tried", "tried-equal", "tried-failed", "tried-calls"))


@pytest.mark.parametrize("why", ["the server answered 429: try later", "the time for all runs is over"])
def test_a_run_that_was_not_made_is_red(world: World, why: str) -> None:
    """A server that takes no run leaves nothing that was looked at: the title, the alert and the verdict say so."""
    plan, tried = TRIED["tried-alone"]
    world.planned(plan, tried=replace(tried, trials=(replace(tried.trials[0], after=NotRun(why=why)),)))
    assert world.comment() == 1
    assert f"staging: writer/blog, try names the limits: not run: {why}" in world.said
    title, alert = only(world).split("\n\n")[1:3]
    assert title.endswith(", and the try was not run")
    assert f"not run: {why}" in alert.replace("\u2060", "")


def test_what_is_past_the_runs_that_there_are_at_most_is_not_red(world: World) -> None:
    """It was not to be run: it is named, and the verdict is about the others."""
    plan, tried = TRIED["tried"]
    why = "nothing fits into the 20 runs that there are at most (--max-runs)"
    world.planned(plan, tried=replace(tried, untried={"support/tier1": why}))
    assert world.comment() == 0
    assert "Not tried: `support/tier1`: nothing fits into the 20 runs" in only(world)


def test_tries_that_could_not_be_made_are_red(world: World) -> None:
    """There is a plan, whose comment would read as if nothing were missing: it says so before all else."""
    folder = world.planned(PLANS["prompt"])
    world.comment()
    without = only(world)
    (folder / "untried").touch()
    assert world.comment() == 1
    assert "staging: the tries could not be made: the log of the job that plans says why" in world.said
    first, alert, rest = only(world).split("\n\n", 2)
    assert alert.startswith("> [!CAUTION]\n> The tries could not be made: ")
    assert f"{first}\n\n{rest}" == without


def test_many_failures_are_counted(world: World) -> None:
    """Ten are named in the log, and how many more there are."""
    plan, tried = TRIED["tried-failed"]
    world.planned(plan, tried=replace(tried, trials=tried.trials[:1] * 30))
    assert world.comment() == 1
    assert len(world.said) == 12  # with the line about the comment
    assert world.said[-1] == "staging: and 20 more tries like these"


def test_where_there_is_no_plan_that_is_said(world: World) -> None:
    """No folder, no document: a comment all the same, and red. The next plan updates that one."""
    assert world.comment() == 1
    assert "no plan could be made" in only(world)
    world.planned(PLANS["prompt"])
    assert world.comment() == 0
    assert "no plan" not in only(world)
    (world.plans() / "plan-staging" / "document.json").unlink()
    (world.plans() / "plan-staging" / "comment.md").unlink()
    assert world.comment() == 1
    assert "no plan could be made" in only(world)


@pytest.mark.parametrize("owner", [None, "acme-agents"])
def test_the_comment_of_a_plan_that_failed_is_posted(world: World, owner: str | None) -> None:
    """With its errors, whether or not it knows the owner; the next plan that comes about updates it."""
    folder = world.planned(PLANS["prompt"])
    (folder / "document.json").unlink()
    (folder / "comment.md").write_text(failed(owner, "staging", "a.yaml is broken", None, ()))
    assert world.comment() == 1
    assert world.comment() == 1
    assert "is broken" in only(world)
    assert "Commit `" in only(world)
    assert len(world.stand_in.writes()) == 1
    world.planned(PLANS["prompt"])
    assert world.comment() == 0
    assert "is broken" not in only(world)


def test_other_owners_comments_are_left_alone(world: World) -> None:
    """Where one repository has several."""
    theirs = world.stand_in.comment(PULL, "<!-- reconciler:plan owner=team-b deployment=production -->\ntheirs")
    world.planned(PLANS["prompt"])
    world.comment()
    world.comment([], owner=PLANS["prompt"].owner)
    assert world.stand_in.comments[theirs]["body"].endswith("theirs")


def test_a_wrong_token_is_an_error(world: World) -> None:
    """That is no fork: somebody has to put it right."""
    world.token = "wrong-token"
    world.planned(PLANS["prompt"])
    with pytest.raises(GitHubError, match="401"):
        world.comment()


def test_no_changes_rather_than_vanishing(world: World) -> None:
    """A deployment that the pull request no longer is about keeps its comment; one that never was gets none."""
    assert world.comment([]) == 0
    assert world.stand_in.bodies(PULL) == []
    world.planned(PLANS["prompt"])
    world.comment()
    before = only(world)
    assert world.comment([]) == 0
    assert "no changes" in only(world)
    assert only(world).split("\n")[0] == before.split("\n")[0]
    writes = len(world.stand_in.writes())
    world.comment([])
    assert len(world.stand_in.writes()) == writes


def test_each_deployment_has_its_own(world: World) -> None:
    """Told apart by the marker."""
    world.planned(PLANS["prompt"], "staging")
    world.planned(PLANS["create"], "production")
    for _ in range(2):
        assert world.comment(["staging", "production"]) == 0
    assert len(world.stand_in.bodies(PULL)) == 2


def test_a_merge_queue_gets_the_verdict_alone(world: World) -> None:
    """There is no pull request to write on."""
    world.event = "merge_group"
    world.planned(PLANS["blocked"])
    assert world.comment() == 1
    assert world.stand_in.requests == []


def test_a_token_that_may_not_write_is_no_failure(world: World) -> None:
    """Of a fork, or of Dependabot: the summary says it, and the verdict counts."""
    world.stand_in.tokens["fork"], world.stand_in.readers, world.token = BOT, {"fork"}, "fork"
    world.planned(PLANS["prompt"])
    assert world.comment() == 0
    assert "may not write comments" in world.summary
    assert "writer/blog" in world.summary
    world.planned(PLANS["blocked"])
    assert world.comment() == 1


def test_a_comment_that_is_too_long_is_not_sent(world: World) -> None:
    """What it is about is said in its place."""
    folder = world.planned(PLANS["prompt"])
    marker = (folder / "comment.md").read_text().split("\n")[0]
    (folder / "comment.md").write_text(f"{marker}\n\n{'x' * 65_400}\n")
    world.comment()
    assert "cannot be posted" in only(world)


@pytest.mark.parametrize("content", ["no marker", "<!-- reconciler:plan owner=acme deployment=production -->\nx", "\0"])
def test_a_body_that_is_not_this_deployments_is_not_posted(world: World, content: str) -> None:
    """The artifact may be anybody's."""
    folder = world.planned(PLANS["prompt"])
    (folder / "comment.md").write_text(content)
    world.comment()
    assert "its comment is missing" in only(world).replace("\u2060", "")


def test_a_link_out_of_the_folder_is_not_followed(world: World, tmp_path: Path) -> None:
    """Neither a folder nor a file that is a link is read."""
    folder = world.planned(PLANS["prompt"])
    secret = tmp_path / "secret.md"
    secret.write_text((folder / "comment.md").read_text() + "\nSECRET\n")
    (folder / "comment.md").unlink()
    (folder / "comment.md").symlink_to(secret)
    world.comment()
    assert "SECRET" not in only(world)
    folder.rename(tmp_path / "real")
    folder.symlink_to(tmp_path / "real")
    assert world.comment() == 1


@pytest.mark.parametrize("content", ["{}", "[]", "not json", '{"format_version": "9.0"}', "\xff"])
def test_a_document_that_is_none_is_no_plan(world: World, content: str) -> None:
    """Red, with why."""
    folder = world.planned(PLANS["prompt"])
    (folder / "document.json").write_text(content, encoding="latin-1")
    assert world.comment() == 1


def test_the_plan_of_another_deployment_is_none(world: World) -> None:
    """A folder's name is not enough."""
    world.planned(PLANS["prompt"], "production").rename(world.plans() / "plan-staging")
    assert world.comment() == 1


@pytest.mark.parametrize("text", ["", "{}", '"staging"', "[1]", '["a b"]', '["../x"]', '[""]'])
def test_expect_is_a_list_of_names(text: str) -> None:
    """Nothing else: folders and markers are made of them."""
    from reconciler.app.github.step import expected

    with pytest.raises(UsageError, match="--expect"):
        expected(text)


def _run(folder: Path, fault: Fault | None, at: int, stand_in: StandIn, case: str) -> int:
    """One run in which the request of that number goes wrong; how many requests it made."""
    before = len(stand_in.requests)
    stand_in.fault = lambda number: fault if number == before + at else None
    with listen(stand_in) as url:
        folder.mkdir(exist_ok=True)
        world = World(folder, stand_in, url)
        world.planned(PLANS[case])
        with suppress(Unreachable, GitHubError):
            world.comment()
    return len(stand_in.requests) - before


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("there", [False, True])
def test_whichever_request_fails_there_is_one_comment(tmp_path: Path, fault: Fault, there: bool) -> None:
    """Each request of a run fails in each way: after the next run there is one comment, and it is right; a stranger's
    is untouched."""
    at = 0
    while True:
        stand_in = StandIn(page=2)
        stand_in.pull(PULL, HEAD)
        if there:
            _run(tmp_path / "w", None, 0, stand_in, "create")
        for number in range(3):
            stand_in.comment(PULL, f"talk {number}", OTHER)
        made = _run(tmp_path / "w", fault, at, stand_in, "prompt")
        assert len(stand_in.bodies(PULL)) <= 1
        _run(tmp_path / "w", None, 0, stand_in, "prompt")
        assert len(stand_in.bodies(PULL)) == 1
        assert "writer/blog" in stand_in.bodies(PULL)[0]
        assert "writer/tweet" not in stand_in.bodies(PULL)[0]
        assert stand_in.bodies(PULL, OTHER) == ["talk 0", "talk 1", "talk 2"]
        at += 1
        if at >= made:
            break
    assert at >= 4
