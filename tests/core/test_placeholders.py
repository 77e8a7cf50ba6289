"""Placeholders of prompts: what is one, and which were lost or are new."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.placeholders import Moved, moved, placeholders
from tests.strategies import objects

NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,10}", fullmatch=True)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hello {name}.", ["{name}"]),
        ("Hello {{name}}.", ["{{name}}"]),
        ("Hello {{ name }} and {{\tname}}.", ["{{name}}"]),
        ("Hello {{{name}}}.", ["{{{name}}}"]),
        ("Hello ${name}.", ["${name}"]),
        ("{a}{b}{_c1}{A_B}", ["{A_B}", "{_c1}", "{a}", "{b}"]),
        ("report_{date}.md, #{number}, @{user}, {größe}", ["{date}", "{größe}", "{number}", "{user}"]),
        ("{name} twice: {name}", ["{name}"]),
    ],
)
def test_an_identifier_alone_in_braces_is_one(text: str, found: list[str]) -> None:
    """In each of the three forms, which are not the same one."""
    assert sorted(placeholders(text)) == found


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1}',
        '{"name"}',
        "{ name }",
        "{}",
        "{{}}",
        "{1}",
        "{0:>10}",
        "{a: b}",
        "{a, b}",
        "{a.b}",
        "{name!r}",
        "{two words}",
        "function f() { return x; }",
        "import { useState } from 'react'",
        "x^{n}",
        r"\frac{a}{b} and \textbf{bold}",
        "$name $(name) <name> [name] %name% {name",
    ],
)
def test_json_code_and_formulas_are_none(text: str) -> None:
    """Nothing else in braces is one, nor any other form."""
    assert placeholders(text) == {}


def test_lost_and_new_are_told_text_by_text() -> None:
    """At every depth; a list counts as one text, and what only one side has is not compared."""
    before = {"p": "{a} {b}", "deep": {"q": "${x}"}, "l": ["{one}", {"t": "{two}"}], "gone": "{g}", "same": "{s}"}
    after = {"p": "{b}\n and {c}", "deep": {"q": "{{x}}"}, "l": [{"t": "{two}"}], "new": "{n}", "same": "{s}!"}
    assert list(moved(before, after)) == [
        Moved(path=("deep", "q"), lost=("${x}",), new=("{{x}}",)),
        Moved(path=("l",), lost=("{one}",), new=()),
        Moved(path=("p",), lost=("{a}",), new=("{c}",), line=2, column=6),
    ]


@given(objects, objects)
def test_nothing_moves_between_values_without_braces(before: dict[str, object], after: dict[str, object]) -> None:
    """Whatever their shape; nor between a value and itself."""
    assert list(moved(before, after)) == []  # type: ignore[arg-type]  # JSON of this test


@given(st.lists(NAMES, max_size=5), st.lists(NAMES, max_size=5), st.sampled_from(["{%s}", "{{%s}}", "${%s}"]))
def test_lost_and_new_are_the_difference_of_two_sets(old: list[str], now: list[str], form: str) -> None:
    """However often and in whichever order they stand, and one way round is the other way back."""
    texts = [" ".join(form % name for name in names) for names in (old, now)]
    there, back = (list(moved({"p": a}, {"p": b})) for a, b in (texts, texts[::-1]))
    lost, new = ({form % n for n in set(a) - set(b)} for a, b in ((old, now), (now, old)))
    assert [(set(one.lost), set(one.new)) for one in there] == ([(lost, new)] if lost or new else [])
    assert [(one.new, one.lost) for one in back] == [(one.lost, one.new) for one in there]
