"""Where the parts of a collection stand in the text: what an edit cuts out, and where it inserts.

libyaml's marks are exact for scalars and for flow style; where a block ends it says only where the next thing starts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

_SPACE = re.compile(r"(?:[ \t\r\n]+|(?:(?<=[\s\[{,])|^)#[^\r\n]*)*")
_PROPERTIES = re.compile(r"(?:[!&][^\s,\[\]{}]*[ \t\r\n]*)*")
_ALIAS = re.compile(r"\*[^\s,\[\]{}]+")
_LINE = re.compile(r"[^\r\n]*")
_BLOCK_HEADER = re.compile(r"[|>][-+0-9]*")


class Unclear(Exception):
    """The text is written in a way that this module does not follow; the text says which."""


class Entry(Struct, frozen=True):
    """A field of a mapping, or an item of a list: `text[start:end]`, from its name or its dash to the end of its value,
    without what follows in that line. `colon` is where its head ends, after `name:` or `-`; the value starts at
    `value_start`, which is `end` where there is none. `name` is None for an item."""

    start: int
    colon: int
    value_start: int
    end: int
    name: Node | None
    value: Node


def is_flow(node: Node) -> bool:
    """Whether a collection is written in brackets."""
    return bool(getattr(node, "flow_style", False))


def entries(text: str, node: Node) -> list[Entry]:
    """The parts of a collection in their order. Raises Unclear."""
    return list(_fields(text, node) if isinstance(node, MappingNode) else _items(text, node))


def value_end(text: str, node: Node) -> int:
    """Where the last character of a value ends. Raises Unclear."""
    start, end = node.start_mark.index, node.end_mark.index
    if isinstance(node, ScalarNode):
        return _block_scalar_end(text, node) if node.style in ("|", ">") else end
    if is_flow(node):
        return end
    parts = entries(text, node)
    return parts[-1].end if parts else start


def inner_start(text: str, node: Node) -> int:
    """Where a value starts after its tag and anchor."""
    found = _PROPERTIES.match(text, node.start_mark.index)
    assert found is not None
    return found.end()


def skip(text: str, at: int) -> int:
    """The next character that is neither blank, line end nor comment."""
    found = _SPACE.match(text, at)
    assert found is not None
    return found.end()


def line_start(text: str, at: int) -> int:
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1


def line_end(text: str, at: int) -> int:
    found = _LINE.match(text, at)
    assert found is not None
    return found.end()


def next_line(text: str, at: int) -> int:
    """Where the line after that of `at` starts."""
    end = line_end(text, at)
    return end + (2 if text.startswith("\r\n", end) else 1 if end < len(text) else 0)


def column(text: str, at: int) -> int:
    return at - line_start(text, at)


def shared(root: Node) -> frozenset[int]:
    """The ids of the nodes that stand in several places by an alias."""
    seen: set[int] = set()
    twice: set[int] = set()
    todo = [root]
    while todo:
        node = todo.pop()
        if id(node) in seen:
            twice.add(id(node))
            continue
        seen.add(id(node))
        if isinstance(node, MappingNode):
            todo += [part for pair in node.value for part in pair]
        elif isinstance(node, SequenceNode):
            todo += node.value
    return frozenset(twice)


def _fields(text: str, node: Node) -> Iterator[Entry]:
    at = inner_start(text, node) + (1 if is_flow(node) else 0)
    for name, value in node.value:
        at = start = skip(text, at)
        if text.startswith(("? ", "?\n", "?\r"), at):
            at = skip(text, at + 1)
        if name.start_mark.index != at:
            raise Unclear("has a field whose name is not written out")
        at = skip(text, value_end(text, name))
        if not text.startswith(":", at):
            raise Unclear("has a field without a `:`")
        entry = _entry(text, start, at + 1, name, value)
        yield entry
        at = _after(text, entry.end, node)


def _items(text: str, node: Node) -> Iterator[Entry]:
    at = inner_start(text, node) + (1 if is_flow(node) else 0)
    for value in node.value:
        start = skip(text, at)
        head = start
        if not is_flow(node):
            if not text.startswith("-", start):
                raise Unclear("has an item without a `-`")
            head += 1
        entry = _entry(text, start, head, None, value)
        yield entry
        at = _after(text, entry.end, node)


def _entry(text: str, start: int, head: int, name: Node | None, value: Node) -> Entry:
    at = skip(text, head)
    if alias := _ALIAS.match(text, at):
        return Entry(start, head, at, alias.end(), name, value)
    if value.start_mark.index == value.end_mark.index:  # nothing is written there
        return Entry(start, head, head, head, name, value)
    if value.start_mark.index != at:
        raise Unclear("is written in an unusual way")
    return Entry(start, head, at, value_end(text, value), name, value)


def _after(text: str, end: int, node: Node) -> int:
    if not is_flow(node):
        return end
    comma = skip(text, end)
    return comma + 1 if text.startswith(",", comma) else end


def _block_scalar_end(text: str, node: ScalarNode) -> int:
    """The end of its last line with text; of its last blank line where it keeps those (`|+`)."""
    header = _BLOCK_HEADER.match(text, inner_start(text, node))
    assert header is not None
    end = node.end_mark.index
    body = text[header.end() : end]
    if "+" in header.group():
        return end - (2 if body.endswith("\r\n") else 1 if body.endswith(("\n", "\r")) else 0)
    return header.end() + len(body.rstrip("\r\n\t "))
