"""The answers on merged pull requests, and the comparison with what their comments showed."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from reconciler.model.change import State
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.plan import Held, Plan
from reconciler.model.report import Check, Outcome, Report, Result
from reconciler.render.answer import Fate, answer, word
from tests.github.stand_in import BOT
from tests.github.world import PULL, World
from tests.render.cases import HELD_BACK, PLANS, REPORTS, update
from tests.render.comment_cases import PLANS as COMMENTS
from tests.render.tried_cases import TRIED

SHA = "c" * 40
OTHER = "d" * 40
PROMPT = PLANS["prompt"]
"""It changes writer/blog."""


def merged(world: World, plan: Plan, keys: list[str], name: str = "staging") -> None:
    """The pull request is merged with one commit that changed these assistants, and this is planned."""
    world.stand_in.pull(PULL, "e" * 40, merged=True)
    world.stand_in.merged[SHA] = [PULL]
    world.planned(plan, name, commits=[{"sha": SHA, "keys": keys}])


def shown(world: World, plan: Plan) -> None:
    """The pull request's comment showed this plan."""
    world.planned(plan)
    world.stand_in.comment(PULL, (world.plans() / "plan-staging" / "comment.md").read_text(encoding="utf-8"))


def answers(world: World, number: int = PULL) -> list[str]:
    return [body for body in world.stand_in.bodies(number) if body.startswith("<!-- reconciler:answer ")]


def visible(world: World) -> str:
    """The one answer, without its first line."""
    (found,) = answers(world)
    return found.partition("\n")[2].strip()


def did(plan: Plan, result: Result, **more: object) -> Report:
    return Report(plan=plan, outcomes=(Outcome(change=plan.changes[0], result=result, **more),), converged=True)  # type: ignore[arg-type]  # names and values come from the test


def test_what_was_shown_is_what_is_planned(world: World) -> None:
    """The same change has the same print: nothing is named."""
    shown(world, PROMPT)
    merged(world, PROMPT, ["writer/blog"])
    assert world.compare(["staging"]) == 0
    assert world.emitted == ["staging: all is as the pull requests showed it"]
    assert world.outputs == 'deployments=["staging"]\n'
    assert visible(world).startswith("not live yet in `staging`")


def test_what_differs_is_named(world: World) -> None:
    """Another change, one that was not shown, one that nobody's pull request is about, one that is gone: per assistant,
    on stdout and in the summary."""
    shown(world, replace(PLANS["create"], changes=PLANS["create"].changes))
    merged(world, PROMPT, ["writer/blog", "writer/tweet"])
    assert world.compare(["staging"]) == 0
    assert [line.split(": ")[1] for line in world.emitted] == ["writer/blog", "writer/tweet"]
    assert "another change" in world.emitted[0]
    assert "nothing is to be done any more" in world.emitted[1]
    assert "Otherwise than the pull requests showed it" in world.summary


def test_the_newest_pull_request_counts(world: World) -> None:
    """Two have changed the same assistant: what the later one showed is what is held against the plan."""
    shown(world, PROMPT)
    merged(world, PROMPT, ["writer/blog"])
    world.stand_in.pull(5, "f" * 40, merged=True)
    world.stand_in.merged[OTHER] = [5]
    world.planned(PROMPT, commits=[{"sha": SHA, "keys": ["writer/blog"]}, {"sha": OTHER, "keys": ["writer/blog"]}])
    world.compare(["staging"])
    assert world.emitted == ["staging: all is as the pull requests showed it"]


def test_what_no_pull_request_is_about_is_named(world: World) -> None:
    """Drift, or a push past every pull request."""
    shown(world, PLANS["nothing"])
    merged(world, PROMPT, ["support/tier1"])
    world.compare(["staging"])
    assert world.emitted == ["staging: writer/blog: no pull request since the last apply showed it"]


@pytest.mark.parametrize("case", ["drift-and-pull-request", "already-on-main", "held-and-pull-request"])
def test_what_a_comment_showed_beside_its_own_was_shown(world: World, case: str) -> None:
    """What was on main already, and drift, stood in the comment: where it is planned just so, it is no difference."""
    plan = COMMENTS[case]
    shown(world, plan)
    merged(world, plan, sorted(plan.proposed or ()))
    world.compare(["staging"])
    assert world.emitted == ["staging: all is as the pull requests showed it"]


