"""What YAML means here: 1.2 core, JSON values, and the place of each."""

from __future__ import annotations

import json
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.json import Json, canonical, loads
from reconciler.repo.yaml import load


def value(text: str) -> Json:
    document = load(text.encode(), "x.yaml")
    assert document.errors == []
    return document.value


@pytest.mark.parametrize(
    "text",
    ["no", "on", "y", "Off", "12:30:45", "2024-01-01", "1_000", "0b11", "0o8", "1e", ".", "+.5.", "=", "nUll"],
)
def test_what_only_yaml_1_1_resolves_is_text(text: str) -> None:
    """`no`, times, dates and the like are strings."""
    assert value(f"a: {text}") == {"a": text}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("~", None),
        ("NULL", None),
        ("True", True),
        ("FALSE", False),
        ("010", 10),
        ("+7", 7),
        ("-0", 0),
        ("0x1F", 31),
        ("0o17", 15),
        ("-0.0", 0),
        ("1.0", 1),
        ("1e3", 1000),
        (".5", 0.5),
        ("5.", 5),
        ("-2.5E-1", -0.25),
        ("9007199254740992", 2**53),
        ("'5'", "5"),
        ('"true"', "true"),
        ('! "5"', "5"),
        ("|-\n  5", "5"),
    ],
)
def test_core_scalars(text: str, expected: Json) -> None:
    """Numbers, booleans and null are those of YAML 1.2 core; whole floats are whole numbers."""
    got = value(f"a: {text}")
    assert canonical(got) == canonical({"a": expected})


# What may stand in YAML unescaped; JSON escapes the rest, but for these.
TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0\x7f\x85\u2028\u2029\ufeff\ufffe\uffff").filter(
        lambda c: not "\x80" <= c <= "\x9f"
    ),
    max_size=12,
).filter(lambda text: "\\u0000" not in text and text != "__proto__")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(JSON)
def test_what_is_written_as_json_comes_back(wanted: Json) -> None:
    """JSON is YAML: whatever JSON can hold is read as the value that reading it as JSON gives."""
    text = json.dumps({"value": wanted}, ensure_ascii=False)
    assert canonical(value(text)) == canonical(loads(text))


LINES = st.lists(TEXT.map(lambda text: "".join(c for c in text if c.isprintable())), min_size=1, max_size=4)


@settings(max_examples=200, deadline=None)
@given(LINES)
def test_a_block_of_lines_is_those_lines(lines: list[str]) -> None:
    """A prompt in a literal block is its lines, whatever brackets, colons or quotes they hold."""
    text = "\n".join(f"  .{line}" for line in lines)
    assert value(f"prompt: |\n{text}\n") == {"prompt": "".join(f".{line}\n" for line in lines)}


def test_a_100_000_deep_bracket_is_refused_at_once() -> None:
    """libyaml's composer would overflow the stack on it; it is stopped at the first level too deep."""
    start = time.monotonic()
    for opener in (b"[", b"{a: ", b"- ", b"? "):
        document = load(opener * 100_000, "x.yaml")
        assert [e.code for e in document.errors] == ["yaml-depth"]
    assert time.monotonic() - start < 2


def test_depth_of_exactly_100_is_read() -> None:
    """The limit is a hundred levels, the file's own mapping included."""
    assert load(b"a: " + b"[" * 99 + b"]" * 99, "x.yaml").errors == []
    assert [e.code for e in load(b"a: " + b"[" * 100 + b"]" * 100, "x.yaml").errors] == ["yaml-depth"]


def test_brackets_in_a_text_are_no_depth() -> None:
    """A prompt may hold any number of brackets."""
    assert value("a: |\n  " + "[" * 5000 + "\n") == {"a": "[" * 5000 + "\n"}


def test_an_alias_is_its_value() -> None:
    """Aliases are allowed, and expanded."""
    assert value("a: &x [1]\nb: *x") == {"a": [1], "b": [1]}


def test_an_alias_bomb_is_refused_quickly() -> None:
    """A file of a few hundred bytes does not expand to millions of values."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 20)]
    start = time.monotonic()
    assert [e.code for e in load("\n".join(lines).encode(), "x.yaml").errors] == ["yaml-alias"]
    assert time.monotonic() - start < 2


def test_a_circle_through_two_values_is_told_as_one() -> None:
    """A value that holds itself, not directly, is named as such."""
    errors = load(b"a: &x\n  b: [{c: *x}]\n", "x.yaml").errors
    assert [(e.code, "holds itself" in e.message) for e in errors] == [("yaml-alias", True)]


def test_places_of_values_and_names() -> None:
    """A field is found by its path; what is not there, at the nearest field above it."""
    document = load("a: 1\nüb:\n  - x\n  - {c: 'y'}\n".encode(), "x.yaml")
    assert document.where(("a",)) == ("x.yaml", 1, 4)
    assert document.where(("üb", 1, "c")) == ("x.yaml", 4, 9)
    assert document.where(("üb", 1, "c"), name=True) == ("x.yaml", 4, 6)
    assert document.where(("üb", 1, "missing")) == ("x.yaml", 4, 5)
    assert document.where(("missing",)) == ("x.yaml", 1, 1)


def test_a_byte_order_mark_is_no_content() -> None:
    """A BOM at the start of a YAML file is allowed, as YAML says."""
    assert load(b"\xef\xbb\xbfa: 1", "x.yaml").value == {"a": 1}


@pytest.mark.parametrize("code", [code for code in range(0x80) if not 0x20 <= code < 0x7F])
def test_no_control_character_stands_in_a_file(code: int) -> None:
    """Of ASCII's only the tab and the ends of lines."""
    errors = load(b"a: x" + bytes([code]) + b"\n", "a.yaml").errors
    assert [error.code for error in errors] == ([] if chr(code) in "\t\n\r" else ["yaml-control"])


def test_a_tag_of_manifests_is_unknown_elsewhere() -> None:
    """`!file` means something in manifests only."""
    assert [e.code for e in load(b"owner: !file x", "reconciler.yaml").errors] == ["yaml-tag"]


def test_lone_carriage_returns_count_as_lines() -> None:
    """Line numbers agree with libyaml's for every line end."""
    assert [(e.line, e.column) for e in load(b"a: 1\rb: 2\r\nc: \xff", "x.yaml").errors] == [(3, 4)]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_the_parsers_own_words_are_never_shown(data: st.DataObject) -> None:
    """A manifest with characters put in or taken out, wherever that breaks it: the message is for people."""
    text = list('graph_id: writer\nname: "T"\ncontext:\n  a: [x, y]\n  b: {c: d}\n  e: |\n    t\n  g: &x 1\n  h: *x\n')
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(text) - 1))
        text[place : place + data.draw(st.integers(0, 1))] = data.draw(
            st.text("[]{}:-,&*!|>\"'%@`#?\t \n<\\", max_size=1)
        )
    for error in load("".join(text).encode(), "a.yaml").errors:
        assert not re.search(r"did not find|could not|expected|token|found|context|node", error.message), error.message
