"""What an edit looks like: as a person would have made it."""

from __future__ import annotations

import difflib
from typing import Any

import pytest

from reconciler.repo.edit import CannotEdit, Remove, Set, edit
from reconciler.repo.yaml import FileTag

MANIFEST = """\
# who wrote this
graph_id: writer   # the graph
name: 'Tweet writer'
context:  # values
  # about the model
  model_name: "openai"   # quoted
  system_prompt: |   # block
    You write.

    Twice.

  tools: [a, b]  # flow
  list:
  - one # first
  # between
  - two
  nested: {a: 1, b: {c: 2}}
  deep:
    x:
      y: 1
  none:   # nothing yet
  file: !file prompts/a.md
# the end
"""


def lines(*changes: Any, text: str = MANIFEST) -> list[str]:
    """The lines that go and come, as a diff says them."""
    made = edit(text.encode(), changes).decode()
    found = difflib.unified_diff(text.splitlines(), made.splitlines(), n=0, lineterm="")
    return [line for line in found if not line.startswith(("---", "+++", "@@"))]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Set(("name",), "It's"), ["-name: 'Tweet writer'", "+name: 'It''s'"]),
        (
            Set(("context", "model_name"), "anthropic"),
            ['-  model_name: "openai"   # quoted', '+  model_name: "anthropic"   # quoted'],
        ),
        (
            Set(("context", "model_name"), 5),
            ['-  model_name: "openai"   # quoted', "+  model_name: 5   # quoted"],
        ),
        (
            Set(("context", "model_name"), {"a": [1]}),
            [
                '-  model_name: "openai"   # quoted',
                "+  model_name:   # quoted",
                "+    a:",
                "+      - 1",
            ],
        ),
        (Set(("context", "system_prompt"), "You write.\n\nOnce.\n"), ["-    Twice.", "+    Once."]),
        (
            Set(("context", "system_prompt"), FileTag("prompts/x.md")),
            [
                "-  system_prompt: |   # block",
                "-    You write.",
                "-",
                "-    Twice.",
                "+  system_prompt: !file prompts/x.md   # block",
            ],
        ),
        (
            Set(("context", "tools"), ["a", "b", "c"]),
            ["-  tools: [a, b]  # flow", "+  tools: [a, b, c]  # flow"],
        ),
        (Set(("context", "tools", 0), "c"), ["-  tools: [a, b]  # flow", "+  tools: [c, b]  # flow"]),
        (Set(("context", "tools"), ["c"]), ["-  tools: [a, b]  # flow", "+  tools: [c]  # flow"]),
        (Set(("context", "list"), ["one", "two", "three"]), ["+  - three"]),
        (Set(("context", "list"), ["two"]), ["-  - one # first"]),
        (Set(("context", "list", 1), "last"), ["-  - two", "+  - last"]),
        (
            Set(("context", "nested", "b", "c"), "x, y"),
            ["-  nested: {a: 1, b: {c: 2}}", '+  nested: {a: 1, b: {c: "x, y"}}'],
        ),
        (
            Set(("context", "nested", "d"), FileTag("prompts/x.md")),
            ["-  nested: {a: 1, b: {c: 2}}", "+  nested: {a: 1, b: {c: 2}, d: !file prompts/x.md}"],
        ),
        (Remove(("context", "nested", "a")), ["-  nested: {a: 1, b: {c: 2}}", "+  nested: {b: {c: 2}}"]),
        (Remove(("context", "nested", "b")), ["-  nested: {a: 1, b: {c: 2}}", "+  nested: {a: 1}"]),
        (Remove(("context", "deep")), ["-  deep:", "-    x:", "-      y: 1"]),
        (Remove(("context", "deep", "x", "y")), ["-    x:", "-      y: 1", "+    x: {}"]),
        (Remove(("context", "gone")), []),
        (Remove(("gone", "deeper")), []),
        (Set(("context", "none"), "x"), ["-  none:   # nothing yet", "+  none: x   # nothing yet"]),
        (
            Set(("context", "none", "a", "b"), 1),
            ["-  none:   # nothing yet", "+  none:   # nothing yet", "+    a:", "+      b: 1"][2:],
        ),
        (
            Set(("context", "file"), FileTag("prompts/b.md")),
            ["-  file: !file prompts/a.md", "+  file: !file prompts/b.md"],
        ),
        (Set(("context", "file"), FileTag("prompts/a.md")), []),
        (
            Set(("overrides", "production"), {"assistant_id": "x", "context": {"p": FileTag("prompts/a.md")}}),
            [
                "+overrides:",
                "+  production:",
                "+    assistant_id: x",
                "+    context:",
                "+      p: !file prompts/a.md",
            ],
        ),
    ],
)
def test_as_by_hand(change: Any, said: list[str]) -> None:
    """Only the lines that have to change do, and comments beside them stay."""
    assert lines(change) == said


