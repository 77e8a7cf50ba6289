"""One YAML file, read: its value, its errors, and on demand the place of every field.

The node tree is dropped once the value is built and composed again for the first place that is asked for: places
are needed for messages only, and ten thousand trees are not worth keeping for them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json import Json
from reconciler.model.wanted import FieldPath
from reconciler.repo.yaml.compose import Unreadable, compose, start
from reconciler.repo.yaml.construct import MOST_VALUES, Constructor, OnFile, TooMuch
from reconciler.repo.yaml.encoding import faults


class Document:
    """`value` is canonical (model/json.py). Where `readable` is False there is no value to look at, only errors.

    `lost` are the places of `!file` tags whose text cannot be had.
    """

    __slots__ = ("_data", "_root", "errors", "line", "lost", "path", "readable", "value")

    def __init__(
        self, path: str, data: bytes, value: Json, errors: list[Diagnostic], line: int = 1, readable: bool = False
    ) -> None:
        self.path = path
        self.value = value
        self.errors = errors
        self.lost: frozenset[tuple[int, int]] = frozenset()
        self.line = line
        self.readable = readable
        self._data = data
        self._root: Node | None = None

    def find(self, path: FieldPath, *, name: bool = False) -> tuple[int, int]:
        """Line and column, from 1, of the value at `path`; of its name with `name`.

        A text in a list may be named by itself in place of its number. Where there is no such value: of the name of
        the nearest one above it.
        """
        _, line, column = self.trace(path, name=name)
        return line, column

    def under(self, path: FieldPath, places: Collection[tuple[int, int]]) -> Iterator[FieldPath]:
        """The paths below `path` whose value, or whose name, stands at one of these places."""
        todo = [(path, node)] if (node := self._node(path)) is not None else []
        while todo:
            here, node = todo.pop()
            for step, name, child in _children(node):
                at = (*here, step)
                if start(child) in places or (name is not None and start(name) in places):
                    yield at
                if step == "<<":
                    # Told already; what it would have brought is as good as there.
                    yield from ((*here, other) for other, _, _ in _children(child))
                todo.append((at, child))

    def _node(self, path: FieldPath) -> Node | None:
        if self._root is None and self.readable:
            self._root = compose(self._data, self.path)
        node = self._root
        for step in path:
            pair = _child(node, step) if node is not None else None
            node = pair[1] if pair is not None else None
        return node

    def trace(self, path: FieldPath, *, name: bool = False) -> tuple[str | None, int, int]:
        """As `find`, with the operand of the `!file` tag that the value comes from, else None, before it."""
        if self._root is None and self.readable:
            self._root = compose(self._data, self.path)
        label = node = self._root
        if node is None:
            return None, 1, 1
        for step in path:
            pair = _child(node, step)
            if pair is None:
                return _place(None, label or node)
            label, node = pair
        operand = node.value if node.tag == "!file" and isinstance(node, ScalarNode) else None
        return _place(operand, label if name and label is not None else node)


def load(data: bytes, path: str, on_file: OnFile | None = None) -> Document:
    """Read one file strictly. Never raises for what stands in it: `errors` holds all of that.

    Raises ReconcilerError where PyYAML lacks libyaml.
    """
    found = faults(data, path)
    if found:
        return Document(path, data, None, found)
    try:
        root = compose(data, path)
    except Unreadable as unreadable:
        return Document(path, data, None, [unreadable.diagnostic])
    if root is None:
        message = "the file is empty"
        empty = Diagnostic(severity="error", code="yaml-empty", message=message, path=path, line=1, column=1)
        return Document(path, data, None, [empty])
    constructor = Constructor(path, escapes=b"\\" in data, on_file=on_file)
    try:
        value = constructor.build(root)
    except TooMuch:
        if not constructor.errors:
            message = f"more than {MOST_VALUES:,} values once its aliases are expanded"
            bomb = Diagnostic(severity="error", code="yaml-alias", message=message, path=path, line=1, column=1)
            constructor.errors.append(bomb)
        return Document(path, data, None, constructor.errors)
    document = Document(path, data, value, constructor.errors, start(root)[0], True)
    document.lost = frozenset(constructor.lost)
    return document


def _child(node: Node, step: str | int) -> tuple[Node | None, Node] | None:
    if isinstance(node, MappingNode):
        return next(((name, child) for name, child in node.value if name.value == step), None)
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    if isinstance(node, SequenceNode) and isinstance(step, str):
        return next(((None, child) for child in node.value if child.value == step), None)
    return None


def _children(node: Node) -> Iterator[tuple[str | int, Node | None, Node]]:
    if isinstance(node, MappingNode):
        yield from ((str(name.value), name, child) for name, child in node.value)
    elif isinstance(node, SequenceNode):
        yield from ((number, None, child) for number, child in enumerate(node.value))


def _place(operand: str | None, node: Node) -> tuple[str | None, int, int]:
    return operand, *start(node)
