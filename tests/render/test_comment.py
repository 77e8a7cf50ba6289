"""What must hold for any plan as a comment on a pull request, read with a CommonMark parser."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it.token import Token
from msgspec.structs import replace

from reconciler.model.change import Delete, Reason, key_of
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.plan import Guard, Plan
from reconciler.render import comment, fingerprint, hidden, plain, told
from reconciler.render.escape import CONTROL
from reconciler.render.shorten import SUMMARY_LIMIT, in_bytes
from tests.render import cases
from tests.render.cases import HOSTILE_TEXT, MODEL, field, live, plan, update
from tests.render.comment_cases import EDITED_TOO, FAILED, HELD_TOO, PLANS, SHARED_BY_ALL, many, offline, proposed
from tests.render.strategies import FEW, few_diagnostics, maybe, plans, texts
from tests.render.test_markdown import ALIVE, leaves

CODES = r"(?:(?:, )?<code>[^<>]*</code>)*(?: and [\d,]+ more)?"
WORDS = r"[A-Za-z0-9 ,;]+"
SUMMARY = re.compile(
    rf"<details(?: open)?><summary>(?:{CODES} <b>{WORDS}</b>(?: — {CODES})?"
    rf"|<b>{WORDS}:?{WORDS}</b> \([\d,]+\)|All [\d,]+, each with its manifest)</summary>"
)
MARKER = re.compile(r"<!-- reconciler:plan owner=[\w.%;-]* deployment=[\w.%;-]* -->")


def any_plan_of(drawn: Plan, keys: frozenset[str] | None, is_offline: bool) -> Plan:
    """The plan on a pull request about some of its keys, or on none."""
    return replace(drawn, proposed=keys, offline=is_offline)


asked = st.builds(any_plan_of, plans, st.none() | st.frozensets(texts, max_size=3), st.booleans())


def body_of(text: str) -> str:
    """What people see of a comment: all between the hidden first and last line, each there once."""
    first, _, rest = text.partition("\n")
    body, _, last = rest.rstrip("\n").rpartition("\n")
    assert MARKER.fullmatch(first)
    assert fingerprint.read(text) is not None
    assert last.startswith("<!-- reconciler:seen ")
    return body


def check(body: str) -> None:
    """Balanced, and nothing in it is alive, hidden or a command that is not ours."""
    assert body.encode()
    assert not re.search(rf"(?!\n)[{CONTROL}]", body)
    assert not re.search(r"^\s*::\w", body, re.MULTILINE)
    depth, tokens = 0, list(leaves(body))
    for token in tokens:
        assert token.type not in {"link_open", "image", "em_open", "s_open", "table_open"}
        if token.type == "html_inline":
            assert token.content == "<br>"
        if token.type == "html_block":
            html = token.content.strip()
            assert html == "</details>" or SUMMARY.fullmatch(html), html
            assert not ALIVE.search(re.sub("<code>[^<]*</code>", "", html))
            depth += -1 if html == "</details>" else 1
            assert depth in (0, 1, 2, 3)
        if token.type == "text":
            assert not ALIVE.search(token.content), token.content
    assert depth == 0
    assert not swallowed(tokens)


def swallowed(tokens: list[Token]) -> bool:
    """Whether a heading of ours stands in a block of code, which was then left open."""
    return any(token.type == "fence" and "\n## Deployment" in token.content for token in tokens)


@FEW
@given(asked)
def test_any_comment(any_plan: Plan) -> None:
    """No string of a plan links, pings, formats, hides or closes anything, and it fits."""
    text = comment.plan(any_plan)
    assert len(text) <= comment.LIMIT
    check(body_of(text))


@FEW
@given(asked, st.integers(min_value=12_000, max_value=20_000))
def test_any_comment_is_short_enough(any_plan: Plan, limit: int) -> None:
    """However little room there is, the comment is not longer, and whole."""
    text = comment.plan(any_plan, limit=limit)
    assert len(text) <= limit
    check(body_of(text))


@FEW
@given(asked)
def test_any_summary(any_plan: Plan) -> None:
    """The summary of a run has no hidden lines, and is as safe."""
    text = comment.summary(any_plan)
    assert len(text.encode()) <= SUMMARY_LIMIT
    check(text)


@FEW
@given(maybe, maybe, texts, maybe, few_diagnostics)
def test_any_failure(
    owner: str | None, deployment: str | None, message: str, hint: str | None, found: tuple[Diagnostic, ...]
) -> None:
    """A comment without a plan has its first line and says nothing of any assistant."""
    text = comment.failed(owner, deployment, message, hint, found)
    first, _, body = text.partition("\n")
    assert first == hidden.first_line("plan", owner, deployment)
    assert fingerprint.read(text) is None
    assert len(text) <= comment.LIMIT
    check(body)
    check(comment.failed_summary(owner, deployment, message, hint, found))


@pytest.mark.parametrize("name", PLANS)
def test_cases(name: str) -> None:
    """The golden comments are sound."""
    check(body_of(comment.plan(PLANS[name])))


@pytest.mark.parametrize("name", cases.PLANS)
def test_cases_of_everywhere(name: str) -> None:
    """So is every other plan that we know, whatever a pull request is about."""
    made = cases.PLANS[name]
    for keys in (None, frozenset[str](), frozenset(key_of(change) for change in made.changes)):
        check(body_of(comment.plan(replace(made, proposed=keys))))


@pytest.mark.parametrize(
    "planted",
    [
        "::set-output name=x::y",
        "::add-mask::everything",
        "@everyone",
        "org/repo#1",
        "<!-- reconciler:plan owner=acme-agents deployment=staging -->",
        '<!-- reconciler:seen {"format":1,"of":{},"more":0} -->',
        "-->",
        "</details></summary>",
        "```\n~~~",
        "${{ secrets.TOKEN }}",
        "\x1b[2J",
        "\u202egnp.exe",
        "a | b",
        HOSTILE_TEXT,
    ],
)
def test_planted_text_is_shown_and_nothing_else(planted: str) -> None:
    """Whatever stands in prompts, names, files and messages, the comment keeps its frame and its hidden lines."""
    text = comment.plan(everywhere(planted))
    check(body_of(text))
    assert text.count("<!-- reconciler:plan") - literal(text, "<!-- reconciler:plan") == 1
    seen = fingerprint.read(text)
    assert seen is not None
    assert planted in seen["of"]  # type: ignore[operator]  # an object, as read
    frame = Counter(token.type for token in leaves(body_of(comment.plan(everywhere("plain words")))))
    found = Counter(token.type for token in leaves(body_of(text)))
    for kind in ("html_block", "heading_open", "bullet_list_open", "fence", "blockquote_open"):
        assert found[kind] == frame[kind], kind


def literal(text: str, said: str) -> int:
    """How often this stands where it is only shown: in a block of code, or in a span of it."""
    shown = [token.content for token in leaves(text) if token.type in {"fence", "code_inline"}]
    return sum(one.count(said) for one in shown)


def everywhere(text: str) -> Plan:
    """A plan in which this text stands wherever text of others can stand."""
    change = replace(
        update(
            "writer/blog",
            field("name", text, f"new {text}"),
            field("context.prompt", f"{text}\nold\n", f"{text}\nnew\n"),
        ),
        note=text,
        wanted=replace(cases.wanted("writer/blog"), key=text, path=text),
    )
    drifted = replace(change, reasons=(Reason.DRIFT,))
    return proposed(
        change,
        replace(drifted, wanted=cases.wanted("writer/tweet")),
        deployment=replace(cases.STAGING, url=f"https://{text}"),
        held=(replace(HELD_TOO, change=drifted, why=text),),
        refused=(replace(cases.REFUSED, message=text, path=text, hint=text),),
        guards=(
            Guard(guard="renamed", verdict="blocked", message=text, allow=text),
            Guard(guard="protected", verdict="allowed", message=text, by=text),
        ),
        diagnostics=(
            replace(cases.WARNING, message=text, path=None, key=text),
            replace(cases.WARNING, message=text, hint=text, code="settings-not-used"),
        ),
        foreign={text: 1},
        keys=(text,),
    )


@pytest.mark.parametrize(
    ("number", "size", "said"),
    [
        (1, 200_000, "long differences are cut"),
        (12, 20_000, "long differences are cut"),
        (300, 400, "who changes, but not what"),
        (2_500, 80, "Shortened to fit"),
        (6_000, 10, "Shortened to fit"),
    ],
)
def test_too_long_is_shortened_and_said(number: int, size: int, said: str) -> None:
    """A huge plan is cut at whole lines, then to names, then to numbers; it says so, and where the whole is."""
    found = many(number, size)
    text = comment.plan(proposed(*found, keys=tuple(change.wanted.key for change in found)))
    assert len(text) <= comment.LIMIT
    check(body_of(text))
    assert said in text
    assert "The whole is in the job summary and on the page that are linked below." in text
    assert f"merging this changes {number:,} assistant" in text


def test_the_limit_is_used_up_and_not_passed() -> None:
    """Around the limit, line by line: what fits is whole, and what does not is shorter than the limit."""
    lengths = []
    for number in range(620, 720, 5):
        prompt = "".join(f"{line:090}\n" for line in range(number))
        text = comment.plan(proposed(update("a/b", field("context.prompt", "", prompt)), keys=("a/b",)))
        assert len(text) <= comment.LIMIT
        lengths.append(len(text))
    assert max(lengths) > comment.LIMIT - 1_000


def test_what_is_not_of_the_pull_request_goes_first() -> None:
    """Where not all fits, its own change and a deletion are whole, and what is on main already is not."""
    mine, others = update("writer/blog", field("context.prompt", "", "Mine.\n" * 500)), many(400, 2_000)
    text = comment.plan(proposed(mine, cases.DELETE, *others, keys=("writer/blog", "writer/tweet")))
    assert text.count("+ Mine.") == 500
    assert "<b>is removed with its 12 versions</b>" in text
    assert "what this pull request did not change is not all shown" in text
    assert "Already on main, not yet applied</b> (400)" in text
    check(body_of(text))


def test_the_summary_holds_more() -> None:
    """What a comment cuts is whole in the summary, up to its own limit in bytes, and cut beyond."""
    found = many(12, 20_000)
    made = proposed(*found, keys=tuple(change.wanted.key for change in found))
    assert "Shortened" in comment.plan(made)
    assert "Shortened" not in comment.summary(made)
    wide = proposed(
        update("writer/blog", field("context.prompt", "", "漢字漢字漢字漢字\n" * 40_000)), keys=("writer/blog",)
    )
    text = comment.summary(wide)
    assert "Shortened to fit" in text
    assert len(text) < in_bytes(text) <= SUMMARY_LIMIT
    check(text)


def test_one_enormous_line() -> None:
    """Names, messages and prompts of 70,000 characters, each more than a comment takes, still fit."""
    long = "word " * 14_000
    made = replace(everywhere(long), deployment=replace(cases.STAGING, name=long), owner=long, commit=long)
    text = comment.plan(made)
    assert len(text) <= comment.LIMIT
    check(body_of(text))
    assert len(comment.failed(long, long, long, long, made.refused * 50)) <= comment.LIMIT


def section_of(text: str, title: str) -> str:
    """What stands under a heading or in a fold of that name."""
    begin = text.index(title)
    ends = [at for mark in ("\n### ", "<summary><b>", "\n5 other") if (at := text.find(mark, begin + len(title))) > 0]
    return text[begin : min(ends)]


def test_where_everything_stands() -> None:
    """Deletions and overwritten edits need care; the pull request's own, what is on main already, and drift follow."""
    edited = replace(EDITED_TOO, wanted=cases.wanted("support/tier1"), live=live("support/tier1", 5))
    text = comment.plan(
        proposed(
            update("writer/blog", MODEL),
            update("research/default", field("context.depth", 1, 2)),
            cases.DELETE,
            edited,
            replace(edited, wanted=cases.wanted("support/tier2")),
            held=(HELD_TOO,),
            keys=("writer/blog", "writer/tweet", "support/tier1"),
        )
    )
    order = ["### Needs care", "### What this pull request changes (1)", "Already on main", "<b>Drift:"]
    assert [text.index(title) for title in order] == sorted(text.index(title) for title in order)
    care, ours, before, drift = (section_of(text, title) for title in order)
    assert "writer/tweet" in care
    assert "support/tier1" in care
    assert "writer/blog</code> <b>was edited in Studio after git, and is left as it is" in care
    assert "writer/blog" in ours
    assert "research/default" in before
    assert "support/tier2" in drift