def test_a_mapping_field_by_field() -> None:
    """What both mappings say alike keeps its layout; what only the old one says goes."""
    value = {"model_name": "openai", "tools": ["a", "b"], "new": 1}
    said = lines(Set(("context",), value))
    assert [line for line in said if line.startswith("+")] == ["+  new: 1"]
    assert '-  model_name: "openai"   # quoted' not in said


def test_several_changes() -> None:
    """They are made in their order, each on what the one before left."""
    said = lines(Set(("deployments",), ["a"]), Set(("deployments", 1), "b"), Remove(("name",)))
    assert said == ["-name: 'Tweet writer'", "+deployments:", "+  - a", "+  - b"]


@pytest.mark.parametrize(
    ("text", "change", "said"),
    [
        ("a: &x {b: 1}\nc: *x\n", Set(("a", "b"), 2), "shared"),
        ("a: &x {b: 1}\nc: *x\n", Set(("c", "b"), 2), "shared"),
        ("a: &x 1\nc: *x\n", Remove(("a",)), "without changing something else"),
        ("? [a]\n: 1\n", Set(("b",), 2), "no text"),
        ("a: 1\na: 2\n", Set(("b",), 2), "twice"),
        ("a: [\n", Set(("b",), 2), "not closed"),
        ("", Set(("b",), 2), "empty"),
        ("a: 1\n", Set(("a", "b"), 2), "neither a mapping nor a list"),
        ("a: [1]\n", Set(("a", 5), 2), "neither a mapping nor a list"),
        ("a: [1]\n", Set(("a", "x"), 2), "neither a mapping nor a list"),
        ("a: !each x\n", Set(("a", "b"), 2), "neither a mapping nor a list"),
        ("a: \x00\n", Set(("a",), 2), "not text"),
    ],
)
def test_what_cannot_be_edited(text: str, change: Any, said: str) -> None:
    """It is said with the place, and nothing is guessed."""
    with pytest.raises(CannotEdit) as refused:
        edit(text.encode(), [change])
    assert said in refused.value.message


@pytest.mark.parametrize(
    ("text", "change", "made"),
    [
        ("a: &x 1\nc: *x\n", Set(("c",), 2), "a: &x 1\nc: 2\n"),
        ("a: &x 1\nc: *x\n", Set(("d",), 2), "a: &x 1\nc: *x\nd: 2\n"),
        ('a: !template "x ${y}"\n', Set(("b",), 2), 'a: !template "x ${y}"\nb: 2\n'),
        ("a: !template {file: x}\n", Set(("a",), "z"), "a: z\n"),
        ("---\na: 1\n...\n", Set(("b",), 2), "---\na: 1\nb: 2\n...\n"),
        ("\ufeffa: 1\r\n", Set(("b",), 2), "\ufeffa: 1\r\nb: 2\r\n"),
        ("a: 1", Set(("b",), 2), "a: 1\nb: 2"),
        ("a: 1 # x", Remove(("a",)), "{} # x"),
        ("{}  # x\n", Set(("b", "c"), 2), "b: {c: 2}  # x\n"),
        ("{a: 1,}\n", Set(("b",), 2), "{a: 1, b: 2,}\n"),
        ("- a: 1\n  b: 2\n- c\n", Remove((0, "a")), "- b: 2\n- c\n"),
        ("- a: 1\n  # about b\n  b: 2\n", Remove((0, "a")), "-\n  # about b\n  b: 2\n"),
        ("- - 1\n  - 2\n", Set((0, 2), [3]), "- - 1\n  - 2\n  - - 3\n"),
        ("a: 1\nb: 2", Remove(("b",)), "a: 1"),
        ("a: |+\n  x\n\n", Set(("c",), 1), "a: |+\n  x\n\nc: 1\n"),
        ("b: 1", Set(("b",), {"c": "x\ny\n"}), 'b: {c: "x\\ny\\n"}'),
        ("b: 1", Set(("c",), "x\ny\n"), 'b: 1\nc: "x\\ny\\n"'),
        ("- [1, 2, 3, 4]\n", Set((0,), [2, 4]), "- [2, 4]\n"),
        ("a: |\n  x\nb: 1\n", Set(("a",), " \tz 😀\n"), "a: |2\n   \tz 😀\nb: 1\n"),
        ("a: >\r\n  x\r\n", Set(("a",), "y\nz"), "a: |-\r\n  y\r\n  z\r\n"),
        ("a: |\n  x\nb: |\n  y", Set(("c",), 1), "a: |\n  x\nc: 1\nb: |\n  y"),
    ],
)
def test_unusual_files(text: str, change: Any, made: str) -> None:
    """Anchors beside it, tags, document marks, a byte order mark, no newline at the end."""
    assert edit(text.encode(), [change]).decode() == made
