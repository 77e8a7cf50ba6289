"""Diagnostics: what says the same of several assistants is said once, and nothing is named twice."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from reconciler.model.diagnostic import Diagnostic
from reconciler.render import json, markdown, text
from reconciler.render.notes import joined
from tests.render.cases import ADOPTED, NO_MANIFEST, REFUSED, UNKNOWN_BASE, WARNING, plan
from tests.render.one_text import one_text
from tests.render.strategies import diagnostics


def test_equal_notes_are_one() -> None:
    """Four assistants with one reason: one note that names them."""
    (found,) = joined(UNKNOWN_BASE)
    assert found.message == (
        "4 assistants (`support/returns`, `support/tier1`, `support/tier2`, `support/tier3`): "
        "this clone does not have commit 9c1f2ab; judged by what was last written"
    )
    assert found.path is None


def test_a_place_that_is_one_is_kept() -> None:
    """A prompt that several assistants take is named; of several places in one file, the file."""
    at = [replace(WARNING, key=key, path="assistants/prompts/a.md", line=3, column=1) for key in ("one", "two")]
    said = one_text(text.plan(plan(diagnostics=tuple(at))))
    assert "warning: 2 assistants (`one`, `two`): " in " ".join(said.split())
    assert "assistants/prompts/a.md:3:1: warning: 2" in said
    (found,) = joined([at[0], replace(at[1], line=4)])
    assert (found.path, found.line, found.column) == ("assistants/prompts/a.md", None, None)
    (found,) = joined([at[0], replace(at[1], path="assistants/b.md")])
    assert found.path is None


def test_a_sentence_stays_one() -> None:
    """What is said of one assistant is said of each."""
    (found,) = joined(NO_MANIFEST)
    assert found.message == (
        "each of 2 assistants (`writer/old`, `writer/older`) has no manifest any more; it stays until `--prune` "
        "deletes it"
    )


def test_many_are_counted() -> None:
    """After ten names the rest is a number; -v names them all."""
    many = [replace(WARNING, key=f"support/{n:03}", path=None) for n in range(120)]
    assert "`support/009` and 110 more)" in joined(many)[0].message
    shown = " ".join(one_text(text.plan(plan(diagnostics=tuple(many)), verbose=True)).split())
    assert "`support/119`)" in shown


def test_errors_and_what_differs_stay_apart() -> None:
    """Another reason, another severity, or an error, is one of its own."""
    errors = [replace(REFUSED, key=key) for key in ("a", "b")]
    assert len(joined([*errors, *UNKNOWN_BASE, *NO_MANIFEST, ADOPTED, WARNING])) == 6


def test_one_assistant_twice_is_no_group() -> None:
    """The same warning at two places of one manifest keeps both places."""
    twice = [WARNING, replace(WARNING, line=9)]
    assert joined(twice) == twice


@given(st.lists(diagnostics, max_size=6))
def test_nothing_is_lost(found: list[Diagnostic]) -> None:
    """Joining keeps every code, and never makes more of them."""
    made = joined(found)
    assert len(made) <= len(found)
    assert {one.code for one in made} == {one.code for one in found}
    assert joined(found[::-1]) == made


def test_json_has_each() -> None:
    """A program gets one diagnostic for each assistant."""
    assert one_text(json.plan(plan(diagnostics=UNKNOWN_BASE))).count('"code": "base-unknown"') == 4


def test_the_subject_is_not_said_twice() -> None:
    """A message that begins with its assistant needs no other beginning; any other gets one."""
    assert text.diagnostics(NO_MANIFEST[:1], width=200).startswith("warning: assistant `writer/old` has no manifest")
    assert "- **warning**: assistant `writer/old` has" in markdown.plan(plan(diagnostics=NO_MANIFEST[:1]))
    other = replace(NO_MANIFEST[0], message="assistant `writer/older` is another one")
    assert text.diagnostics([other], width=200).startswith("assistant writer/old: warning: assistant `writer/older`")


def test_a_pipe_gets_one_line_each() -> None:
    """Without a width nothing is broken: a tool that reads such lines finds one for each."""
    long = replace(REFUSED, message="word " * 60 + "end", hint="do " * 40 + "it")
    lines = text.diagnostics([long], width=None).splitlines()
    assert lines == [
        f"assistants/research/default.yaml:9:16: {long.message} [server-refuses]",
        f"    {long.hint}",
    ]
