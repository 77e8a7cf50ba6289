"""One YAML file, read: its value, its errors, and on demand the place of every field.

The node tree is dropped once the value is built and composed again for the first place that is asked for: places
are needed for messages only, and ten thousand trees are not worth keeping for them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from types import MappingProxyType

from yaml.nodes import MappingNode, Node, SequenceNode

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json import Json
from reconciler.model.wanted import FieldPath
from reconciler.repo.yaml.compose import Unreadable, compose, start
from reconciler.repo.yaml.construct import MOST_VALUES, Constructor, TooMuch
from reconciler.repo.yaml.encoding import faults
from reconciler.repo.yaml.place import Place
from reconciler.repo.yaml.tags import Tags


class Document:
    """`value` is canonical (model/json.py). Where `readable` is False there is no value to look at, only errors.

    `lost` are the places of tags whose value cannot be had, `later` the tags that were asked for one too early.
    """

    __slots__ = ("_data", "_root", "errors", "later", "line", "lost", "path", "readable", "value")

    def __init__(
        self, path: str, data: bytes, value: Json, errors: list[Diagnostic], line: int = 1, readable: bool = False
    ) -> None:
        self.path = path
        self.value = value
        self.errors = errors
        self.lost: frozenset[tuple[int, int]] = frozenset()
        self.later: frozenset[str] = frozenset()
        self.line = line
        self.readable = readable
        self._data = data
        self._root: Node | None = None

    @property
    def told(self) -> frozenset[Place]:
        """The places about which everything is said already."""
        if not (self.errors or self.lost):
            return frozenset()
        places = {(error.line or 1, error.column or 1) for error in self.errors} | self.lost
        return frozenset(Place(self.path, *place) for place in places)

    def where(self, path: FieldPath, *, name: bool = False) -> Place:
        """Where the value at `path` stands, or its name with `name`.

        A text in a list may be named by itself in place of its number. Where there is no such value: the name of the
        nearest one above it.
        """
        found = self._walk(path)
        if not found:
            return Place(self.path, 1, 1)
        label, node = found[-1]
        if len(found) <= len(path):
            return Place(self.path, *start(label or node))
        return Place(self.path, *start(label if name and label is not None else node))

    def again(self, tags: Tags, skip: Collection[str] = ()) -> Document:
        """The same file, its tags asked once more. `skip` are fields at the top that are not built."""
        root = self._composed()
        assert root is not None
        document = _build(self.path, self._data, root, tags, skip)
        document._root = root  # one tree for all rows: to make it again for the errors of each is what takes time
        return document

    def _composed(self) -> Node | None:
        if self._root is None and self.readable:
            self._root = compose(self._data, self.path)
        return self._root

    def _walk(self, path: FieldPath) -> list[tuple[Node | None, Node]]:
        """The name and the value of the document and of each step that is there."""
        node = self._composed()
        if node is None:
            return []
        found: list[tuple[Node | None, Node]] = [(None, node)]
        for step in path:
            pair = _child(found[-1][1], step)
            if pair is None:
                break
            found.append(pair)
        return found

    def under(self, path: FieldPath, places: Collection[Place]) -> Iterator[FieldPath]:
        """The paths below `path` whose value, or whose name, stands at one of these places."""
        found = self._walk(path)
        todo = [(path, found[-1][1])] if len(found) > len(path) else []
        while todo:
            here, node = todo.pop()
            for step, name, child in _children(node):
                at = (*here, step)
                if any(Place(self.path, *start(one)) in places for one in (child, name) if one is not None):
                    yield at
                if step == "<<":
                    # Told already; what it would have brought is as good as there.
                    yield from ((*here, other) for other, _, _ in _children(child))
                todo.append((at, child))


def load(data: bytes, path: str, tags: Tags = MappingProxyType({})) -> Document:
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
    return _build(path, data, root, tags, ())


def _build(path: str, data: bytes, root: Node, tags: Tags, skip: Collection[str]) -> Document:
    constructor = Constructor(path, escapes=b"\\" in data, tags=tags, skip=skip)
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
    document.later = frozenset(constructor.later)
    if document.later:
        document._root = root  # it is built again
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
