"""What `try` prints: on a terminal, in Markdown, and as the document that is published."""

from __future__ import annotations

from collections.abc import Callable

import jsonschema
import pytest
from hypothesis import given
from msgspec.structs import replace

from reconciler.model.json import loads
from reconciler.model.trial import Erred, NotRun, Tried, Unknown, Verdict
from reconciler.render import try_json, try_markdown, try_text, try_words
from reconciler.render.escape import terminal
from reconciler.render.schema import schema
from reconciler.render.trials import shown as shown_trial
from reconciler.render.wrap import cells
from tests.render.conftest import TRY as GOLDEN
from tests.render.strategies import FEW, tries
from tests.render.test_comment import check
from tests.render.test_text import STEERS
from tests.render.tried_cases import GREETS, LIMITS, NEW, OLD, TRIED, answered, found, trial

FORMS = {"txt": try_text, "md": try_markdown, "json": try_json}
CASES = {name.replace("tried", "try", 1): tried for name, (_, tried) in TRIED.items()}
SHOWN = ("try", "try-failed", "try-calls", "try-off")


@pytest.mark.parametrize("ending", FORMS)
@pytest.mark.parametrize("name", SHOWN)
def test_golden(name: str, ending: str, golden_try: Callable[[str, str], None]) -> None:
    """In each form it is as the golden file shows it."""
    golden_try(f"{name}.{ending}", FORMS[ending].tried(CASES[name]))


def test_no_golden_file_is_left_over() -> None:
    """Each golden file belongs to a case."""
    assert {path.name for path in GOLDEN.iterdir()} == {f"{name}.{ending}" for name in SHOWN for ending in FORMS}


@FEW
@given(tries)
def test_any_text(tried: Tried) -> None:
    """Nothing steers a terminal, whatever is answered, and every verdict is counted in the last line."""
    for verbose in (False, True):
        shown = try_text.tried(tried, verbose=verbose)
        assert not STEERS.search(shown)
        assert not any(line.lstrip().startswith("::") for line in shown.splitlines())
    assert try_words.summary(tried).startswith(("1 try", f"{len(tried.trials)} tries"))


@FEW
@given(tries)
def test_any_markdown(tried: Tried) -> None:
    """Nothing of others links, pings, formats or hides, and it fits."""
    made = try_markdown.tried(tried)
    assert len(made) <= 65_536
    check(made)
    made = try_markdown.tried(tried, limit=4_000)
    check(made)


@FEW
@given(tries)
def test_any_document(tried: Tried) -> None:
    """It is what the published schema says, and steers no terminal."""
    made = try_json.tried(tried)
    jsonschema.Draft202012Validator(schema("try")).validate(loads(made))
    assert not STEERS.search(made)


def test_long_answers_are_cut_on_a_terminal_and_not_with_verbose() -> None:
    """The first lines, and how many more there are; so is what differs."""
    old, new = ("".join(f"line {n} {word}\n" for n in range(40)) for word in ("old", "new"))
    tried = found(trial("a", GREETS, answered(new), answered(old)))
    shown = try_text.tried(tried)
    assert "… 28 more lines" in shown
    assert "- line 38 old" in shown
    assert "… 41 more lines" in shown
    assert "line 39 new" not in shown
    assert try_text.tried(tried, verbose=True).count("line 39 new") == 2


def test_long_lines_that_differ_are_cut_on_a_terminal() -> None:
    """Two answers of endless lines fill no screens."""
    old, new = (f"{word * 50_000}\nsecond" for word in ("old", "new"))
    tried = found(trial("a", GREETS, answered(new), answered(old)))
    assert len(try_text.tried(tried)) < 20_000
    assert len(try_text.tried(tried, verbose=True)) > 300_000


def test_what_stays_on_the_server_is_said_of_an_answer() -> None:
    """As of a run whose end is not known."""
    one = trial("a", GREETS, answered(NEW, left="the run r on thread t"), answered(OLD, left="the run s on thread u"))
    for shown in (try_text.tried(found(one)), try_markdown.tried(found(one))):
        said = " ".join(shown.replace("`", "").split())
        assert "answered in 1.2 s; on the server may still be the run r on thread t" in said
        assert "on the server may still be the run s on thread u" in said


def test_a_question_beside_a_message() -> None:
    """Where a message answers, and the graph asks as well, both are shown."""
    shown = try_text.tried(found(trial("a", GREETS, answered("One moment.", asks="Sure?\nReally?", stopped=True))))
    assert "the answer, in 1.2 s; the graph asks this itself, and waits:\n        One moment.\n" in shown
    assert "        asks: Sure?\n        Really?\n" in shown


