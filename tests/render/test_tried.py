"""What was tried of a plan, wherever the plan is shown: in sight how it went, folded what was answered."""

from __future__ import annotations

from collections.abc import Callable

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from reconciler.model.change import key_of
from reconciler.model.json import loads
from reconciler.model.plan import Plan
from reconciler.model.trial import Erred, Tried
from reconciler.render import comment, json, markdown, page, text
from reconciler.render.escape import terminal
from reconciler.render.schema import schema
from reconciler.render.shorten import SUMMARY_LIMIT, in_bytes
from reconciler.render.trials import REAL, shown
from tests.render import test_markdown, test_page, test_text
from tests.render.cases import HOSTILE_TEXT, MODEL, update
from tests.render.comment_cases import ONE_PROMPT, many, proposed
from tests.render.conftest import TRIED as GOLDEN
from tests.render.one_text import one_text
from tests.render.strategies import FEW, plans, tries
from tests.render.test_comment import body_of, check
from tests.render.tried_cases import GREETS, LIMITS, STAYS, TRIED, answered, found, trial, tried_by_others

FORMS = {"txt": text, "md": markdown, "json": json}
SHOWN = ("tried", "tried-failed", "tried-calls", "tried-alone")


@st.composite
def both(draw: st.DrawFn) -> tuple[Plan, Tried]:
    """A plan and what was tried, of some of its own assistants."""
    plan, tried = draw(plans), draw(tries)
    names = [change.wanted.key for change in plan.changes if hasattr(change, "wanted")]
    if names:
        tried = replace(tried, trials=tuple(replace(one, key=draw(st.sampled_from(names))) for one in tried.trials))
    return replace(plan, proposed=draw(st.none() | st.just(frozenset(names)))), tried


@FEW
@given(both())
def test_any_comment(given_both: tuple[Plan, Tried]) -> None:
    """Nothing of an answer, an input, an error or a name links, pings, hides or closes anything, and it all fits."""
    plan, tried = given_both
    made = comment.plan(plan, tried=tried)
    assert len(made) <= comment.LIMIT
    check(body_of(made))
    check(comment.summary(plan, tried=tried))
    made = comment.plan(plan, tried=tried, limit=12_000)
    assert len(made) <= 12_000
    check(body_of(made))


@FEW
@given(both())
def test_anywhere_else(given_both: tuple[Plan, Tried]) -> None:
    """Nor on the page, in Markdown, on a terminal, or in the document."""
    plan, tried = given_both
    test_page.check(page.plan(plan, tried=tried))
    test_markdown.check(markdown.plan(plan, tried=tried))
    assert not test_text.STEERS.search(one_text(text.plan(plan, tried=tried)))
    jsonschema.validate(loads(one_text(json.plan(plan, tried=tried))), schema())


@pytest.mark.parametrize("ending", FORMS)
@pytest.mark.parametrize("name", SHOWN)
def test_golden(name: str, ending: str, golden_tried: Callable[[str, str], None]) -> None:
    """On a terminal, in Markdown and in the document it is as the golden file shows it."""
    plan, tried = TRIED[name]
    golden_tried(f"{name}.{ending}", one_text(FORMS[ending].plan(plan, tried=tried)))


def test_no_golden_file_is_left_over() -> None:
    """Each golden file belongs to a case."""
    assert {path.name for path in GOLDEN.iterdir()} == {f"{name}.{ending}" for name in SHOWN for ending in FORMS}


@pytest.mark.parametrize("name", TRIED)
def test_cases(name: str) -> None:
    """The golden comments are sound, and so are the pages."""
    plan, tried = TRIED[name]
    check(body_of(comment.plan(plan, tried=tried)))
    test_page.check(page.plan(plan, tried=tried))
    test_text.check(one_text(text.plan(plan, tried=tried)), plan)


def test_everything_is_in_sight_of_the_page() -> None:
    """Both answers, what was asked, the notes, what failed and that it was a real run: whole, however long."""
    long = "".join(f"Line {number} of an answer.\n" for number in range(9_000))
    one = trial("writer/blog", LIMITS, answered(long), answered("Before."), "does not contain `x`", notes=("a note",))
    shown_text = "".join(test_page.check(page.plan(TRIED["tried"][0], tried=found(one))).texts)
    for said in (
        "Line 0 of an answer.",
        "Line 8999 of an answer.",
        "Before.",
        "Write about our new importer.",
        "A note.",
    ):
        assert said in shown_text
    assert "does not contain x" in shown_text
    assert REAL in shown_text
    assert "and the try fails" in shown_text


