"""What a file says, in a form that compares: tags are kept, layout is not."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from yaml.nodes import MappingNode, Node, ScalarNode

from reconciler.repo.yaml import FileTag
from reconciler.repo.yaml.compose import COLLECTION, PLAIN, QUOTED
from reconciler.repo.yaml.scalars import BadNumber, plain


class Scalar(NamedTuple):
    """A value without parts. `kind` keeps `true` from `1`, a tagged text from a plain one."""

    kind: str
    value: object


Form: TypeAlias = "Scalar | dict[str, Form] | list[Form]"


class NoForm(Exception):
    """The file says something that a manifest cannot say; the text says what."""


def form_of_value(value: object) -> Form:
    """The form of JSON with FileTags in it."""
    match value:
        case dict():
            return {str(name): form_of_value(item) for name, item in value.items()}
        case list():
            return [form_of_value(item) for item in value]
        case FileTag(path=path):
            return Scalar("!file", path)
        case float() if value.is_integer():
            return Scalar("int", int(value))
    return Scalar(type(value).__name__, value)


def form_of_node(node: Node) -> Form:
    """The form of a node; a collection with a tag is none, since its parts mean something else. Raises NoForm."""
    if isinstance(node, ScalarNode):
        return _scalar(node)
    made = _mapping(node) if isinstance(node, MappingNode) else [form_of_node(child) for child in node.value]
    return made if node.tag is COLLECTION else {f"\0{node.tag}": made}


def _mapping(node: MappingNode) -> Form:
    made: dict[str, Form] = {}
    for name, child in node.value:
        if not isinstance(name, ScalarNode) or name.tag not in (PLAIN, QUOTED) or name.value in made:
            raise NoForm("has a field whose name is no text, or is there twice")
        made[name.value] = form_of_node(child)
    return made


def _scalar(node: ScalarNode) -> Scalar:
    if node.tag is QUOTED or (node.tag is PLAIN and node.style):
        return Scalar("str", node.value)
    if node.tag is not PLAIN:
        return Scalar(node.tag, node.value)
    try:
        value = plain(node.value)
    except BadNumber as error:
        raise NoForm(str(error)) from None
    return Scalar(type(value).__name__, value)
