"""`moved`: folders whose manifests keep the keys that they had elsewhere, and so stay the same assistants."""

from __future__ import annotations

from reconciler.model.json import Json
from reconciler.model.wanted import FieldPath
from reconciler.repo.names import LONGEST_NAME, NAME
from reconciler.repo.settings.types import Moved
from reconciler.repo.yaml import Findings
from reconciler.repo.yaml.findings import label

_EXAMPLE = "moved: [{from: support, to: helpdesk}]"


def read_moved(found: Findings, value: Json) -> tuple[Moved, ...]:
    """The moves, in the order given; an error for each that cannot be one."""
    if not isinstance(value, list):
        found.add(("moved",), "field-type", "field `moved` is a list of moves", hint=_EXAMPLE)
        return ()
    moves: dict[str, Moved] = {}
    for number, entry in enumerate(value):
        at: FieldPath = ("moved", number)
        fields = found.mapping(at, entry)
        if fields is None:
            continue
        for unknown in fields.keys() - {"from", "to"}:
            found.unknown((*at, unknown), ("from", "to"))
        ends = [_folder(found, (*at, name), fields.get(name)) for name in ("from", "to")]
        if ends[0] is None or ends[1] is None:
            continue
        move = Moved(from_=ends[0], to=ends[1])
        if move.from_ == move.to:
            found.add(at, "moved-nowhere", f"`{move.to}` is moved to where it was", hint="leave this entry out")
        elif move.to in moves:
            found.add(
                at, "moved-twice", f"what stands under `{move.to}` was moved there twice", hint="keep one of them"
            )
        else:
            moves[move.to] = move
    return tuple(moves.values())


def _folder(found: Findings, at: FieldPath, value: Json) -> str | None:
    if value is None:
        found.add(at[:-1], "field-missing", f"{label(at)} is missing", hint=_EXAMPLE)
        return None
    text = found.text(at, value)
    if text is None:
        return None
    if len(text) > LONGEST_NAME or not all(NAME.match(part) for part in text.split("/")):
        message = f"{label(at)} is a folder under `assistants/`, as `support` or `support/tier1`"
        found.add(at, "field-type", message)
        return None
    return text