def test_drift_that_is_another_one_now(world: World) -> None:
    """The comment showed drift, and what is held now is not that."""
    shown(world, COMMENTS["drift-and-pull-request"])
    (held,) = COMMENTS["drift-and-pull-request"].held
    other = replace(held, change=replace(held.change, fields=COMMENTS["one-prompt"].changes[0].fields))
    merged(world, replace(COMMENTS["drift-and-pull-request"], held=(other,)), ["writer/blog", "writer/tweet"])
    world.compare(["staging"])
    assert world.emitted == [f"staging: research/default: it is another change than pull request {PULL} showed"]


def test_what_differs_is_not_lost_among_many(world: World) -> None:
    """A comment notes a few hundred of 3,000 assistants: the rest are counted in one line, and the one that differs for
    sure is named, wherever it stands."""
    changes = tuple(update(f"team/agent-{number:04}", PROMPT.changes[0].fields[0]) for number in range(3000))
    keys = [change.wanted.key for change in changes]
    shown(world, replace(COMMENTS["nothing"], changes=changes, proposed=frozenset(keys)))
    other = replace(changes[100], fields=COMMENTS["blocked-deletion"].changes[1].fields)
    merged(world, replace(COMMENTS["nothing"], changes=(*changes[:100], other, *changes[101:])), keys)
    world.compare(["staging"])
    differs, counted = world.emitted
    assert differs == f"staging: team/agent-0100: it is another change than pull request {PULL} showed"
    assert counted.endswith(" more assistants which the comments had no room to note: whether they differ is not known")
    assert "had no room" in world.summary


def test_a_strangers_comment_shows_nothing(world: World) -> None:
    """Its prints do not count."""
    shown(world, PROMPT)
    for row in world.stand_in.comments.values():
        row["user"] = {"login": "somebody"}
    merged(world, PROMPT, ["writer/blog"])
    world.compare(["staging"])
    assert "no comment that showed it" in world.emitted[0]


def test_the_list_is_cut_before_the_first_that_is_blocked(world: World) -> None:
    """In the order that was given; one with nothing to write is left out and stops nobody; then it ends with 1."""
    for name, case in (("a", "nothing"), ("b", "prompt"), ("c", "blocked"), ("d", "prompt")):
        world.planned(PLANS[case], name)
    assert world.compare(["a", "b", "c", "d"]) == 1
    assert world.outputs == 'deployments=["b"]\n'


@pytest.mark.parametrize("case", ["blocked", "blocked-by-drift"])
def test_one_that_is_blocked_stops_those_after_it(world: World, case: str) -> None:
    """So does one without a plan."""
    world.planned(PLANS[case], "a")
    world.planned(PROMPT, "b")
    assert world.compare(["a", "b"]) == 1
    assert world.compare(["missing", "b"]) == 1
    assert world.outputs == "deployments=[]\n" * 2


def test_one_where_git_is_held_back_stops_those_after_it(world: World) -> None:
    """As an apply of it, which ends with 5, would: also where there is nothing else to write. Drift alone does not."""
    (held,) = COMMENTS["drift-and-pull-request"].held
    drift = replace(COMMENTS["nothing"], held=(held,))
    ahead = replace(COMMENTS["nothing"], held=(replace(held, ahead=True),))
    for name, plan in (("a", drift), ("b", ahead), ("c", PROMPT)):
        world.planned(plan, name)
    assert world.compare(["a", "c"]) == 0
    assert world.compare(["a", "b", "c"]) == 1
    assert world.outputs == 'deployments=["c"]\ndeployments=[]\n'
    assert world.said[-2:] == [
        "b: git has changed it, and it is left as it is, since it was edited outside git too: research/default",
        "b and the deployments after it are not applied",
    ]


def test_what_was_taken_back_goes_no_further(world: World) -> None:
    """Neither with the run that took it back nor with the next push; what git says since then does."""
    (change,) = PROMPT.changes
    held = Held(change=replace(change, state=State.ROLLED_BACK), why="it was rolled back, and git still says that")
    back = replace(PROMPT, changes=(), held=(held,))
    since = replace(back, held=(replace(held, ahead=True),), changes=COMMENTS["settings"].changes)
    for name, plan in (("a", back), ("b", PROMPT), ("c", COMMENTS["settings"]), ("d", since)):
        world.planned(plan, name)
    assert world.compare(["a", "c"]) == 0
    assert world.compare(["d", "b"]) == 0
    assert world.compare(["a", "b", "c"]) == 1
    assert world.outputs == 'deployments=["c"]\ndeployments=["d", "b"]\ndeployments=[]\n'
    assert world.said[-2:] == [
        "b: it was taken back in a, and git still says it: writer/blog",
        "b and the deployments after it are not applied",
    ]


