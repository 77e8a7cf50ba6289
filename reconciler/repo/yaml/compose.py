"""Bytes -> libyaml's node tree. libyaml reads eight times as fast as PyYAML's own parser, so it is required.

libyaml resolves no scalar here: a node's tag says only whether it stands there plain or quoted, or names its tag.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import yaml
from yaml.nodes import Node, ScalarNode

from reconciler.errors import ReconcilerError
from reconciler.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from yaml._yaml import CParser as _CParser
else:
    _CParser = yaml.cyaml.CParser if yaml.__with_libyaml__ else object  # so that importing this file says nothing yet

PLAIN, QUOTED, COLLECTION = "plain", "quoted", "collection"
"""The tags of nodes that name none. Compared by identity: `!<plain>` in a file is another string."""

DEEPEST = 100
"""Nesting past this is an error; servers fail past 1,000 (docs/server.md, S10)."""

_SURELY_SHALLOW = 1000
"""With fewer openers than this, composing (which recurses in C) cannot exhaust the stack."""

_TAB = "a tab cannot indent; use spaces"
_WORDS = {
    "found invalid Unicode character escape code": "not a character: write the character itself, not half of a pair",
    "found duplicate key": "the field is there twice",
    "mapping values are not allowed in this context": (
        "a second `: ` in one line; put the text into quotes, or this line is indented further than the one before it"
    ),
    "could not find expected ':'": "a field needs `: ` and a value; or a text over several lines lacks its indentation",
    "found unknown escape character": "a backslash in \"…\" starts an escape; double it, or use '…'",
    "did not find expected key": "the indentation is off, or a field is missing its name",
    "did not find expected ',' or ']'": "a `[` is not closed, or a comma is missing",
    "did not find expected ',' or '}'": "a `{` is not closed, or a comma is missing",
    "found unexpected end of stream": "a quote is not closed",
    "found unexpected document indicator": "a quote is not closed",
    "did not find expected node content": "a value is missing here, or a `[` or `{` is not closed",
    "did not find expected '-' indicator": "the indentation is off, or an entry of a list lacks its `- `",
    "block sequence entries are not allowed in this context": "an entry of a list (`- `) starts a line of its own",
    "did not find expected <document start>": "a `]` or `}` too many, or the indentation is off",
    "did not find expected comment or line break": "after `|` or `>` the text starts in the next line",
    "did not find expected alphabetic or numeric character": "a text that starts with `*` or `&` needs quotes",
    "did not find expected hexdecimal number": "`\\x`, `\\u` and `\\U` take 2, 4 and 8 hexadecimal digits",
    "found a tab character that violates indentation": _TAB,
    "found a tab character where an indentation space is expected": _TAB,
    "found unexpected ':'": "a text with a `:` in it, inside `[ ]` or `{ }`, needs quotes",
}
_UNQUOTED = re.compile(r"""\s*([A-Za-z_]\w*): ([^"'\[\]{}|>&!%@`#][^"\\]*[^"\\\s])\s*\Z""")
"""A field whose text has a `: ` in it, or begins with what YAML takes for itself."""

_TAGS = ("tag", "'!'", "'>'", "URI", "whitespace or line break")
"""Words of libyaml about a text that starts with `!`."""


class Unreadable(Exception):
    """libyaml cannot read the file; holds the one diagnostic."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


class _Parser(_CParser):
    """libyaml's parser with the hooks that its composer calls."""

    def resolve(self, kind: type[Node], value: str | None, implicit: tuple[bool, bool] | bool) -> str:
        if kind is ScalarNode:
            return PLAIN if implicit[0] else QUOTED  # type: ignore[index]  # a pair for scalars, as libyaml calls it
        return COLLECTION

    def descend_resolver(self, parent: Node | None, index: object) -> None: ...

    def ascend_resolver(self) -> None: ...


def compose(data: bytes, path: str) -> Node | None:
    """The root node, or None for an empty file. Raises Unreadable, and ReconcilerError where libyaml is missing."""
    if not yaml.__with_libyaml__:
        raise ReconcilerError(
            "this PyYAML was built without libyaml, which reads the manifests",
            hint="pip install --force-reinstall --only-binary=:all: pyyaml",
        )
    try:
        if len(data) - len(data.translate(None, b"[{-:?")) > _SURELY_SHALLOW:
            _refuse_depth(data, path)
        root: Node | None = _Parser(data).get_single_node()
        return root
    except yaml.MarkedYAMLError as error:
        raise Unreadable(_diagnostic(error, data, path)) from None
    except yaml.YAMLError as error:
        raise Unreadable(_error("yaml-syntax", f"not YAML: {_other(str(error))}", path, 1, 1)) from None


def _refuse_depth(data: bytes, path: str) -> None:
    """Walks the events, which takes no stack. Every level of nesting needs one of the counted characters."""
    parser = _Parser(data)
    depth = 0
    while parser.check_event():
        event = parser.get_event()
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            depth += 1
            if depth > DEEPEST:
                raise Unreadable(too_deep(path, *start(event)))
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            depth -= 1


def start(at: Node | yaml.Event) -> tuple[int, int]:
    """Line and column, from 1, where a node or an event starts."""
    mark = at.start_mark
    return (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)


def too_deep(path: str, line: int, column: int) -> Diagnostic:
    return _error("yaml-depth", f"nested more than {DEEPEST} levels deep", path, line, column)


def _diagnostic(error: yaml.MarkedYAMLError, data: bytes, path: str) -> Diagnostic:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    problem = error.problem or ""
    if error.context == "expected a single document in the stream":
        message = "a second YAML document starts here; a file holds one, so put the other into its own file"
        return _error("yaml-document", message, path, line, column)
    if problem == "found undefined alias":
        message = "this alias names an anchor that does not stand above it"
        return _error("yaml-alias", message, path, line, column, _quoted(data, line))
    if problem == "second occurrence":
        return _error("yaml-alias", "this anchor was given above already; give it another name", path, line, column)
    if problem == "found character that cannot start any token":
        lines = data.decode("utf-8", "replace").splitlines()
        at = lines[line - 1][column - 1 : column] if line <= len(lines) else ""
        words = f"a text cannot start with `{at}`; put it into quotes"
        if at == "\t":
            words = _TAB
        return _error("yaml-syntax", words, path, line, column)
    words = _WORDS.get(problem) or _other(problem)
    opened = error.context_mark
    if opened is not None and opened.line + 1 != line:
        words += f" (it starts in line {opened.line + 1})"
    return _error("yaml-syntax", f"not YAML: {words}", path, line, column, _quoted(data, line))


def _quoted(data: bytes, line: int) -> str | None:
    """A line `name: text` with its text in quotes, where that is all that it lacks."""
    lines = data.decode("utf-8", "replace").splitlines()
    found = _UNQUOTED.match(lines[line - 1]) if line <= len(lines) else None
    needs = found is not None and (": " in found[2] or found[2][0] == "*")
    return f'{found[1]}: "{found[2]}"' if found is not None and needs else None


def _other(problem: str) -> str:
    """libyaml's own words help nobody who does not know its source."""
    if any(word in problem for word in _TAGS):
        return "a text that starts with `!` needs quotes"
    if "directive" in problem or "version number" in problem:
        return "a line cannot start with `%`; put the text into quotes"
    return "look at the quotes, brackets and indentation of this line"


def _error(code: str, message: str, path: str, line: int, column: int, hint: str | None = None) -> Diagnostic:
    return Diagnostic(severity="error", code=code, message=message, path=path, line=line, column=column, hint=hint)
