"""Reading JSON: two parsers, one meaning."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.json import loads, number

PIECES = st.sampled_from(
    [
        *(b'"', b"\\", b"u", b"{", b"}", b"[", b"]", b":", b",", b" ", b"\n", b"-", b"+", b"."),
        *(b"e", b"0", b"1", b"9" * 19),
        *(b"1.0", b"-0.0", b"1e400", b"1e3", b"true", b"null", b"NaN", b"Infinity"),
        *(b'"a"', b'"b":', b"\\ud83d", b"\\ude00"),
        *(b"\\u0041", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc3\xa9", b"\xff", b"\x00", b"\x7f", b"\xf0\x9f\x98\x80"),
    ]
)  # fmt: skip
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
texts = (
    st.lists(PIECES, max_size=8).map(b"".join)
    | st.lists(PIECES, max_size=8).map(lambda pieces: b'"' + b"".join(pieces) + b'"')
    | values.map(lambda value: json.dumps(value).encode())
    | values.map(lambda value: json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))
)


def by_python(text: bytes) -> Any:
    def refuse(constant: str) -> Any:
        raise ValueError(constant)

    return json.loads(
        text, parse_float=lambda t: number(t) if math.isfinite(float(t)) else refuse(t), parse_constant=refuse
    )


def read(parser: Callable[[bytes], Any], text: bytes) -> str | None:
    """The value with its types, None where it is no JSON."""
    try:
        return repr(parser(text))
    except ValueError:
        return None


@settings(max_examples=500)
@given(texts)
def test_any_bytes_mean_what_they_mean_to_python(text: bytes) -> None:
    """The same values of the same types, or no JSON for both."""
    assert read(loads, text) == read(by_python, text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (rb'"\ud800"', "\ud800"),
        (rb'"\ud83d\ude00"', "\U0001f600"),
        (b'"\xed\xa0\x80"', "\ud800"),
        (b"\xef\xbb\xbf[1.0]", [1]),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b"123456789012345678901234567890", 123456789012345678901234567890),
        (b"[-0.0, 1e3, 1e20]", [0, 1000, 1e20]),
    ],
)
def test_what_servers_send(text: bytes, value: object) -> None:
    """Half a pair, a byte order mark, a key that stands twice, numbers of any size and form."""
    assert repr(loads(text)) == repr(value)


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", "-Infinity", "1e400", "[-1e400]", "", "[1,]", '"\x01"', "1 2"])
def test_no_json(text: str) -> None:
    """What nobody could write again is refused like what is no JSON at all."""
    assert read(loads, text.encode()) is None
