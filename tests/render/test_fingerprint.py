"""The hidden lines: what a comment said of each assistant, and by what it is found again."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from reconciler.model.json import loads
from reconciler.model.plan import Plan
from reconciler.render import comment, fingerprint, hidden, json
from tests.render import cases
from tests.render.cases import MODEL, field, plan, update
from tests.render.comment_cases import HELD_TOO, SHARED_BY_ALL, many, proposed
from tests.render.one_text import one_text
from tests.render.strategies import FEW, maybe, plans, texts

RIGHT = '<!-- reconciler:seen {"format":1,"of":{"writer/blog":"update:0123456789ab"},"more":0} -->'


def seen(made: Plan) -> dict[str, str]:
    """What the line of a plan says of each assistant."""
    found = fingerprint.read(fingerprint.of(made))
    assert found is not None
    return found["of"]  # type: ignore[return-value]  # as its test says


@FEW
@given(plans)
def test_any_plan(any_plan: Plan) -> None:
    """What is written is read back, is ASCII, and ends no comment before its end."""
    line = fingerprint.of(any_plan)
    assert line.isascii()
    assert re.fullmatch(r"<!-- ((?!--|[<>&@#\n]).)* -->", line)
    assert seen(any_plan) == fingerprint.prints(loads(one_text(json.plan(any_plan))))  # type: ignore[arg-type]  # an object


def test_the_same_change_has_the_same_print() -> None:
    """The print hangs on what is done to which fields, and neither on versions nor on the commit."""
    one, same = update("a", MODEL, version=3), update("a", MODEL, version=9)
    assert seen(plan(one)) == seen(plan(same, commit="another"))
    assert seen(plan(one)) != seen(plan(update("a", field("context.model_name", "openai", "other"))))
    assert seen(plan(replace(HELD_TOO.change, fields=one.fields))).popitem()[1].startswith("update:")
    assert seen(plan(held=(HELD_TOO,))).popitem()[1].startswith("held:")
    assert seen(plan(refused=(cases.REFUSED,))).popitem()[1].startswith("refused:")


def test_it_is_never_too_long() -> None:
    """Past its length the pull request's own come first, and the others are counted."""
    others = many(2_000, 10)
    line = fingerprint.of(proposed(*others, *SHARED_BY_ALL[:3], keys=tuple(c.wanted.key for c in SHARED_BY_ALL[:3])))
    assert len(line) <= fingerprint.LONGEST
    found = fingerprint.read(line)
    assert found is not None
    assert {change.wanted.key for change in SHARED_BY_ALL[:3]} < set(found["of"])  # type: ignore[arg-type]  # an object
    assert len(found["of"]) + found["more"] == 2_003  # type: ignore[arg-type, operator]  # an object, a number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no line at all",
        f"{RIGHT}\nsomething after it",
        f"{RIGHT} and more",
        f" x {RIGHT}",
        RIGHT.replace('"format":1', '"format":2'),
        RIGHT.replace('"format":1', '"format":true'),
        RIGHT.replace('"more":0', '"more":-1'),
        RIGHT.replace('"more":0', '"more":false'),
        RIGHT.replace('"more":0', '"more":0.0'),
        RIGHT.replace('"more":0', '"more":0,"more":0'),
        RIGHT.replace('"more":0', '"more":0,"extra":0'),
        RIGHT.replace("update:", "rewrite:"),
        RIGHT.replace("0123456789ab", "0123456789ab\\n"),
        RIGHT.replace('"update:0123456789ab"', "[]"),
        RIGHT.replace('{"writer/blog":"update:0123456789ab"}', "[]"),
        RIGHT.replace("{", "").replace("}", ""),
        f"<!-- reconciler:seen {'[' * 5_900} -->",
        f"<!-- reconciler:seen {'9' * 5_900} -->",
        RIGHT.replace('"more":0', f'"more":{"1" * 5_000}'),
        RIGHT.replace("writer/blog", "x" * 6_000),
    ],
)
def test_what_is_not_right_is_not_read(text: str) -> None:
    """A line that is not whole, or says anything else, says nothing."""
    assert fingerprint.read(RIGHT) is not None
    assert fingerprint.read(text) is None


@FEW
@given(texts | st.text())
def test_any_text_is_read(text: str) -> None:
    """Whatever somebody writes there, reading it only says None."""
    fingerprint.read(f"<!-- reconciler:seen {text} -->")
    fingerprint.read(text)


def test_it_is_found_under_what_github_makes_of_line_ends() -> None:
    """A body that comes back with the line ends of Windows is read."""
    text = comment.plan(plan(update("a", MODEL))).replace("\n", "\r\n")
    assert fingerprint.read(text) is not None
    assert hidden.begins(text, hidden.first_line("plan", cases.OWNER, "staging"))


@FEW
@given(st.tuples(maybe, maybe), st.tuples(maybe, maybe))
def test_each_name_has_its_own_first_line(
    one: tuple[str | None, str | None], other: tuple[str | None, str | None]
) -> None:
    """Two deployments never share the line, and no name ends it."""
    first, second = hidden.first_line("plan", *one), hidden.first_line("plan", *other)
    same = [name or "" for name in one] == [name or "" for name in other]
    assert (first == second) is same
    assert re.fullmatch(r"<!-- reconciler:plan owner=[\w.%;-]* deployment=[\w.%;-]* -->", first)


def test_it_counts_as_a_first_line_only() -> None:
    """Somebody who quotes the line does not make a comment of ours."""
    line = hidden.first_line("answer", "acme", None)
    assert line == "<!-- reconciler:answer owner=acme deployment= -->"
    assert hidden.begins(f"{line}\ntext", line)
    assert not hidden.begins(f"> {line}", line)
    assert not hidden.begins(f"text\n{line}", line)
    assert not hidden.begins(f"{line} text", line)