def test_answers_are_cut_before_anything_else() -> None:
    """Where not all fits, answers go first, and the verdicts and each difference stay whole; it is said."""
    answers = tuple(
        trial(
            "writer/blog",
            replace(LIMITS, name=f"try {n}"),
            answered(f"{n} " + "long " * 3_000),
            answered("old " * 3_000),
        )
        for n in range(20)
    )
    made = comment.plan(TRIED["tried"][0], tried=found(*answers))
    check(body_of(made))
    assert len(made) <= comment.LIMIT
    assert "Shortened to fit: answers are cut. The whole is in the job summary and on the page" in made
    assert made.count("more characters") == 40
    assert "+ Length: between 600 and 900 words." in made
    assert all(f"- Try `try {n}`: passed in 1.2 s" in made for n in range(20))


def test_answers_are_left_out_before_a_difference_is_cut() -> None:
    """A comment that is full without answers has none, but says how each try went."""
    mine = many(12, 4_000)
    keys = tuple(map(key_of, mine))
    tried = found(*(trial(key, LIMITS, answered("An answer.\n" * 300)) for key in keys))
    without = comment.plan(proposed(*mine, keys=keys))
    assert "Shortened" not in without
    tried = replace(tried, trials=tuple(replace(one, notes=(STAYS,)) for one in tried.trials))
    made = comment.plan(proposed(*mine, keys=keys), tried=tried)
    check(body_of(made))
    assert "Shortened to fit: answers are left out. The whole is" in made
    assert made.count("passed in 1.2 s. Its field `tone`, which the manifest no longer has, stays in this run.") == 12
    assert made.count("Try `names the limits`: passed") == 12
    assert made.count("```diff") == 12
    assert "An answer." not in made


def test_the_summary_holds_more() -> None:
    """What a comment cuts of the answers is whole in the summary of the run."""
    tried = found(trial("writer/blog", LIMITS, answered("word " * 20_000), answered("old " * 20_000)))
    plan = TRIED["tried"][0]
    assert "answers are cut" in comment.plan(plan, tried=tried)
    made = comment.summary(plan, tried=tried)
    assert "Shortened" not in made
    huge = found(*(trial("writer/blog", LIMITS, answered("漢字 " * 200_000)) for _ in range(20)))
    made = comment.summary(plan, tried=huge)
    check(made)
    assert in_bytes(made) <= SUMMARY_LIMIT


def test_a_failure_is_said_before_anything_is_opened() -> None:
    """In the title, in the alert with whose and why, and in the bullet under its change; passing says neither."""
    made = comment.plan(*TRIED["tried-failed"][:1], tried=TRIED["tried-failed"][1])
    title, alert = made.split("\n\n")[1:3]
    assert title.endswith("changes 2 assistants, and 2 of 3 tries fail")
    assert alert.startswith("> [!CAUTION]\n> What was tried does not answer as expected, which makes the check red:")
    assert "`writer/blog`, try `names the limits`: failed: does not contain `Limits:`" in alert
    assert "how it ended is not known" in alert
    assert "- Try `names the limits`: **failed:** does not contain" in made
    passed = comment.plan(*TRIED["tried"][:1], tried=TRIED["tried"][1])
    assert "CAUTION" not in passed
    assert "tries fail" not in passed


def test_an_end_that_is_not_known_is_no_failure() -> None:
    """It is said as what it is, in the title too."""
    one = TRIED["tried-failed"][1].trials[2]
    made = comment.plan(proposed(update("writer/tweet", MODEL), keys=("writer/tweet",)), tried=found(one))
    assert "and how the try ended is not known" in made
    assert "What came of the tries is not all known" in made
    assert "does not answer as expected" not in made


def test_each_try_stands_once() -> None:
    """Under the change of its assistant, wherever that is told; else in a part of its own."""
    held = TRIED["tried-equal"]
    made = comment.plan(held[0], tried=held[1])
    assert made.count("<b>The answer before and the answer after</b>") == 3
    alone = comment.plan(TRIED["tried-alone"][0], tried=TRIED["tried-alone"][1])
    assert "### Tried, and not changed (1)" in alone
    assert "### Tried" not in made


def test_who_was_not_tried_is_named() -> None:
    """Those with the same change, and those past a limit, each with why; many by their number."""
    made = comment.plan(TRIED["tried-equal"][0], tried=TRIED["tried-equal"][1])
    assert "9 other assistants with the same change were not tried: `support/agent-001` was, in their place." in made
    many_more = found(untried={f"a/{n}": "20 runs are the most" for n in range(30)})
    assert "Not tried: `a/0`, `a/1`, `a/2`, `a/3`, `a/4` and 25 more: 20 runs are the most." in comment.plan(
        proposed(), tried=many_more
    )


