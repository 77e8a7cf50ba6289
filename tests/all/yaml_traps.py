"""YAML that is read otherwise than it looks: what the loader makes of it, and what the editor does.

The editor is told to read YAML 1.2, as the loader does, so both mostly see the same. Where they cannot, `editor` says
what it sees and `why` says the reason: either the loader is stricter, and `validate` says it, or the row has a
`false alarm`, of which there are to be as few as can be.
"""

from __future__ import annotations

from dataclasses import dataclass

STRICT = "the loader refuses what JSON or some server cannot hold; the editor knows no such rule"
TAGS = "the loader knows four tags; the editor also has those of YAML itself, and !include of its own"
NAMES = "to the editor any value can be a name"
MERGE = "merge keys are YAML 1.1; the editor takes them in every version"


@dataclass(frozen=True)
class Trap:
    """`text` stands behind `field: `, or, with `lines`, in the place of the whole context. `loader` and `editor` are a
    kind of value (text, number, flag, nothing, list, map) or `error`; of `lines`, `fine` or `error`."""

    text: str
    loader: str
    editor: str = ""
    why: str = ""
    lines: bool = False

    @property
    def seen(self) -> str:
        return self.editor or self.loader


def same(kind: str, *texts: str, lines: bool = False) -> list[Trap]:
    return [Trap(text, kind, lines=lines) for text in texts]


def other(loader: str, editor: str, why: str, *texts: str, lines: bool = False) -> list[Trap]:
    return [Trap(text, loader, editor, why, lines) for text in texts]


TRAPS = [
    # Words that YAML 1.1 takes for true and false.
    *same("text", "no", "No", "NO", "yes", "on", "off", "y", "n", "tRUE"),
    *same("flag", "true", "True", "TRUE", "false"),
    *same("nothing", "", "~", "null", "Null", "NULL", "# only a comment"),
    *same("text", "nil", "none", "None", "undefined"),
    # Times and dates, and other numbers of YAML 1.1.
    *same("text", "12:30", "12:30:45", "1:2", "2024-01-01", "2024-01-01T12:00:00Z", "1_000", "0b11", "1.2.3"),
    *same("number", "1e3", "1.5e3", "1e-3", "0o14", "0x1F", "010", "08", "0123", "-0", "+1", "1.0", ".5", "5."),
    *same("text", "0x", "1e", "NaN", "Infinity", "１２", "+", "."),
    *other("error", "number", STRICT, ".inf", "-.Inf", ".nan", "9007199254740993", "-9007199254740993", "1e400"),
    # Quotes.
    *same("text", "'1'", '"no"', "''", "'it''s'", '"a\\tb"', "'{a}'"),
    *same("error", "'it's'", '"a', '"\\z"', "'a"),
    *other("error", "text", STRICT, '"\\u0000"', "a \\u0000"),
    # Colons, and what begins with a sign.
    *same("text", "a:b", "http://x.example", "a #b", "a#b", "=", "--- a", "a\tb", "-a", "?a", ":a"),
    *same("error", "a: b", "Note: short posts", "a:", "- a", "-", "? a", "@x", "`x`", "%x", "&a &b c", "]", "}"),
    # Texts over several lines.
    *same("text", "|\n    a\n    b", ">-\n    a", "x\n    y", '"x\n    y"', "|+\n\n    a\n\n"),
    *same("error", "|a", "> a\n    b\n   - c\n  d"),
    # Lists and mappings.
    *same("list", "[]", "[a, b]", "[no, 1]", "[a, b,]", "\n    - a\n    - b", "[a: b]"),
    *same("map", "{}", "{a: 1}", "{a: 1,}", "{a}", "\n    a: 1"),
    *same("error", "[a, b", "[a,,b]", "{a: 1, a: 2}", "{a: 1", "[a]]"),
    # Anchors and aliases.
    *same("text", "&a b"),
    *other("error", "text", "an alias that names nothing is only a note in the editor", "*a"),
    *other("error", "map", MERGE, "{<<: {a: 1}}", "{a: {<<: {b: 1}}}"),
    *same("map", "{'<<': 1}"),
    *other("error", "list", "an alias inside its own anchor has no end; the editor stops at some depth", "&a [*a]"),
    # Tags.
    *same("text", "!file prompts/a.md", "!file a b.md", "!ref a/b", "!each a", "!template 'a ${b}'"),
    *other("text", "map", "the editor sees what stands behind a tag", "!template {file: a.md}"),
    *same("error", "!env HOME", "!Ref a", "!File a", "!!float 1", "!!null x", "!!bool yes", "!ref [a]", "!file {a: b}"),
    *other("error", "text", TAGS, "!include a.yaml", "!!str 1", "!!binary aGk=", "!!timestamp 2024-01-01"),
    *other("error", "number", TAGS, "!!int '1'"),
    *other("error", "map", TAGS, "!!set {a}"),
    *other("number", "text", "libyaml takes `!` for no tag", "! 1"),
    # Names of fields, indentation, documents.
    *same("fine", "  'text': a\n", "  ? text\n  : a\n", "  text : a\n", "  text: &b a\n  other: *b\n", lines=True),
    *same(
        "error",
        "  text: a\n  text: b\n",
        "  text: a\n\tnumber: 1\n",
        "\ttext: a\n",
        "  text: a\n   number: 1\n",
        " text: a\n  number: 1\n",
        "  text: |\n   a\n  b\n",
        "  text: a\n---\ngraph_id: trap\n",
        "  text: a\n...\nb\n",
        "  [a]: b\n",
        "  1: a\n",
        "  true: a\n",
        "  base: &b {text: a}\n  <<: *b\n",
        "  text: a\ntext: b\n",
        "text: a\n",
        lines=True,
    ),
    *other("error", "fine", MERGE, "  <<: {text: a}\n", lines=True),
    *other("error", "fine", NAMES, "  other: {1: a}\n", "  other: {null: a}\n", lines=True),
    *other("error", "fine", "to libyaml an anchor has one place", "  text: &b a\n  number: &b 1\n", lines=True),
    *other(
        "fine",
        "error",
        "false alarm: libyaml takes the lines of a quoted text that stand further left, the editor does not",
        "  text: 'a\n b'\n",
        lines=True,
    ),
]  # in columns, to be read as a table # fmt: skip
