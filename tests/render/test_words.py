"""What is said of changes and of what became of them: right for the state, the direction and the server."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from reconciler.model.change import Activate, Change, Reason, State, Update
from reconciler.model.plan import Deployment
from reconciler.model.report import Outcome, Result
from reconciler.render import markdown, results, text, totals, words
from tests.render.cases import (
    ACTIVATE,
    BLOCKING,
    CREATE,
    EDITED,
    EQUAL,
    GONE,
    HALF_RESTORED,
    HELD,
    HELD_BACK,
    PLANS,
    REPORTS,
    ROLLED_BACK,
    UNMARKED,
    field,
    live,
    plan,
    update,
    wanted,
)
from tests.render.one_text import one_text

OLDER = "an older version already holds this content: apply makes it active again"
NEWER = "version 2 already holds this content: apply makes it active again"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (ACTIVATE, f"git changed; {OLDER}"),
        (replace(ACTIVATE, live=live("writer/blog", 1), target=2), f"git changed; {NEWER}"),
        (
            HALF_RESTORED,
            f"version 1 was made active, and this server brought only part of it back; {NEWER}",
        ),
        (ROLLED_BACK, f"it was rolled back to an older version; {NEWER}, which ends the rollback"),
        (
            update("writer/blog", state=State.HALF_RESTORED, version=4),
            "version 4 was made active, and this server brought only part of it back: this writes what git says",
        ),
        (UNMARKED, "it was made outside git, and it is not what git says: this writes what git says"),
        (
            EDITED,
            "somebody changed it outside git: this puts back what git says, and their version stays in the history",
        ),
        (
            replace(EDITED, reasons=(Reason.DRIFT, Reason.MANIFEST)),
            "somebody changed it outside git, and git has changed too: this writes what git says, and their version "
            "stays in the history",
        ),
        (CREATE, "new in git"),
        (GONE, "in git, and not on the server"),
        (
            replace(CREATE, wanted=replace(CREATE.wanted, adopts=True)),
            "the manifest names this assistant_id and the deployment has none such: it is made under that id",
        ),
        (replace(CREATE, reasons=(Reason.DRIFT,)), "somebody deleted it outside git: it is made again"),
        (
            update("writer/blog", wanted=replace(wanted("writer/blog"), default=True), live=UNMARKED.live),
            "the default assistant of this graph, which git manages from now on",
        ),
    ],
)
def test_why(change: Change, why: str) -> None:
    """Each state has its words, and only what goes back is said to go back."""
    assert words.why(change) == why


def test_an_activation_has_no_direction() -> None:
    """Which version is live and which will be; the numbers say the rest."""
    assert words.live(replace(ACTIVATE, live=live("writer/blog", 3), target=4)) == (
        "version 3 is live, version 4 becomes live"
    )
    assert words.live(ACTIVATE) == "version 2 is live, version 1 becomes live"


@pytest.mark.parametrize("change", [HALF_RESTORED, GONE])
def test_a_note_is_shown(change: Change) -> None:
    """What the planner found besides is there in text and Markdown."""
    assert change.note is not None
    assert " ".join(one_text(text.plan(plan(change))).split()).count(change.note) == 1
    assert change.note[1:] in markdown.plan(plan(change))


DRIFTED = replace(ACTIVATE, reasons=(Reason.DRIFT,), state=State.EDITED)
STAYS = "; version 2, made outside git, stays in the history"
PART = "the server brought only part of version 1 back, so all of it was sent: version 3 is live"
WHOLE = "sent whole, since this server restores only part of a version: version 3 is live"


@pytest.mark.parametrize(
    ("change", "by", "version", "said"),
    [
        (ACTIVATE, "set-latest", 1, "version 1 is active again"),
        (ACTIVATE, "set-latest, then PATCH", 3, PART),
        (ACTIVATE, "PATCH", 3, WHOLE),
        (ACTIVATE, "PATCH, then PATCH", 3, WHOLE),
        (DRIFTED, "set-latest", 1, f"version 1 is active again{STAYS}"),
        (DRIFTED, "set-latest, then PATCH", 3, f"{PART}{STAYS}"),
        (DRIFTED, "PATCH", 3, f"{WHOLE}{STAYS}"),
        (ROLLED_BACK, "set-latest", 2, "version 2 is active again; this ended the rollback"),
    ],
)
def test_what_became_of_an_activation(change: Activate, by: str, version: int, said: str) -> None:
    """The calls that were made tell what the server did, not the number of the version."""
    assert results.became(Outcome(change=change, result=Result.APPLIED, by=by, version=version)) == said


def test_what_else_happened_is_said() -> None:
    """A note of an outcome stands behind it."""
    found = Outcome(change=CREATE, result=Result.APPLIED, version=1, note="somebody else wrote, too")
    assert results.became(found) == "created, version 1 is live; somebody else wrote, too"


def test_not_started_is_no_failure() -> None:
    """What an interruption left undone is called that, without advice on errors that nobody made."""
    shown = one_text(text.report(REPORTS["report-stopped"]))
    assert shown.count("not started (interrupted)") == 2
    assert "2 not started" in shown
    assert "FAILED" not in shown
    assert "failed" not in shown
    assert "put right" not in shown
    assert "NOT all" not in shown
    assert "put right" not in markdown.report(REPORTS["report-stopped"])


def test_not_converged_is_said() -> None:
    """A proof that fails is never called a good one."""
    for form in (text, markdown):
        assert "NOT all of it is as git says" in one_text(form.report(REPORTS["report-not-converged"]))


@pytest.mark.parametrize(
    ("unchanged", "adopted", "said"),
    [
        (0, 0, "No changes. There is no assistant to manage."),
        (0, 1, "No changes. 1 assistant is as git says, not marked yet."),
        (0, 2, "No changes. 2 assistants are as git says, not marked yet."),
        (1, 0, "No changes. 1 assistant is exactly as git says."),
        (5, 1, "No changes. 6 assistants are as git says, 1 of them not marked yet."),
    ],
)
def test_nothing_to_do_counts_everyone(unchanged: int, adopted: int, said: str) -> None:
    """An adopted assistant without a marker is as git says too."""
    assert totals.summary(plan(unchanged=("a",) * unchanged, adopted=("b",) * adopted)) == said


def test_the_line_of_what_blocks() -> None:
    """Guards and assistants that stop apply stand in one line before the numbers."""
    lines = one_text(text.plan(plan(held=BLOCKING, guards=PLANS["blocked"].guards), width=200)).splitlines()
    assert lines[-3:] == [
        "Besides: 5 blocked.",
        "Blocked: apply would write nothing (guards max_deletes, protected; on_drift of support/returns and 4 more).",
        "Plan: 0 to create, 0 to update, 0 to activate, 0 to delete; 5 unchanged.",
    ]
    assert totals.blocked(PLANS["held"]) is None


def test_held_says_nothing_of_a_change() -> None:
    """What is held does not become live: only what is live now, and why it stays."""
    shown = one_text(text.plan(PLANS["held-back"])) + markdown.plan(PLANS["held-back"])
    assert shown.count("version 1 is live") == 2
    assert "becomes live" not in shown
    assert "active again" not in shown


def test_held_for_the_same_reason_is_one() -> None:
    """Four assistants that block alike are one entry with one difference."""
    shown = one_text(text.plan(PLANS["blocked-by-drift"]))
    assert "! blocked 4 assistants, all alike" in shown
    assert shown.count("+ 4. Name the limits honestly.") == 1


def test_a_report_shows_no_difference() -> None:
    """What was held had its lines in the plan; the report has one sentence."""
    for form in (text, markdown):
        shown = one_text(form.report(REPORTS["report-held"]))
        assert "Name the limits" not in shown
        assert "version 5 is live; it was changed outside git, and on_drift is hold" in " ".join(
            shown.replace("\\", "").split()
        )


@pytest.mark.parametrize(
    ("name", "chosen"),
    [("staging", " -d staging"), ("my staging", " -d 'my staging'"), (None, "")],
)
def test_the_ways_out_name_the_deployment(name: str | None, chosen: str) -> None:
    """Two commands to paste, one to let what is live win and one to let git win, reach the deployment of the plan."""
    found = words.ways_out(HELD, ["writer/blog", "a b"], Deployment(name=name, url="https://x"))
    assert [line for _, line in found] == [
        f"reconciler pull{chosen} --drift writer/blog 'a b'",
        f"reconciler apply{chosen} --on-drift overwrite writer/blog 'a b'",
    ]


def test_held_and_changed_in_git() -> None:
    """That git had changed it too is said where it is known: not of a rollback, nor of what has no marker."""
    assert words.held(HELD).endswith("; git has changed it too")
    assert words.held(HELD_BACK) == HELD_BACK.why
    assert words.held(replace(HELD, change=UNMARKED)) == HELD.why


def test_a_deletion_of_many_is_not_a_way() -> None:
    """Several updates happen in the same way; several deletions are just deletions."""
    assert "update 3 assistants, all in the same way" in one_text(text.plan(plan(*EQUAL)))
    gone = [replace(PLANS["delete"].changes[0], live=live(one.wanted.key)) for one in EQUAL]
    assert "  - delete 3 assistants\n" in one_text(text.plan(plan(*gone)))


def test_one_edit_of_a_template_is_shown_once() -> None:
    """The texts of the rows differ elsewhere; the edit is the same, so it reads the same. Another edit stands alone."""

    def edit(key: str, city: str, line: str) -> Update:
        texts = [f"In {city}.\n\n\n\nBe {word}.\n" for word in ("brief", line)]
        return update(key, replace(field("context.prompt", *texts), file="assistants/shop.md"))

    shown = one_text(text.plan(plan(edit("a", "Oslo", "kind"), edit("b", "Rome", "kind"), edit("c", "Lyon", "loud"))))
    assert "update 2 assistants, all in the same way" in shown
    assert shown.count("+ Be kind.") == 1
    assert shown.count("(assistants/shop.md)") == 2
    assert "update c" in shown