def test_nobody_asked_what_it_is_about() -> None:
    """Without a base commit all is one list, after what needs care."""
    text = comment.plan(plan(update("writer/blog", MODEL), cases.EDITED))
    assert "### Needs care" in text
    assert "### What changes (1)" in text
    assert "Already on main" not in text
    assert "<b>Drift" not in text


def test_a_shared_prompt_is_one_change() -> None:
    """120 assistants with one prompt: ten names, one difference, and all of them in a fold of their own."""
    text = comment.plan(PLANS["shared-prompt"])
    assert text.count("```diff") == 1
    assert "<code>support/agent-010</code> and 110 more <b>change</b>" in text
    assert "<details><summary>All 120, each with its manifest</summary>" in text
    assert text.count("assistants/support/agent-") == len(SHARED_BY_ALL)


def test_nothing_live_is_said_without_a_server() -> None:
    """Where no server was asked there is no version, nothing live, no merge, and it says what it is."""
    made = offline(proposed(cases.CREATE, cases.ACTIVATE, cases.DELETE, *cases.EQUAL, keys=("writer/blog",)))
    for text in (comment.plan(made), comment.summary(made)):
        assert "Compared with the base commit only. No server was asked" in text
        assert not re.search(r"version \d|is live now|[Mm]erging|12 versions|thread", text)


