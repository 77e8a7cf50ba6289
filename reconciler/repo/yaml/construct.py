"""The node tree -> JSON values, with every rule of the strict reader; all errors of a file, not the first."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json import Json
from reconciler.repo.words import did_you_mean
from reconciler.repo.yaml.compose import COLLECTION, DEEPEST, PLAIN, QUOTED, start, too_deep
from reconciler.repo.yaml.scalars import MAY_MEAN_MORE, BadNumber, plain
from reconciler.repo.yaml.tags import NoValue, Spot, Tags

MOST_VALUES = 100_000
"""Values of one file, aliases expanded: past this it is an alias bomb."""

_SPECIAL = frozenset({"<<", "__proto__"})


class TooMuch(Exception):
    """The file expands to more values than the budget."""


class Constructor:
    """Builds the values of one document. `errors` holds what it met; an erroneous value is None.

    `lost` are the places of tags whose value cannot be had, `later` the tags that were asked too early.
    """

    def __init__(self, path: str, *, escapes: bool, tags: Tags, skip: Collection[str] = ()) -> None:
        """`escapes`: whether the file has a backslash at all. Without one no text can hold a NUL or `\\u0000`.
        `skip` are fields at the top that are not built."""
        self.errors: list[Diagnostic] = []
        self.lost: set[tuple[int, int]] = set()
        self.later: set[str] = set()
        self._path = path
        self._escapes = escapes
        self._tags = tags
        self._skip = skip
        self._budget = MOST_VALUES
        self._steps: list[str | int] = []

    def build(self, node: Node, depth: int = 1) -> Json:
        """The canonical value of a node. Raises TooMuch."""
        kind = type(node)
        tag = node.tag
        if kind is ScalarNode:
            text: str = node.value
            if self._escapes and ("\x00" in text or "\\u0000" in text):
                self._nul(node)
            if tag is QUOTED:
                return text
            if tag is PLAIN:
                return self._plain(node)
            return self._tagged(node, depth)
        self._budget -= len(node.value)
        if self._budget < 0:
            raise TooMuch
        if depth > DEEPEST:
            self._depth(node)
            return None
        if tag is not COLLECTION:
            return self._tagged(node, depth)
        return self._collection(node, depth)

    def _collection(self, node: Node, depth: int) -> Json:
        if type(node) is MappingNode:
            return self._mapping(node, depth)
        result = []
        for number, child in enumerate(node.value):
            self._steps.append(number)
            result.append(self.build(child, depth + 1))
            self._steps.pop()
        return result

    def _mapping(self, node: Node, depth: int) -> Json:
        result: dict[str, Json] = {}
        skip = self._skip if depth == 1 else ()
        for name, child in node.value:
            key = name.value if name.tag is PLAIN and _is_name(name.value) else self._name(name)
            if key is None:
                continue
            if key in result:
                message = f"`{key}` is there twice; the first one is in line {self._first(node, key)}"
                self._error(name, "yaml-duplicate", message)
                continue
            if key in skip:
                continue
            if child.tag is PLAIN and not self._escapes:
                result[key] = self._plain(child)
                continue
            self._steps.append(key)
            result[key] = self.build(child, depth + 1)
            self._steps.pop()
        return result

    def _name(self, node: Node) -> str | None:
        if type(node) is not ScalarNode:
            self._error(node, "yaml-key", "a field's name is text, not a list or a mapping")
            return None
        text: str = node.value
        if node.tag is PLAIN:
            try:
                value: Json = plain(text)
            except BadNumber:
                value = None
            if not isinstance(value, str):
                self._error(node, "yaml-key", f"a field's name is text; write `'{text}':`")
                return None
        elif node.tag is not QUOTED:
            self._error(node, "yaml-tag", f"a field's name cannot have the tag `{node.tag}`")
            return None
        if text in _SPECIAL:
            return self._special(node, text)
        if self._escapes and ("\x00" in text or "\\u0000" in text):
            self._nul(node)
        return text

    def _special(self, node: Node, text: str) -> str | None:
        if text == "__proto__":
            self._error(node, "yaml-key", "`__proto__` breaks servers written in JavaScript; use another name")
        elif node.tag is PLAIN:
            message = "merge keys (`<<`) are not YAML 1.2"
            self._error(node, "yaml-merge", message, "put what is shared into a file `_base.yaml`: extends: _base.yaml")
        else:
            return text
        return None

    def _plain(self, node: Node) -> Json:
        text: str = node.value
        if text[:1] not in MAY_MEAN_MORE:
            return text
        try:
            value = plain(text)
        except BadNumber as error:
            self._error(node, "yaml-number", str(error))
            return None
        # The tag `!` makes libyaml call a quoted scalar plain.
        return value if value is text or not getattr(node, "style", None) else text

    def _tagged(self, node: Node, depth: int) -> Json:
        tag: str = node.tag
        on_tag = self._tags.get(tag)
        if on_tag is None:
            shown = "!!" + tag.rpartition(":")[2] if tag.startswith("tag:yaml.org,2002:") else tag
            self._error(node, "yaml-tag", f"the tag `{shown}` is not known here", did_you_mean(tag, self._tags))
            return None if type(node) is ScalarNode else self._collection(node, depth)
        operand = node.value if type(node) is ScalarNode else self._collection(node, depth)
        value = on_tag(operand, Spot(tuple(self._steps), *start(node)))
        if isinstance(value, Diagnostic):
            self.errors.append(value)
        elif value is NoValue.LATER:
            self.later.add(tag)
            return None
        elif value is not NoValue.LOST:
            return value
        self.lost.add(start(node))
        return None

    def _nul(self, node: Node) -> None:
        text: str = node.value
        line, column = start(node)
        if getattr(node, "style", None) == "|":
            at = min(i for i in (text.find("\x00"), text.find("\\u0000")) if i >= 0)
            line, column = line + 1 + text.count("\n", 0, at), 1
        message = "servers change NUL (U+0000, also as the six characters `\\u0000`) without a word; leave it out"
        self.errors.append(self._at(line, column, "yaml-nul", message))

    def _depth(self, node: Node) -> None:
        line, column = start(node)
        if _holds_itself(node):
            self.errors.append(self._at(line, column, "yaml-alias", "this value holds itself through an alias"))
        else:
            self.errors.append(too_deep(self._path, line, column))
        # One such message is enough, and a tree of aliases has exponentially many places for it.
        raise TooMuch

    @staticmethod
    def _first(node: Node, key: str) -> int:
        return next(start(name)[0] for name, _ in node.value if name.value == key)

    def _error(self, node: Node, code: str, message: str, hint: str | None = None) -> None:
        self.errors.append(self._at(*start(node), code, message, hint))

    def _at(self, line: int, column: int, code: str, message: str, hint: str | None = None) -> Diagnostic:
        return Diagnostic(
            severity="error", code=code, message=message, path=self._path, line=line, column=column, hint=hint
        )


@lru_cache(maxsize=4096)
def _is_name(text: str) -> bool:
    """Whether an unquoted text is a field's name like any other: files have the same few thousands of times."""
    try:
        return isinstance(plain(text), str) and text not in _SPECIAL and "\\u0000" not in text
    except BadNumber:
        return False


def _holds_itself(start: Node) -> bool:
    seen: set[int] = set()
    todo = [start]
    while todo:
        node = todo.pop()
        children = [n for pair in node.value for n in pair] if type(node) is MappingNode else list(node.value)
        for child in children:
            if child is start:
                return True
            if type(child) in (MappingNode, SequenceNode) and id(child) not in seen:
                seen.add(id(child))
                todo.append(child)
    return False
