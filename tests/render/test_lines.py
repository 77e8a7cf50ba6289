"""Differences of texts: complete, visible and quick."""

from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reconciler.model.change import FieldChange
from reconciler.render.detail import details
from reconciler.render.lines import line_diff, word_diff
from reconciler.render.patience import blocks
from reconciler.render.wrap import MARK, marked
from tests.render.cases import BLOG, ONE_LINE
from tests.render.strategies import texts

sequences = st.lists(st.sampled_from("abcdefg"), max_size=40)


@given(sequences, sequences)
def test_blocks_cover_both_sides(a: list[str], b: list[str]) -> None:
    """The blocks hold all of both sequences in order, and those called the same are."""
    found = blocks(a, b)
    assert [x for _, (i1, i2, _, _) in found for x in a[i1:i2]] == a
    assert [x for _, (_, _, j1, j2) in found for x in b[j1:j2]] == b
    assert all(a[i1:i2] == b[j1:j2] for same, (i1, i2, j1, j2) in found if same)
    assert all(left[0] != right[0] for left, right in pairwise(found))


@given(texts, texts)
@example("a ", "a·")
@example("a\t", "a‹TAB›")
@example("a\x1b\n", "a\\x1b\n")
@example("a\n##[b", "a\n##‹U+005B›b")
@example("é\n", "e\u0301\n")
@example("\u212b", "\u00c5")
@example("a\u200db", "ab")
def test_what_differs_never_looks_the_same(before: str, after: str) -> None:
    """Two texts that differ show at least one line that reads otherwise on the two sides."""
    (detail,) = details(FieldChange(path=("prompt",), op="replace", before=before, after=after))
    gone = [line.text for line in detail.lines if line.sign == "-"]
    new = [line.text for line in detail.lines if line.sign == "+"]
    assert (gone != new) is (before != after)


def test_only_the_neighbours_are_shown() -> None:
    """A change in the middle comes with two lines on either side and its line number."""
    shown = [line.sign + line.text for line in line_diff(BLOG, BLOG.replace("step by step", "at once"))]
    assert shown == [
        "@line 9",
        " 1. Say in two sentences what the reader will learn.",
        " 2. Show the problem with a real example.",
        "-3. Show the solution, step by step.",
        "+3. Show the solution, at once.",
        " 4. Name the limits honestly.",
        " ",
    ]


def test_what_is_new_has_no_line_number() -> None:
    """A text or a list that is new stands on no line of anything that was there."""
    assert [line.sign for line in line_diff("", "a\nb")] == ["+", "+"]
    assert [line.sign for line in line_diff("a\nb", "")] == ["-", "-"]
    tools = [f"a tool with a long name, number {n}" for n in range(9)]
    (detail,) = details(FieldChange(path=("context", "tools"), op="add", after=tools))
    assert {line.sign for line in detail.lines} == {"+"}


def test_a_list_has_no_line_numbers() -> None:
    """A list stands on no lines that anybody could look up; where some are left out there is a mark."""
    before = [f"a tool with a long name, number {n}" for n in range(20)]
    after = [name for n, name in enumerate(before) if n not in (1, 15)]
    (detail,) = details(FieldChange(path=("context", "tools"), op="replace", before=before, after=after))
    assert [line.text for line in detail.lines if line.sign == "@"] == ["…"]


def test_a_long_line_shows_the_words_that_differ() -> None:
    """One word of a long line: a short piece before, a short piece after."""
    shown = list(word_diff(ONE_LINE, ONE_LINE.replace("thirty", "sixty")))
    assert [line.sign for line in shown] == ["-", "+"]
    assert all(len(line.text) < 140 for line in shown)
    assert "thirty" in shown[0].text
    assert "sixty" in shown[1].text


def words(number: int, seed: int) -> str:
    """Prose-like text of so many characters."""
    source = random.Random(seed)
    vocabulary = ["".join(source.choices("abcdefghij", k=source.randint(2, 9))) for _ in range(600)]
    text = ""
    while len(text) < number:
        text += " ".join(source.choices(vocabulary, k=12)) + ". "
    return text


@pytest.mark.parametrize("kind", ["one word", "every tenth", "all", "repeated", "turned round"])
def test_a_long_prompt_takes_no_time(kind: str) -> None:
    """Two lines of 23,000 characters are compared in a tenth of a second, however they differ."""
    before = words(23_000, 1) if kind != "repeated" else "be brief and " * 1_800
    pieces = before.split(" ")
    after = {
        "one word": " ".join([*pieces[:900], "changed", *pieces[901:]]),
        "every tenth": " ".join("changed" if n % 10 == 0 else piece for n, piece in enumerate(pieces)),
        "all": words(23_000, 2),
        "repeated": "be kind and brief and " * 1_050,
        "turned round": " ".join(pieces[::-1]),
    }[kind]
    best = 9.9
    for _ in range(3):
        start = time.process_time()
        list(word_diff(before, after))
        best = min(best, time.process_time() - start)
    assert best < 0.1


@given(st.text(alphabet="ab漢é .", max_size=200), st.integers(20, 60))
@example("aaaaaaa漢漢  ", 20)
def test_wrapping_loses_nothing(text: str, width: int) -> None:
    """The rows of a wrapped line hold all its characters; every further row says that it goes on."""
    rows = marked("+", text, width, indent=6)
    assert all(row.startswith("      +") for row in rows)
    assert all(row[8:].startswith(MARK) for row in rows[1:])
    joined = rows[0][8:] + "".join(row[8 + len(MARK) :] for row in rows[1:])
    assert joined.replace(" ", "") == text.replace(" ", "")


def test_an_address_is_not_broken() -> None:
    """What has no blank in it stays whole, wider than the terminal if need be."""
    address = "https://staging.example.com/" + "a" * 90
    assert marked("+", f"see {address} now", 60, indent=6) == [
        "      + see",
        f"      + {MARK}{address}",
        f"      + {MARK}now",
    ]