def test_settings_that_were_not_used_are_in_the_headline() -> None:
    """That the settings of the pull request were not used is said before anything else, and once."""
    text = comment.plan(PLANS["settings"])
    assert text.split("\n\n")[2].startswith("> [!WARNING]\n> This changes reconciler.yaml")
    assert text.count("This changes reconciler.yaml") == 1
    assert "### Notes" not in text


def test_what_lets_a_guard_pass() -> None:
    """Both ways on GitHub, with the words to write: a commit's trailer, and the field of the workflow."""
    guard = Guard(guard="protected", verdict="blocked", message="m", allow="--allow-delete a/b --allow-delete 'c d'")
    [item] = told.told(plan(guards=(guard,)), plain.MERGING).care
    assert [line for line in item.hint.split("\n") if line.startswith("  ")] == [
        "  Reconciler-Allow: delete a/b",
        "  Reconciler-Allow: delete c d",
        "  a/b c d",
    ]
    [item] = told.told(
        plan(guards=(replace(guard, allow="--allow max_deletes", guard="max_deletes"),)), plain.MERGING
    ).care
    assert "  Reconciler-Allow: max_deletes\n" in item.hint


def test_a_blocked_plan_says_so_first() -> None:
    """A guard's verdict stands in the title, and an allowed one is shown with who allowed it."""
    text = comment.plan(PLANS["blocked-deletion"])
    assert text.split("\n\n")[1] == "## Deployment `staging`: blocked, merging this would write nothing"
    assert "takes effect" not in text
    assert "allowed by trailer of 4be1c07a1b2c" in comment.plan(PLANS["already-on-main"])


def test_deletions_of_others_are_said_to_be() -> None:
    """A deletion that is on main already needs care as well, and is not held against the pull request."""
    text = comment.plan(proposed(cases.DELETE, keys=("writer/blog",)))
    assert "It is not from this pull request: main says so already." in section_of(text, "### Needs care")
    assert isinstance(cases.DELETE, Delete)


@pytest.mark.parametrize("name", FAILED)
def test_failures(name: str) -> None:
    """Where there is no plan, the first line is still that of the deployment, and nobody is told that all is well."""
    text = comment.failed(*FAILED[name])
    assert text.startswith(hidden.first_line("plan", *FAILED[name][:2]))
    assert "no plan could be made" in text
    assert "no changes" not in text.lower()