def test_nothing_is_said_twice() -> None:
    """What the verdict says, or an answer that there is not, stands once."""
    ends: tuple[Unknown | NotRun, ...] = (Unknown(why="it was lost", left="the run r"), NotRun(why="the time is over"))
    end: Unknown | NotRun
    for end in ends:
        shown = " ".join(try_text.tried(found(trial("a", GREETS, end, end))).split())
        assert shown.count(end.why) == 1
        assert "no answer before no answer after" in shown
    failed = " ".join(
        try_text.tried(found(trial("a", GREETS, Erred(error="E", message="words"), answered("x")))).split()
    )
    assert failed.count("the run ended with") == 1
    assert "no answer after: E: words" in failed


def test_what_did_not_begin_says_why() -> None:
    """In the line of the verdict, shortened; all of it below."""
    refused = Erred(error="unknown node", message="no node `tols`" + "!" * 400, started=False)
    one = shown_trial(trial("a", GREETS, refused))
    assert one.said.startswith("failed: nothing ran: `unknown node`: no node `tols`!")
    assert one.said.endswith("!…")
    assert one.sides[0].text == f"unknown node: {refused.message}"


def test_a_long_line_is_cut_on_a_terminal_and_not_with_verbose() -> None:
    """An answer of one paragraph has no lines to leave out: it fills no screens all the same."""
    tried = found(trial("a", GREETS, answered("word " * 2_000)))
    shown = " ".join(try_text.tried(tried).replace("↳", "").split())
    assert shown.count("word") == 400
    assert "… 8,000 more characters" in shown
    assert try_text.tried(tried, verbose=True).count("word") == 2_000


def test_the_width_is_kept() -> None:
    """Eighty columns, and forty."""
    for width in (80, 40):
        for name in SHOWN:
            lines = try_text.tried(CASES[name], width=width).splitlines()
            assert [line for line in lines if cells(line) > width and " " in line.strip()[: width - 10]] == []


def test_one_line_answers_have_no_diff() -> None:
    """Both are shown, and that is enough; nor have equal ones."""
    assert "what differs" not in try_text.tried(found(trial("a", GREETS, answered("new"), answered("old"))))
    assert "what differs" not in try_text.tried(found(trial("a", GREETS, answered(OLD), answered(OLD))))
    assert "what differs" in try_text.tried(found(trial("a", GREETS, answered(OLD), answered(NEW))))


def test_a_long_comment_says_what_was_cut() -> None:
    """Answers first; who failed stays."""
    long = answered("word " * 30_000)
    tried = found(*(trial(f"k{n}", LIMITS, long, long, "does not contain `Limits:`") for n in range(20)))
    made = try_markdown.tried(tried)
    assert len(made) <= 65_536
    assert made.count("does not contain") == 20
    assert "`reconciler try` shows all" in made


def test_who_was_not_tried() -> None:
    """Equal reasons once, with all names; a long list is cut."""
    tried = found(alike=dict.fromkeys("abc", ("d", "e")), untried={"x": "why", "y": "why", "z": "other"})
    assert try_words.left_out(tried) == [
        "`d`, `e` have the same change, so they were not tried: `a`, `b`, `c` stand for them",
        "Not tried: `x`, `y`: why",
        "Not tried: `z`: other",
    ]
    assert "and 5 more" in try_words.left_out(found(untried={f"k{n:02}": "why" for n in range(25)}))[0]


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_is_counted(verdict: Verdict) -> None:
    """The last line leaves none out."""
    ends = {
        Verdict.FAILED: Erred(error="E", message=""),
        Verdict.UNKNOWN: Unknown(why=""),
        Verdict.NOT_RUN: NotRun(why=""),
    }
    one = trial("a", GREETS if verdict is Verdict.SHOWN else LIMITS, ends.get(verdict, answered(NEW)))
    assert one.verdict is verdict
    assert try_words.summary(found(one, one)).startswith("2 tries: 2 ")


def test_it_says_that_it_was_real() -> None:
    """Wherever something ran, and nowhere else."""
    for name, tried in CASES.items():
        shown = " ".join(try_text.tried(tried).split())
        assert (try_words.REAL in shown) is bool(tried.trials), name


def test_the_commit_that_it_is_compared_with() -> None:
    """In place of what is live."""
    tried = replace(CASES["try"], against="a" * 40)
    assert f"before is commit {'a' * 12}," in try_text.tried(tried)
    assert terminal(try_words.compared(replace(tried, against="live"))).startswith("before is what is live now")
