"""Values as the text that goes into a file, in the style of the place: a line, block lines, or in brackets."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.repo.yaml import dump, inline


def one_line(value: object) -> str:
    """A value in one line, collections in brackets."""
    match value:
        case dict():
            return "{" + ", ".join(f"{inline(name)}: {one_line(item)}" for name, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(one_line, value)) + "]"
        case _:
            return inline(value)


def field(name: str, value: object) -> list[str]:
    """The lines of `name: value`, not indented."""
    return dump({name: value}).removesuffix("\n").split("\n")


def item(value: object) -> list[str]:
    """The lines of `- value`, not indented."""
    _, *lines = dump({"v": [value]}).removesuffix("\n").split("\n")
    return [line.removeprefix("  ") for line in lines]


def headed(head: str, value: object) -> list[str]:
    """The lines of a field whose head, `name:`, is written already."""
    first, *others = field("v", value)
    return [head + first.removeprefix("v:"), *others]


def literal(text: str) -> list[str] | None:
    """The lines of a text as a literal block, its header first, indented by two; None where none can hold it."""
    body = text.rstrip("\n")
    if not body.strip() or not all(c.isprintable() or c in "\n\t" for c in text):
        return None
    ends = len(text) - len(body)
    first = body.split("\n")[0]
    indent = "2" if not first.strip() or first[0] in " \t" else ""
    header = f"|{indent}{'-' if ends == 0 else '' if ends == 1 else '+'}"
    lines = (body + "\n" * max(0, ends - 1)).split("\n")
    return [header, *(f"  {line}" if line else "" for line in lines)]


def joined(lines: Sequence[str], indent: int, newline: str) -> str:
    """Lines at an indentation, the first one without it: it goes where something stands already."""
    first, *others = lines
    return newline.join([first, *(" " * indent + line if line else "" for line in others)])
