"""A text with one entry of a collection replaced, inserted or removed; the first proposal is the best-looking one.

A proposal may read as something else: in an unusual place, say at the end of a file without a final newline. Whoever
asks for them takes the first that reads as it should.
"""

from __future__ import annotations

from collections.abc import Iterator

from yaml.nodes import MappingNode, Node, ScalarNode

from reconciler.repo.edit import render
from reconciler.repo.edit.layout import (
    Entry,
    column,
    entries,
    inner_start,
    is_flow,
    line_end,
    line_start,
    next_line,
    value_end,
)

_WIDEST = 120
"""Columns up to which a value stays in its brackets."""


def newline(text: str) -> str:
    """How the lines of a text end, by the first one."""
    first = text.find("\n")
    return "\r\n" if first > 0 and text[first - 1] == "\r" else "\n"


def replace(text: str, end: str, parent: Node, index: int, value: object) -> Iterator[str]:
    """Another value for an entry; `end` is how lines end here."""
    entry = entries(text, parent)[index]
    node = entry.value
    many = isinstance(value, dict | list) and bool(value)
    block = _is_block_scalar(node)
    if is_flow(parent):
        yield _in_place(text, entry, render.one_line(value))
        return
    if block and isinstance(value, str):
        yield from _literal(text, end, entry, value)
    in_line = entry.value_start == entry.end or not (block or _is_block(node)) or _is_alias(text, entry)
    if in_line and isinstance(value, str) and "\n" in value:
        yield _whole(text, end, entry, value, in_line=True)
    if in_line and not many:
        yield _in_place(text, entry, _scalar(node, value))
    if in_line and is_flow(node) and node.value:
        made = _in_place(text, entry, render.one_line(value))
        if line_end(made, entry.value_start) - line_start(made, entry.start) <= _WIDEST:
            yield made
    yield _whole(text, end, entry, value, in_line=in_line)
    yield _whole(text, end, entry, value, in_line=in_line, flat=True)


def insert(text: str, end: str, parent: Node, name: str, value: object) -> Iterator[str]:
    """A new entry at the end of a collection that has some; `name` counts for a mapping only."""
    parts = entries(text, parent)
    last = parts[-1]
    if is_flow(parent):
        made = render.one_line({name: value} if isinstance(parent, MappingNode) else [value])[1:-1]
        comma = text.find(",", last.end, parent.end_mark.index)
        yield f"{text[: last.end]}, {made}{text[last.end :]}"
        yield f"{text[: comma + 1]} {made}{text[comma + 1 :]}"
        return
    pad = column(text, parts[0].start)
    block, flat = (
        (render.field(name, value), [f"{render.one_line(name)}: {render.one_line(value)}"])
        if isinstance(parent, MappingNode)
        else (render.item(value), [f"- {render.one_line(value)}"])
    )
    at = line_end(text, last.end)
    for lines in (block, flat):
        yield f"{text[:at]}{end}{' ' * pad}{render.joined(lines, pad, end)}{text[at:]}"
    # A text that ends with the file may not bear a line after it.
    if isinstance(parent, MappingNode):
        yield f"{text[: last.start]}{render.joined(block, pad, end)}{end}{' ' * pad}{text[last.start :]}"


def remove(text: str, parent: Node, index: int) -> Iterator[str]:
    """Without an entry that is not the only one."""
    parts = entries(text, parent)
    entry, following = parts[index], parts[index + 1] if index + 1 < len(parts) else None
    if is_flow(parent):
        if following is not None:
            yield text[: entry.start] + text[following.start :]
        else:
            yield text[: parts[index - 1].end] + text[entry.end :]
        return
    start, end = line_start(text, entry.start), next_line(text, entry.end)
    if not text[start : entry.start].strip(" "):
        if end == len(text) and not text.endswith(("\n", "\r")):
            yield text[:start].removesuffix("\n").removesuffix("\r")
        yield text[:start] + text[end:]
    elif following is not None:
        # It shares its line with the dash of the list around it.
        rest = line_end(text, entry.end)
        if "#" in text[rest : following.start]:
            yield text[: entry.start].rstrip(" ") + text[rest:]
        yield text[: entry.start] + text[following.start :]


def filled(text: str, root: Node, name: str, value: object) -> Iterator[str]:
    """A file that holds nothing but `{}` or `null` gets its first field."""
    written = render.one_line({name: value})
    for made in (written[1:-1], written):
        yield text[: root.start_mark.index] + made + text[root.end_mark.index :]


def emptied(text: str, root: Node) -> Iterator[str]:
    """A whole file of which nothing is left."""
    start = entries(text, root)[0].start if not is_flow(root) else inner_start(text, root)
    yield f"{text[:start]}{'{}' if isinstance(root, MappingNode) else '[]'}{text[value_end(text, root) :]}"


def _in_place(text: str, entry: Entry, written: str) -> str:
    # An item in brackets has no head to be parted from.
    blank = " " if entry.start < entry.colon == entry.value_start else ""
    return f"{text[: entry.value_start]}{blank}{written}{text[entry.end :]}"


def _scalar(node: Node, value: object) -> str:
    """A value in one line, in the quotes of the one before."""
    written = render.one_line(value)
    style = node.style if isinstance(node, ScalarNode) else None
    if isinstance(value, str) and style == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    return f'"{written}"' if isinstance(value, str) and style == '"' and not written.startswith('"') else written


def _literal(text: str, end: str, entry: Entry, value: str) -> Iterator[str]:
    """A text in place of one that is a block; what follows its `|` in that line stays."""
    lines = render.literal(value)
    if lines is None:
        return
    comment = _of_header(text, entry)
    indent = column(text, entry.start)
    made = render.joined([lines[0] + comment, *lines[1:]], indent, end)
    yield text[: entry.value_start] + made + text[entry.end :]


def _whole(text: str, end: str, entry: Entry, value: object, *, in_line: bool, flat: bool = False) -> str:
    """The entry from its name on. A comment in the line of the name stays there."""
    head = text[entry.start : entry.colon]
    first, *lines = render.headed(head, value) if entry.name is not None else render.item(value)
    if flat:
        first, lines = f"{head} {render.one_line(value)}", []
    until, comment = entry.end, ""
    if in_line and lines:
        until = line_end(text, entry.end)
        comment = text[entry.end : until]
    elif _is_block_scalar(entry.value):
        comment = _of_header(text, entry)
    elif not in_line and entry.name is not None:
        between = text[entry.colon : min(entry.value_start, line_end(text, entry.colon))]
        comment = between if between.strip().startswith("#") else ""
    made = render.joined([first + comment, *lines], column(text, entry.start), end)
    return text[: entry.start] + made + text[until:]


def _of_header(text: str, entry: Entry) -> str:
    """What stands in the line of a block's `|`, after it: blanks and a comment."""
    start = inner_start(text, entry.value)
    return text[start : line_end(text, start)].lstrip("|>+-0123456789")


def _is_block_scalar(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.style in ("|", ">")


def _is_block(node: Node) -> bool:
    return not isinstance(node, ScalarNode) and not is_flow(node)


def _is_alias(text: str, entry: Entry) -> bool:
    return text.startswith("*", entry.value_start)
