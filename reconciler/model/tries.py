"""A try: an input for an assistant, and what its answer has to be like."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from reconciler.model.json import Json


class Expect(Struct, frozen=True, kw_only=True):
    """What an answer has to be like; nothing said, nothing expected.

    `contains`, `not_contains` (texts) and `matches` (regular expressions, searched) are about the answer's text;
    `json_path` are pairs of an RFC 9535 path into the whole output and a value, which one of those found has to be;
    `max_seconds` is how long the run may take.
    """

    contains: tuple[str, ...] = ()
    not_contains: tuple[str, ...] = ()
    matches: tuple[str, ...] = ()
    json_path: tuple[tuple[str, Json], ...] = ()
    max_seconds: float | None = None

    @property
    def says_nothing(self) -> bool:
        return self == Expect()


class Try(Struct, frozen=True, kw_only=True):
    """One input of an assistant, as it is sent. `interrupt_before` are the nodes before which the run stops (`*`:
    each), `()` says that it stops nowhere, None says nothing. `path` and `line` are where it stands."""

    name: str
    input: Json
    expect: Expect = Expect()
    interrupt_before: tuple[str, ...] | Literal["*"] | None = None
    path: str
    line: int = 1


def as_input(value: Json) -> Json:
    """What is sent of an input as it is written: a text is what a user says, which is one message."""
    return {"messages": [{"role": "user", "content": value}]} if isinstance(value, str) else value
