"""bytes + changes -> bytes. Each change is tried as a splice of the text and then proved by reading the result."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from yaml.nodes import MappingNode, Node, ScalarNode

from reconciler.model.wanted import FieldPath
from reconciler.repo.edit.change import CannotEdit, Change, Set, applied
from reconciler.repo.edit.form import Form, NoForm, form_of_node
from reconciler.repo.edit.layout import Unclear, shared
from reconciler.repo.edit.parts import parts
from reconciler.repo.edit.splice import emptied, filled, insert, newline, remove, replace
from reconciler.repo.yaml.compose import Unreadable, compose
from reconciler.repo.yaml.encoding import faults

_MARK = "\ufeff"


def edit(data: bytes, changes: Sequence[Change]) -> bytes:
    """The file with each change made, in order; every byte that is no part of a changed value is as it was.

    A field that is new goes to the end of its mapping; what is equal already is left alone. Raises CannotEdit where
    the file is not YAML as manifests are, an alias stands in the way, or the result would not read as it should.
    """
    if faults(data, ""):
        raise CannotEdit((), "is not text that can be edited")
    text = data.decode("utf-8")
    mark, text = (_MARK, text[1:]) if text.startswith(_MARK) else ("", text)
    end = newline(text)
    for change in changes:
        before = _form(_read(text))
        for part in parts(before, change):
            text = _one(text, end, part)
        if not _says(text, applied(before, change)):
            raise CannotEdit(change.path, "cannot be changed part by part")
    return (mark + text).encode("utf-8")


def _one(text: str, end: str, change: Change) -> str:
    root = _read(text)
    before = _form(root)
    after = applied(before, change)
    if after == before:
        return text
    why = "cannot be changed without changing something else"
    try:
        for made in _tries(text, end, root, change):
            if _says(made, after):
                return made
    except Unclear as unclear:
        why = str(unclear)
    raise CannotEdit(change.path, why)


def _tries(text: str, end: str, root: Node, change: Change) -> Iterator[str]:
    """The text with the change, in the order of preference. Raises Unclear."""
    aliased = shared(root)
    above: list[tuple[Node, int]] = []
    node = root
    for depth, step in enumerate(change.path):
        if id(node) in aliased:
            raise Unclear("is shared with another place by an alias (`*`)")
        at = _find(node, step)
        if at is None:
            assert isinstance(change, Set)
            yield from _new(text, end, above, node, step, _nested(change.value, change.path[depth + 1 :]))
            return
        above.append((node, at))
        node = _value(node, at)
    if not above:
        raise Unclear("is the whole file")
    if isinstance(change, Set):
        yield from replace(text, end, *above[-1], change.value)
    else:
        yield from _without(text, end, above)


def _new(
    text: str, end: str, above: list[tuple[Node, int]], node: Node, step: str | int, value: object
) -> Iterator[str]:
    """An entry that is not there; where its collection is empty or nothing yet, that one is replaced."""
    if not isinstance(node, ScalarNode) and node.value:
        yield from insert(text, end, node, str(step), value)
    elif above:
        yield from replace(text, end, *above[-1], {step: value} if isinstance(step, str) else [value])
    else:
        yield from filled(text, node, str(step), value)


def _without(text: str, end: str, above: list[tuple[Node, int]]) -> Iterator[str]:
    """The last entry of a collection leaves it empty, not away: that would say something else."""
    parent, at = above[-1]
    if len(parent.value) > 1:
        yield from remove(text, parent, at)
    elif len(above) > 1:
        yield from replace(text, end, *above[-2], {} if isinstance(parent, MappingNode) else [])
    else:
        yield from emptied(text, parent)


def _nested(value: object, steps: FieldPath) -> object:
    for step in reversed(steps):
        value = {str(step): value}
    return value


def _find(node: Node, step: str | int) -> int | None:
    if isinstance(node, MappingNode):
        return next((number for number, (name, _) in enumerate(node.value) if name.value == step), None)
    return step if isinstance(step, int) and not isinstance(node, ScalarNode) and step < len(node.value) else None


def _value(node: Node, at: int) -> Node:
    found: Node = node.value[at][1] if isinstance(node, MappingNode) else node.value[at]
    return found


def _read(text: str) -> Node:
    try:
        root = compose(text.encode("utf-8"), "")
    except Unreadable as unreadable:
        raise CannotEdit((), unreadable.diagnostic.message) from None
    if root is None:
        raise CannotEdit((), "is empty")
    return root


def _form(root: Node) -> Form:
    try:
        return form_of_node(root)
    except NoForm as why:
        raise CannotEdit((), str(why)) from None


def _says(text: str, form: Form) -> bool:
    try:
        return not faults(text.encode("utf-8", "surrogatepass"), "") and _form(_read(text)) == form
    except CannotEdit:
        return False
