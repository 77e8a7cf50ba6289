"""What must hold for any plan as a comment on GitHub, read with a CommonMark parser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from markdown_it import MarkdownIt
from markdown_it.token import Token
from msgspec.structs import replace

from reconciler.model.plan import Plan
from reconciler.model.report import Report
from reconciler.render import markdown
from reconciler.render.escape import CONTROL, prose
from reconciler.render.shorten import LIMIT
from tests.render.cases import PLANS, REPORTS, field, plan, update
from tests.render.strategies import FEW, plans, reports

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
SUMMARY = re.compile(
    r"<details(?: open)?><summary><b>\w+</b> (?:(?:, )?<code>[^<>]*</code>)+(?: and [\d,]+ more)?"
    r"(?: — (?:(?:, )?<code>[^<>]*</code>)+(?: and [\d,]+ more)?)?</summary>"
)
ANSWERS = re.compile(
    r"<details><summary><code>[^<>]*</code> <b>(?:The|No) answer[\w ,]*</b> — <code>[^<>]*</code></summary>"
)
ALIVE = re.compile(r"@\w|#\d|GH-\d|\w://|www\.|:\w+:")


def leaves(text: str) -> Iterator[Token]:
    """All tokens, those inside a line too."""
    for token in PARSER.parse(text):
        yield token
        yield from token.children or []


def check(text: str, limit: int = LIMIT) -> None:
    """Short enough, balanced, and nothing in it is alive that is not ours."""
    assert len(text) <= limit
    assert not re.search(rf"(?!\n)[{CONTROL}]", text)
    assert not re.search(r"^\s*::\w", text, re.MULTILINE)
    depth = 0
    for token in leaves(text):
        assert token.type not in {"link_open", "image", "em_open", "s_open"}
        if token.type == "html_inline":
            assert token.content == "<br>"
        if token.type == "html_block":
            html = token.content.strip()
            assert html == "</details>" or SUMMARY.fullmatch(html) or ANSWERS.fullmatch(html), html
            assert not ALIVE.search(re.sub("<code>[^<]*</code>", "", html))
            depth += -1 if html == "</details>" else 1
            assert depth in (0, 1, 2)
        if token.type == "text":
            assert not ALIVE.search(token.content), token.content
    assert depth == 0
    # A fence or a tag that is left open would have swallowed the last line.
    assert [token.type for token in PARSER.parse(text)][-3:] == ["paragraph_open", "inline", "paragraph_close"]
    assert re.search(r"^\*\*(Plan: |Applied: |No changes\. )", text.rstrip("\n").split("\n")[-1])


@FEW
@given(plans)
def test_any_plan(any_plan: Plan) -> None:
    """No string in a plan links, pings, formats or hides anything."""
    check(markdown.plan(any_plan))
    check(markdown.plan(any_plan, limit=4_000), 6_000)


@FEW
@given(reports())
def test_any_report(any_report: Report) -> None:
    """No string in a report links, pings, formats or hides anything."""
    check(markdown.report(any_report))


@pytest.mark.parametrize("name", PLANS)
def test_cases(name: str) -> None:
    """The golden comments are sound, the hostile one too."""
    check(markdown.plan(PLANS[name]))


@pytest.mark.parametrize("name", REPORTS)
def test_report_cases(name: str) -> None:
    """The golden reports are sound."""
    check(markdown.report(REPORTS[name]))


def many(number: int, size: int) -> Plan:
    """So many changes, each of a prompt of so many characters."""
    lines = [f"Rule {n} of the house, as long as rules are." for n in range(size // 40)]
    return plan(
        *(
            update(
                f"support/agent-{n:05}",
                field("context.system_prompt", "", "\n".join([str(n), *lines, "```", "@everyone", "</details>"])),
            )
            for n in range(number)
        )
    )


@pytest.mark.parametrize(
    ("number", "size", "said"),
    [
        (1, 200_000, "long differences are cut"),
        (12, 20_000, "long differences are cut"),
        (300, 400, "who changes, but not what"),
        (2_500, 80, "Shortened to fit"),
    ],
)
def test_too_long_is_shortened_and_said(number: int, size: int, said: str) -> None:
    """A huge plan is cut at whole lines, then to names, then to numbers; it says so and stays balanced."""
    text = markdown.plan(many(number, size))
    check(text)
    assert said in text
    assert f"{number:,} to update" in text


def test_what_is_cut_is_counted() -> None:
    """A difference that is cut says how many lines are missing."""
    assert re.search(r"^… [\d,]+ more lines$", markdown.plan(many(1, 200_000)), re.MULTILINE)


def test_one_enormous_line() -> None:
    """A single line of 200,000 characters, and messages as long, still fit."""
    long = "word " * 40_000
    enormous = replace(
        PLANS["hostile"],
        changes=(update("writer/blog", field("context.system_prompt", long, long.upper()), note=long),),
        foreign={long: 1, "x" + long: 2},
        commit=long,
    )
    check(markdown.plan(enormous))


def test_a_fence_is_longer_than_what_it_holds() -> None:
    """A prompt with a fence of its own stays inside ours."""
    text = markdown.plan(plan(update("writer/blog", field("context.prompt", "a\n", "a\n`````\nb\n"))))
    assert "\n``````diff\n" in text
    check(text)


def test_what_blocks_comes_first() -> None:
    """The caution stands right under the heading, where nothing is folded."""
    parts = markdown.plan(PLANS["blocked-by-drift"]).split("\n\n")
    assert parts[1] == (
        "> [!CAUTION]\n> **Blocked:** apply would write nothing "
        "(guard `max_deletes`; `on_drift` of `support/returns` and 3 more)."
    )
    assert "CAUTION" not in markdown.plan(PLANS["held"])


def test_headings_count_assistants() -> None:
    """Three assistants with one change are three."""
    assert "### From git (3)" in markdown.plan(PLANS["equal"])


def test_deletions_come_first() -> None:
    """What cannot be taken back is read before all else."""
    text = markdown.plan(PLANS["delete"])
    assert text.index("<b>delete</b>") < text.index("<b>update</b>")


def test_a_fold_names_its_fields() -> None:
    """Which fields change is seen without opening: four of them, and how many more."""
    assert (
        "<b>update</b> <code>support/tier1</code> — <code>context.limit</code>, <code>context.retries</code>, "
        "<code>context.pause</code>, <code>context.depth</code> and 3 more</summary>"
    ) in markdown.plan(PLANS["many-fields"])


@pytest.mark.parametrize(("lines", "tag"), [(14, "<details open><summary>"), (15, "<details><summary>")])
def test_a_short_difference_is_open(lines: int, tag: str) -> None:
    """Up to fifteen lines, the field's name included, are there at once; more are folded."""
    prompt = "\n".join(f"rule {n}" for n in range(lines))
    text = markdown.plan(plan(update("writer/blog", field("context.prompt", "", prompt))))
    assert text.count("\n+ rule") == lines
    assert tag in text


def test_many_names_are_cut_in_the_summary_only() -> None:
    """A shared prompt of 120 assistants: ten names, a number, and all of them inside."""
    text = markdown.plan(
        plan(*(update(f"support/agent-{n:03}", field("context.prompt", "a", "b")) for n in range(120)))
    )
    assert "<code>support/agent-009</code> and 110 more" in text
    assert text.count("assistants/support/agent-") == 120


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("the field `context.a` is new", "the field `context.a` is new"),
        ("`--prune` deletes it", "`--prune` deletes it"),
        ("a_b `c_d` e*f", "a\\_b `c_d` e\\*f"),
        ("one ` alone", "one \\` alone"),
        ("``two``", "\\`\\`two\\`\\`"),
        ("$`math`$", "\\$\\`math\\`\\$"),
        ("`a``b`", "\\`a\\`\\`b\\`"),
        ("\\`x`", "\\\\\\`x\\`"),
    ],
)
def test_names_in_backticks_are_code(said: str, shown: str) -> None:
    """A message may quote names; a backtick that stands otherwise is only a backtick."""
    assert prose(said) == shown
