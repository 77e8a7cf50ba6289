"""What an answer does not meet of what is expected of it, in words."""

from __future__ import annotations

import pytest

from reconciler.core.expect import judge
from reconciler.model.json import Json
from reconciler.model.output import LONGEST_TEXT
from reconciler.model.trial import Answered
from reconciler.model.tries import Expect


def answered(text: str = "", output: Json = None, *, seconds: float = 1.0, cut: bool = False) -> Answered:
    return Answered(text=text, output=output, seconds=seconds, cut=cut)


CUT = answered("a" * LONGEST_TEXT, cut=True)
"""What was said after this nobody knows."""


def test_what_is_seen_of_a_cut_answer_counts() -> None:
    """A text that is there is there; and where only the rest of the output was cut, the text is whole."""
    assert judge(Expect(contains=("aaa",)), CUT) == ()
    assert judge(Expect(not_contains=("aaa",)), CUT) == ("contains `aaa`",)
    assert judge(Expect(not_contains=("sorry",), matches=("^short$",)), answered("short", cut=True)) == ()


def test_nothing_expected() -> None:
    """No expectation, no failure, whatever the answer."""
    assert judge(Expect(), answered()) == ()


def test_all_met() -> None:
    """Texts, patterns, paths and time are each met."""
    expect = Expect(
        contains=("tent", "rain"),
        not_contains=("sorry",),
        matches=(r"^A \w+", r"(?m)^second$"),
        json_path=(("$.answer", 7), ("$.messages[-1].content", "b")),
        max_seconds=2,
    )
    output: Json = {"answer": 7, "messages": [{"content": "a"}, {"content": "b"}]}
    assert judge(expect, answered("A tent for rain\nsecond", output, seconds=2.0)) == ()


@pytest.mark.parametrize(
    ("expect", "answer", "said"),
    [
        (Expect(contains=("voucher",)), answered("money"), "does not contain `voucher`"),
        (Expect(contains=("Voucher",)), answered("voucher"), "does not contain `Voucher`"),
        (Expect(not_contains=("sorry",)), answered("so sorry"), "contains `sorry`"),
        (Expect(matches=(r"^\d+$",)), answered("a1"), r"does not match `^\d+$`"),
        (Expect(json_path=(("$.answer", "y"),)), answered(output={"answer": "x"}), "`$.answer` is `x`, not `y`"),
        (Expect(json_path=(("$.answer", "y"),)), answered(output={}), "`$.answer` finds nothing"),
        (Expect(json_path=(("$.a", 1),)), answered(output={"a": True}), "`$.a` is `true`, not `1`"),
        (Expect(json_path=(("$.a", 1),)), answered(output={"a": "1"}), '`$.a` is `"1"`, not `1`'),
        (Expect(json_path=(("$.a", None),)), answered(output={}), "`$.a` finds nothing"),
        (
            Expect(json_path=(("$[*]", 9),)),
            answered(output=[1, 2, 3, 4]),
            "`$[*]` is `1`, `2`, `3` and 1 more, not `9`",
        ),
        (
            Expect(json_path=(("$.a", 1),)),
            answered("text", cut=True),
            "`$.a` cannot be looked at: the output is too large to be kept",
        ),
        (Expect(not_contains=("sorry",)), CUT, "`sorry` cannot be looked for: the answer is too long to be kept"),
        (Expect(contains=("sorry",)), CUT, "`sorry` cannot be looked for: the answer is too long to be kept"),
        (Expect(matches=("a$",)), CUT, "`a$` cannot be looked for: the answer is too long to be kept"),
        (Expect(max_seconds=10), answered(seconds=12.34), "took 12.3 s, and 10 s are the most"),
        (Expect(max_seconds=2), answered(seconds=2.004), "took 2.004 s, and 2 s are the most"),
        (Expect(contains=("a\n`b`",)), answered(), "does not contain `a⏎'b'`"),
    ],
)
def test_one_failure(expect: Expect, answer: Answered, said: str) -> None:
    """One line says what is wrong, with the value that it is about."""
    assert judge(expect, answer) == (said,)


def test_one_of_several_found_is_enough() -> None:
    """A path that finds many values is met by one that is it."""
    expect = Expect(json_path=(("$..name", "b"),))
    assert judge(expect, answered(output={"x": [{"name": "a"}, {"name": "b"}]})) == ()


def test_each_failure_has_its_line() -> None:
    """All failures are told, in the order in which expectations are listed; a long one is cut."""
    expect = Expect(contains=("a" * 200,), not_contains=("x",), matches=("y",), max_seconds=1)
    found = judge(expect, answered("x", seconds=3))
    assert [line.split(" `")[0] for line in found] == [
        "does not contain",
        "contains",
        "does not match",
        "took 3.0 s, and 1 s are the most",
    ]
    assert len(found[0]) < 120


def test_an_odd_pattern_warns_nobody() -> None:
    """A pattern that a later Python may read otherwise is no warning in the middle of a run."""
    assert judge(Expect(matches=("[[a]",)), answered("[")) == ()