def test_a_github_that_cannot_be_read_applies_nothing(world: World) -> None:
    """What was not compared has no output."""
    from reconciler.github.errors import GitHubError

    merged(world, PROMPT, ["writer/blog"])
    world.stand_in.fault = lambda number: "500"
    with pytest.raises(GitHubError):
        world.compare(["staging"])
    assert world.outputs == ""


def test_the_second_deployment_waits_for_the_first(world: World) -> None:
    """Each has its own answer."""
    merged(world, PROMPT, ["writer/blog"], "staging")
    merged(world, PROMPT, ["writer/blog"], "production")
    world.compare(["staging", "production"])
    first, second = answers(world)
    assert "may need an approval" in first
    assert "waits for `staging`" in second


def test_nothing_to_write_is_live_at_once(world: World) -> None:
    """And that is the last word: a later change is another pull request's."""
    merged(world, PLANS["nothing"], ["writer/blog"])
    world.compare(["staging"])
    assert visible(world).startswith("live in `staging`")
    merged(world, PROMPT, ["writer/blog"])
    world.compare(["staging"])
    assert visible(world).startswith("live in `staging`")


@pytest.mark.parametrize(
    ("result", "first", "said"),
    [
        (Result.APPLIED, "live in", "is live as version 4"),
        (Result.UNCHANGED, "live in", "is live as version 4"),
        (Result.STALE, "not live yet in", "changed between plan and apply. Run the apply workflow again"),
        (Result.FAILED, "not live yet in", "failed (the server says no). Run the apply workflow again"),
        (Result.UNKNOWN, "not live yet in", "the answer to the write was lost"),
        (Result.ROLLED_BACK, "not live yet in", "what was live before is live again"),
    ],
)
def test_each_outcome_has_its_words(world: World, result: Result, first: str, said: str) -> None:
    """What became of it, and what to do."""
    merged(world, PROMPT, ["writer/blog"])
    error = None if result in (Result.APPLIED, Result.UNCHANGED) else "the server says no"
    report = world.reported(did(PROMPT, result, version=4, error=error))
    assert world.answer(report=report) == 0
    assert visible(world).startswith(first)
    assert said in visible(world)


def test_partly_live(world: World) -> None:
    """Of several, what is not live comes first."""
    plan = PLANS["create"]
    merged(world, plan, ["writer/tweet", "writer/blog"])
    outcomes = [
        Outcome(change=change, result=Result.APPLIED if number else Result.FAILED, error=None if number else "no")
        for number, change in enumerate(plan.changes)
    ]
    world.answer(report=world.reported(Report(plan=plan, outcomes=tuple(outcomes), converged=False)))
    assert visible(world).startswith("partly live in `staging`: 1 of 2 assistants")
    assert "failed" in visible(world).split("- ")[1]


def test_what_is_held_has_two_ways_out(world: World) -> None:
    """Take it into git, or overwrite it: by a workflow, which needs nobody's laptop, or by a command."""
    merged(world, PLANS["held"], ["writer/blog"])
    world.answer(report=world.reported(REPORTS["report-held"]))
    key = PLANS["held"].held[0].change.wanted.key  # type: ignore[union-attr]  # it is no deletion
    assert "run the drift workflow by hand with `accept`" in visible(world)
    assert "run the apply workflow by hand with `overwrite` for `on-drift`" in visible(world)
    assert f"reconciler pull --drift {key} -d staging" in visible(world)
    assert f"reconciler apply --on-drift overwrite {key} -d staging" in visible(world)


def test_what_was_rolled_back_is_not_written_by_a_workflow(world: World) -> None:
    """As after a check that failed: no policy writes it again while git says the same, but whoever names it does."""
    held = replace(HELD_BACK, ahead=False)
    plan = replace(PLANS["held"], held=(held,))
    merged(world, plan, ["writer/blog"])
    world.answer(report=world.reported(Report(plan=plan, outcomes=(), converged=True)))
    assert "run the drift workflow by hand with `accept`" in visible(world)
    assert "Or make git's live: `reconciler apply --on-drift overwrite writer/blog -d staging`" in visible(world)
    assert "apply workflow" not in visible(world)


