"""Figures as a table: of text for a terminal, of Markdown for the README."""

from __future__ import annotations

from collections.abc import Sequence

from .figures import Figure

HEADS = ("", "measured", "limit", "")


def text(figures: Sequence[Figure]) -> str:
    """Columns, one line a figure; below it what it was made from."""
    rows = [(one.what, _value(one), _limit(one), _verdict(one)) for one in figures]
    widths = [max(len(row[column]) for row in (HEADS, *rows)) for column in range(3)]
    lines = []
    for one, (what, value, limit, verdict) in zip(figures, rows, strict=True):
        lines.append(f"{what:{widths[0]}}  {value:>{widths[1]}}  {limit:{widths[2]}}  {verdict}".rstrip())
        if one.parts:
            lines.append("    " + ", ".join(f"{name} {seconds:.3g}" for name, seconds in one.parts.items()))
    return "\n".join(lines)


def markdown(figures: Sequence[Figure], machine: dict[str, object]) -> str:
    """The README's table, with the machine above it."""
    rows = [(one.what, _value(one), _limit(one), _verdict(one)) for one in figures]
    lines = [
        f"Measured on {machine['cores']} cores with Python {machine['python']}, servers on the same machine:",
        "",
        "| " + " | ".join(("what", "measured", "limit", "kept")) + " |",
        "| --- | ---: | ---: | --- |",
        *("| " + " | ".join(row) + " |" for row in rows),
    ]
    return "\n".join(lines)


def _value(one: Figure) -> str:
    return _number(one.value, one.unit)


def _limit(one: Figure) -> str:
    if one.limit is None:
        return ""
    word = "at most" if one.sense == "at_most" else "at least"
    return f"{word} {_number(one.limit, one.unit, exact=True)}"


def _verdict(one: Figure) -> str:
    if one.kept is None:
        return ""
    if one.kept:
        return "yes"
    off = one.value / one.limit if one.limit else 0
    return f"no, {abs(off - 1):.0%} off" if off else "no"


def _number(value: float, unit: str, *, exact: bool = False) -> str:
    match unit:
        case "x":
            return f"{value:g}x" if exact else f"{value:.2f}x" if value < 10 else f"{value:.0f}x"
        case "MB":
            return f"{value:,.0f} MB"
        case "ms":
            return f"{value:.2f} ms"
        case _:
            return f"{value:,.0f}"