@pytest.mark.parametrize(
    "more",
    [
        {"untried": {f"a/{n}": f"graph `g{n}` has no node `{'x' * 500}` on this server" for n in range(300)}},
        {"off": "no key " * 20_000},
    ],
    ids=lambda more: ", ".join(more),
)
def test_reasons_do_not_make_it_too_long(more: dict[str, object]) -> None:
    """A pull request may bring as many and as long ones as it likes: the first are said, the rest is counted, and what
    changes is there."""
    plan, tried = TRIED["tried"]
    for made in (
        comment.plan(plan, tried=replace(tried, **more)),  # type: ignore[arg-type]  # names and values come from the case
        markdown.plan(plan, tried=replace(tried, **more)),  # type: ignore[arg-type]  # names and values come from the case
    ):
        assert len(made) < 10_000
        assert "Shortened" not in made
        assert "+ Length: between 600 and 900 words." in made
        assert "Nor were 295 more, for other reasons" in made or "off" in more


def test_names_do_not_make_it_too_long() -> None:
    """A file that somebody made by hand may have any."""
    tried = found(untried={"k" * 30_000 + str(number): f"reason {number}" for number in range(5)})
    made = comment.plan(TRIED["tried"][0], tried=tried)
    assert len(made) <= comment.LIMIT
    check(body_of(made))


def test_nothing_is_said_where_nothing_was_tried() -> None:
    """A plan without tries reads as before; one that was switched off says why, in one line."""
    plan = TRIED["tried"][0]
    assert comment.plan(plan, tried=found()) == comment.plan(plan)
    assert one_text(text.plan(plan, tried=found())) == one_text(text.plan(plan))
    off = comment.plan(plan, tried=found(off="no key is set")).replace("Nothing was tried: no key is set.\n\n", "")
    assert off == comment.plan(plan)


def test_which_answer_is_of_what() -> None:
    """Before is what is live, or the commit that was named."""
    tried = TRIED["tried"][1]
    assert "The answer before is of what is live, the one after of what git says." in comment.plan(
        ONE_PROMPT_PLAN, tried=tried
    )
    ref = replace(tried, against="9c1f2ab4be1c07a1b2c3d4e5f60718293a4b5c6d")
    assert "The answer before is as commit `9c1f2ab4be1c` has it" in comment.plan(ONE_PROMPT_PLAN, tried=ref)


ONE_PROMPT_PLAN = proposed(ONE_PROMPT, keys=("writer/blog",))


def test_the_environment_is_at_fault() -> None:
    """Where what is live fails in the same way, that is said beside the failure."""
    error = Erred(error="RateLimitError", message="try later")
    one = shown(trial("writer/blog", GREETS, error, replace(error, message="try much later")))
    assert one.said.endswith("; what is compared with it fails in the same way")
    assert "same way" not in shown(trial("writer/blog", GREETS, error, answered("Hi."))).said


def test_planted_answers_are_shown_and_nothing_else() -> None:
    """An answer that closes its block, folds, pings or hides is there as text, whole."""
    planted = HOSTILE_TEXT + "\n<!-- reconciler:seen {} -->\n`````\n</details>"
    plan, tried = TRIED["tried"][0], tried_by_others(planted)
    made = comment.plan(plan, tried=tried)
    check(body_of(made))
    assert terminal("::add-mask::everything") in made
    test_markdown.check(markdown.plan(plan, tried=tried))
    read = test_page.check(page.plan(plan, tried=tried))
    assert "<img src=x onerror=alert(1)>" in "".join(read.texts)
    assert (
        read.elements["details"] == test_page.check(page.plan(plan, tried=tried_by_others("plain"))).elements["details"]
    )
    test_text.check(one_text(text.plan(plan, tried=tried, verbose=True)), plan)


def test_markdown_is_cut_in_the_same_order() -> None:
    """Answers first, and it says which command shows all of them."""
    tried = found(*(trial("writer/blog", LIMITS, answered("long " * 8_000)) for _ in range(5)))
    made = markdown.plan(TRIED["tried"][0], tried=tried)
    test_markdown.check(made)
    assert "Shortened to fit: answers are cut. `reconciler try` shows all of them." in made
    assert "+ Length: between 600 and 900 words." in made


def test_the_document_says_how_each_went() -> None:
    """For the job that gives the verdict: each try with its verdict, and no answer."""
    plan, tried = TRIED["tried-failed"]
    document = loads(one_text(json.plan(plan, tried=tried)))
    jsonschema.validate(document, schema())
    found_tries = document["tries"]  # type: ignore[index, call-overload]  # JSON
    assert [one["verdict"] for one in found_tries["trials"]] == ["failed", "failed", "unknown"]  # type: ignore[index, call-overload, union-attr]  # JSON
    assert "rewritten the importer" not in one_text(json.plan(plan, tried=tried))
    assert loads(one_text(json.plan(plan)))["tries"] is None  # type: ignore[index, call-overload]  # JSON