def test_what_has_no_manifest_and_stays_is_not_live(world: World) -> None:
    """It is not deleted, as the pull request meant, where the deployment does not prune."""
    stays = Diagnostic(severity="warning", code="no-manifest", message="it stays", key="writer/old")
    plan = replace(PLANS["nothing"], diagnostics=(stays,))
    merged(world, plan, ["writer/old"])
    world.compare(["staging"])
    assert visible(world).startswith("not live yet in `staging`")
    assert "nothing deletes it. A manifest of that key that only says `removed: delete`" in visible(world)
    world.answer(report=world.reported(Report(plan=plan, outcomes=(), converged=True)))
    assert "nothing deletes it" in visible(world)


def test_what_a_later_change_made_of_it(world: World) -> None:
    """Two pull requests changed one assistant and one apply writes both: the older one is told that it is not its
    content alone that is live, also where the later one took it back. A pull request of two commits is its own."""
    world.stand_in.pull(5, "f" * 40, merged=True)
    third = "b" * 40
    merged(world, PROMPT, [])
    world.stand_in.merged |= {third: [5], OTHER: [5], "9" * 40: [PULL]}
    commits = [
        {"sha": third, "keys": ["writer/blog"]},
        {"sha": OTHER, "keys": ["writer/blog"]},
        {"sha": "9" * 40, "keys": ["writer/blog", "writer/tweet"]},
    ]
    world.planned(PROMPT, commits=commits)
    world.compare(["staging"])
    assert "later change" not in visible(world)  # of what waits nothing is live
    world.answer(report=world.reported(did(PROMPT, Result.APPLIED, version=4)))
    (older,), (newer,) = answers(world, PULL), answers(world, 5)
    assert "`writer/blog` is live as version 4 (with a later change of it on the branch)." in older
    assert "`writer/tweet` is as git says." in older
    assert "`writer/blog` is live as version 4." in newer


def test_what_is_blocked_says_what_allows_it(world: World) -> None:
    """By hand, with the option."""
    merged(world, PLANS["blocked"], ["writer/tweet"])
    assert world.compare(["staging"]) == 1
    assert "run the apply workflow by hand with `max_deletes` as its input `allow`" in visible(world)
    assert "run the apply workflow by hand with `writer/tweet` as its input `allow-delete`" in visible(world)


def test_no_report_means_that_the_apply_did_not_finish(world: World) -> None:
    """Nor does a report that is none, or another deployment's."""
    merged(world, PROMPT, ["writer/blog"])
    broken = world.folder / "report.json"
    broken.write_text("{}")
    for report in (None, broken, world.reported(did(PROMPT, Result.APPLIED), "production"), world.folder / "absent"):
        assert world.answer(report=report) == 0
        assert visible(world).startswith("not live yet in `staging`")
        assert "did not finish" in visible(world)


def test_one_answer_updated_in_place(world: World) -> None:
    """First that it waits, then that it is live; the same is not written again."""
    merged(world, PROMPT, ["writer/blog"])
    for _ in range(2):
        world.compare(["staging"])
    assert len(world.stand_in.writes()) == 1
    report = world.reported(did(PROMPT, Result.APPLIED, version=4))
    for _ in range(2):
        world.answer(report=report)
    assert [write.split()[0] for write in world.stand_in.writes()] == ["POST", "PATCH"]
    assert visible(world).startswith("live in")


def test_every_pull_request_is_answered(world: World) -> None:
    """Also an older one that waits still; neither one that is not merged, nor one into another branch."""
    merged(world, PROMPT, ["writer/blog"])
    world.stand_in.pull(5, "f" * 40, merged=True)
    world.stand_in.pull(6, "f" * 40)
    world.stand_in.pull(8, "f" * 40, merged=True, base="release")
    world.stand_in.merged |= {SHA: [PULL, 6, 8], OTHER: [5]}
    commits = [{"sha": SHA, "keys": ["writer/blog"]}, {"sha": OTHER, "keys": ["support/tier1"]}]
    world.planned(PROMPT, commits=commits)
    world.answer(report=world.reported(did(PROMPT, Result.FAILED, error="no")))
    assert [len(answers(world, number)) for number in (5, 6, PULL, 8)] == [1, 0, 1, 0]
    assert "\nlive in" in answers(world, 5)[0]


def test_a_token_that_may_not_write_answers_in_the_summary(world: World) -> None:
    """It is no failure."""
    merged(world, PROMPT, ["writer/blog"])
    world.stand_in.tokens["fork"], world.stand_in.readers, world.token = BOT, {"fork"}, "fork"
    assert world.answer(report=world.reported(did(PROMPT, Result.APPLIED))) == 0
    assert "live in `staging`" in world.summary


