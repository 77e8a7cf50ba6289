"""The assistants of a deployment as columns: in a pipe whole, on a terminal within its width."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.model.listing import Listed, Listing
from reconciler.render.escape import row, terminal
from reconciler.render.wrap import cells

HEADS = ("KEY", "NAME", "GRAPH", "VERSION", "OWNER", "STATE", "ID")

_GAP = "  "
_NARROW = {"ID": 9, "NAME": 8, "OWNER": 6, "GRAPH": 6, "KEY": 12}
"""The columns that give way on a terminal, in this order, and how far."""

_DROPPED = ("OWNER", "GRAPH", "NAME", "VERSION", "ID")
"""Those that go where even that is too wide, in this order."""


def listing(listing: Listing, *, width: int | None = None) -> str:
    """A line of names and a line for each assistant; `-` is what does not exist. With a `width` what does not fit is
    cut, marked by `…`, or left out; without one nothing is. Nothing in it steers a terminal."""
    columns = dict(zip(HEADS, map(list, zip(HEADS, *map(_cells, listing.rows), strict=True)), strict=True))
    if width is not None:
        columns = _fitted(columns, width)
    room = {name: _widest(column) for name, column in columns.items()}
    lines = zip(*(_padded(column, room[name]) for name, column in columns.items()), strict=True)
    return "".join(f"{row(_GAP.join(line).rstrip(' '))}\n" for line in lines)


def _cells(one: Listed) -> tuple[str, ...]:
    version = str(one.version) if one.version is not None else None
    values = (one.key, one.name, one.graph_id, version, one.owner, one.state, one.assistant_id)
    return tuple(terminal(value) if value else "-" for value in values)


def _fitted(columns: dict[str, list[str]], width: int) -> dict[str, list[str]]:
    columns = dict(columns)
    for name, least in _NARROW.items():
        over = _total(columns) - width
        if over > 0:
            room = max(least, _widest(columns[name]) - over)
            columns[name] = [cut(value, room) for value in columns[name]]
    for name in _DROPPED:
        if _total(columns) > width:
            del columns[name]
    return columns


def _total(columns: dict[str, list[str]]) -> int:
    return sum(map(_widest, columns.values())) + len(_GAP) * (len(columns) - 1)


def _widest(column: Sequence[str]) -> int:
    return max(map(cells, column))


def _padded(column: Sequence[str], room: int) -> list[str]:
    return [value + " " * (room - cells(value)) for value in column]


def cut(text: str, room: int) -> str:
    """The text in at most so many columns; `…` stands for the rest."""
    if cells(text) <= room:
        return text
    kept = ""
    for character in text:
        if cells(kept + character) > room - 1:
            break
        kept += character
    return f"{kept}…"
