"""`ignore: [context.temperature]`: the fields that others own."""

from __future__ import annotations

from reconciler.model.json import Json, JsonObject
from reconciler.model.marker import RESERVED
from reconciler.model.wanted import FieldPath
from reconciler.repo.words import did_you_mean, listing
from reconciler.repo.yaml import Findings

_MAY = ("description", "context", "config", "metadata")


def read_ignore(found: Findings, fields: JsonObject) -> tuple[FieldPath, ...]:
    """The paths, sorted, each once; an error for each that cannot be one."""
    value = fields.get("ignore", [])
    if not isinstance(value, list):
        hint = f"ignore: [{value}]" if isinstance(value, str) else "ignore: [context.temperature]"
        found.add(("ignore",), "field-type", "field `ignore` must be a list of fields", hint=hint)
        return ()
    result: set[tuple[str, ...]] = set()
    for number, entry in enumerate(value):
        text = found.text(("ignore", number), entry)
        if text is None:
            continue
        wrong = _problem(text, fields)
        if wrong is None:
            result.add(tuple(text.split(".")))
        else:
            found.add(("ignore", number), "bad-ignore", wrong[0], hint=wrong[1])
    return tuple(sorted(result))


def _problem(text: str, fields: JsonObject) -> tuple[str, str | None] | None:
    steps = text.split(".")
    may = ("context", "config") if fields.get("default") is True else _MAY
    if steps[0] in ("graph_id", "name"):
        return f"field `{steps[0]}` cannot be left to others", None
    if steps[0] not in may:
        meant = did_you_mean(steps[0], may) or f"did you mean `context.{text}`?"
        return f"`{text}` is not a field under {listing(may)}", meant
    if "" in steps:
        return f"`{text}` has an empty part", None
    if any(step.isdigit() or "[" in step for step in steps) or _meets_list(steps, fields):
        return f"`{text}` reaches into a list; leave the whole list to others", None
    if steps[0] == "description" and len(steps) > 1:
        return "field `description` is text and has no fields", "ignore: [description]"
    if steps[0] == "metadata" and len(steps) > 1 and steps[1] in RESERVED:
        return f"`{text}` is never compared anyway; leave it out", None
    if steps[:2] == ["config", "configurable"]:
        return f"`{text}` is the context", f"did you mean `{'.'.join(['context', *steps[2:]])}`?"
    return None


def _meets_list(steps: list[str], fields: JsonObject) -> bool:
    value: Json = fields
    for step in steps:
        if isinstance(value, list):
            return True
        value = value.get(step) if isinstance(value, dict) else None
    return False