def test_a_list_of_commits_that_is_none(world: World) -> None:
    """Nothing of it leads anywhere."""
    folder = world.planned(PROMPT)
    for value in ({}, [1], [{"sha": "../x", "keys": []}], [{"sha": SHA, "keys": "x"}]):
        (folder / "commits.json").write_text(json.dumps(value))
        assert world.answer() == 0
    assert world.stand_in.requests == []


def test_many_are_counted() -> None:
    """Fifty are named."""
    fates = [Fate(key=f"a/{number:03}", live=False, said="waits") for number in range(120)]
    said = answer("acme", "staging", fates)
    assert said.count("\n- `a/") == 50
    assert "and 70 more, of which 70 not live" in said


def test_untrusted_text_stays_text() -> None:
    """A key or a server's message neither pings nor forges a marker, and no first word."""
    evil = "@everyone org/repo#1 <!-- reconciler:plan owner=a deployment=b --> </details>\n::set-output name=x::y"
    said = answer("acme", "staging", [Fate(key=evil, live=False, said="failed", quoted=evil)], why=[evil])
    assert said.count("<!--") == 2  # the marker, and the key in its code span
    assert not any(line.startswith(("::", "</details>")) for line in said.splitlines())
    outside = "".join(part for number, part in enumerate(said.split("`")) if number % 2 == 0)
    assert "@everyone" not in outside
    assert outside.count("<!--") == 1


def test_an_answer_always_fits() -> None:
    """What grows when it is escaped does not make an answer that GitHub refuses."""
    fates = [Fate(key=f"a{n}", live=False, said="is refused", quoted="\u202e" * 300) for n in range(60)]
    body = answer("acme", "staging", fates, why=["<" * 300], run="https://github.example/run")
    assert len(body) <= 65_536
    assert body.startswith("<!-- reconciler:answer owner=acme deployment=staging -->\n\nnot live yet in")


def test_the_first_words() -> None:
    """All, some, none."""
    live, waits = Fate(key="a", live=True, said=""), Fate(key="b", live=False, said="")
    assert [word(found) for found in ([live], [live, waits], [waits])] == ["live", "partly live", "not live yet"]


@pytest.mark.parametrize(
    ("version", "again"),
    [
        (3, "version 3 is live again"),
        (5, "what was live before is live again, as version 5"),
        (None, "what was live before is live again"),
    ],
)
def test_what_was_taken_back_is_said(world: World, version: int | None, again: str) -> None:
    """Its check failed: what is live again (the version before, or a new one that says the same), why, and that the
    next apply does not write it again."""
    merged(world, PROMPT, ["writer/blog"])
    report = did(PROMPT, Result.ROLLED_BACK, version=version, error="try names the limits: does not contain `Limits:`")
    check = Check(key="writer/blog", trials=TRIED["tried-failed"][1].trials[:1], before=3)
    world.answer(report=world.reported(replace(report, checks=(check,), converged=False)))
    said = visible(world)
    assert said.startswith("not live yet in `staging`")
    assert f"was taken back, since its check failed: {again}" in " ".join(said.split())
    assert version != 5 or "version 5 is live again" not in said
    assert "does not contain `Limits:`" in said
    assert "The next apply does not write it again: it needs another pull request." in said
    assert "Run the apply workflow again" not in said


@pytest.mark.parametrize(
    ("number", "said", "why"),
    [
        (0, "is live as version 4, although its check failed", "try names the limits: does not contain `Limits:`"),
        (2, "is live as version 4, and how its check ended is not known", "the answer was lost"),
    ],
)
def test_what_stays_in_spite_of_its_check(world: World, number: int, said: str, why: str) -> None:
    """It is live, and the answer says what its check found and where to look."""
    merged(world, PROMPT, ["writer/blog"])
    check = Check(key="writer/blog", trials=(TRIED["tried-failed"][1].trials[number],), kept="it was only reported")
    world.answer(report=world.reported(replace(did(PROMPT, Result.APPLIED, version=4), checks=(check,))))
    shown_text = visible(world)
    assert said in shown_text
    assert why in shown_text
    assert "it was only reported" in shown_text
    assert "`reconciler try` shows it" in shown_text


def test_a_check_that_went_well_says_nothing(world: World) -> None:
    """It is live, and that is all."""
    merged(world, PROMPT, ["writer/blog"])
    check = Check(key="writer/blog", trials=TRIED["tried"][1].trials)
    world.answer(report=world.reported(replace(did(PROMPT, Result.APPLIED, version=4), checks=(check,))))
    assert "is live as version 4." in visible(world)
    assert "check" not in visible(world)
