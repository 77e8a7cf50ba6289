"""What must hold for any plan on a terminal."""

from __future__ import annotations

import re

import click
from hypothesis import given
from msgspec.structs import replace

from reconciler.model.change import ABSENT
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.plan import Plan
from reconciler.model.report import Report
from reconciler.render import json, markdown, text, words
from reconciler.render.escape import CONTROL, terminal
from reconciler.render.wrap import cells
from tests.render.cases import EQUAL, PLANS, field, plan, update
from tests.render.one_text import one_text
from tests.render.strategies import FEW, plans, reports

STEERS = re.compile(rf"(?!\n)[{CONTROL}]")
ONE_TOKEN = re.compile(r" *(?:[-+@!~<] +)?(?:↳ )? *[^ ]+")


def to_paste(plan: Plan) -> set[str]:
    """The lines that somebody may copy, which are never broken."""
    hints = [line for one in (*plan.diagnostics, *plan.refused) for line in (one.hint or "").split("\n")]
    return {terminal(line).strip(" ") for line in [*hints, *map(words.override, plan.guards)]}


def check(shown: str, plan: Plan, width: int = 80) -> None:
    """Nothing steers the terminal or a runner, and only what cannot be broken is wider than the terminal."""
    assert not STEERS.search(shown)
    assert "##[" not in shown
    whole = to_paste(plan)
    for line in shown.split("\n"):
        assert not line.lstrip().startswith("::")
        escaped = line.lstrip().startswith("\\::")  # one character more, put in after wrapping
        fits = cells(line) - escaped <= width or ONE_TOKEN.fullmatch(line)
        assert fits or line.strip(" ").removeprefix("\\") in whole or line.startswith("      reconciler "), line


@FEW
@given(plans)
def test_any_plan(any_plan: Plan) -> None:
    """No string in a plan steers a terminal or makes a line too wide."""
    check(one_text(text.plan(any_plan)), any_plan)
    check(one_text(text.plan(any_plan, width=50, verbose=True)), any_plan, 50)


@FEW
@given(reports())
def test_any_report(any_report: Report) -> None:
    """No string in a report steers a terminal or makes a line too wide."""
    check(one_text(text.report(any_report)), any_report.plan)
    check(one_text(text.report(any_report, width=50, verbose=True)), any_report.plan, 50)


@FEW
@given(plans)
def test_colour_is_only_colour(any_plan: Plan) -> None:
    """Without its colours the coloured plan is the plain one."""
    assert click.unstyle(one_text(text.plan(any_plan, colour=True))) == one_text(text.plan(any_plan))


def test_colours_are_there_when_asked_for() -> None:
    """A creation is green, a removal red."""
    assert "\x1b[32m  + create writer/tweet" in one_text(text.plan(PLANS["create"], colour=True))
    assert "\x1b[31m  - delete writer/tweet" in one_text(text.plan(PLANS["delete"], colour=True))


def test_the_deployment_comes_first_and_the_numbers_last() -> None:
    """Every plan begins with deployment and address and ends with the count."""
    for name, one in PLANS.items():
        lines = one_text(text.plan(one, width=200)).splitlines()
        assert lines[0].startswith("Deployment ")
        assert lines[-1].startswith(("Plan: ", "No changes. ")), name


def test_equal_changes_are_written_out_once() -> None:
    """Three assistants with one change: one difference, three names."""
    shown = one_text(text.plan(PLANS["equal"]))
    assert shown.count("context.escalation.after_minutes: 30 -> 15") == 1
    assert all(change.wanted.key in shown for change in EQUAL)


def test_changes_that_differ_are_not_joined() -> None:
    """1 and true are two values, so these are two changes."""
    one, other = update("writer/tweet", field("a", 0, 1)), update("writer/blog", field("a", 0, True))
    shown = one_text(text.plan(plan(one, other)))
    assert "a: 0 -> 1" in shown
    assert "a: 0 -> true" in shown


def test_the_order_of_what_is_put_in_changes_nothing() -> None:
    """A plan with its changes turned round is rendered the same."""
    one = PLANS["create"]
    assert one_text(text.plan(replace(one, changes=one.changes[::-1]))) == one_text(text.plan(one))


def test_a_guard_shows_the_exact_option() -> None:
    """Who is blocked can copy the way out."""
    shown = one_text(text.plan(PLANS["blocked"]))
    assert "--allow max_deletes" in shown
    assert "--allow-delete writer/tweet" in shown
    assert "empty_source" not in shown


def test_a_masked_value_is_not_shown_as_one() -> None:
    """What stands in place of a secret reads as hidden, not as an object."""
    masked = field("context.api_token", {"masked": True}, {"masked": True})
    shown = one_text(text.plan(plan(update("writer/tweet", masked))))
    assert "context.api_token: (hidden) -> (hidden)" in shown


def test_an_update_with_a_new_object_names_each_field() -> None:
    """An object that is added as a whole is shown field by field."""
    limits = replace(field("context.limits", 0, {"posts": 3, "days": [1]}), op="add")
    shown = one_text(text.plan(plan(update("writer/tweet", limits))))
    assert "context.limits.posts: added 3" in shown
    assert "context.limits.days: added [1]" in shown


def test_a_line_to_paste_is_not_broken() -> None:
    """A hint's line that begins with two blanks stays whole, however narrow the terminal is."""
    found = Diagnostic(
        severity="error", code="x", message="no", hint="Add this line:\n  secrets_allowed: [writer/tweet]"
    )
    assert text.diagnostics([found], width=30) == "no [x]\n    Add this line:\n      secrets_allowed: [writer/tweet]\n"


def test_the_order_of_keys_changes_nothing() -> None:
    """Two plans whose objects differ only in the order of their keys are one plan in every form."""
    one, other = (
        plan(update("writer/tweet", replace(field("context.limits", 0, value), op="add", before=ABSENT)))
        for value in ({"a": 1, "b": {"c": 2, "d": 3}}, {"b": {"d": 3, "c": 2}, "a": 1})
    )
    for form in (text, json, markdown):
        assert one_text(form.plan(one)) == one_text(form.plan(other))


def test_no_line_is_a_command_of_a_runner() -> None:
    """A line of a prompt that begins like a workflow command does not begin so in a log, in any form."""
    prompt = "one\n\xa0::add-mask::a\ntwo\n::stop-commands::x\nthree\n"
    one = plan(update("writer/blog", field("context.prompt", prompt, prompt.replace("two", "2")), note="::error::no"))
    for form in (text, json, markdown):
        assert "add-mask" in one_text(form.plan(one))
        assert not re.search(r"^\s*::\w", one_text(form.plan(one)), re.MULTILINE)
