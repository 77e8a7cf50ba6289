"""A schema's file against the live graph: what differs, and which manifests that breaks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from reconciler.contexts.locate import Locate
from reconciler.contexts.phrases import dotted, show
from reconciler.contexts.validate import SECONDS, validate
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json import Json, JsonObject, same
from reconciler.model.wanted import Wanted

_CONTEXT_CODE = "context-"


class Difference(Struct, frozen=True):
    """`path` is where in the schema. `words` says it from the file's side: what the live graph has otherwise."""

    path: tuple[str, ...]
    words: str


def compare(file_schema: JsonObject, live_schema: JsonObject) -> tuple[Difference, ...]:
    """Where the live schema differs from the file's, sorted; empty exactly when they are the same JSON."""
    found: list[Difference] = []
    _walk((), file_schema, live_schema, found)
    return tuple(sorted(found, key=lambda one: one.path))


def against_live(
    wanted: Iterable[Wanted],
    schemas: Mapping[str, JsonObject],
    open_graphs: frozenset[str],
    locate: Locate,
    *,
    seconds: float = SECONDS,
) -> list[Diagnostic]:
    """What the live graphs' schemas say of the contexts; graphs that `schemas` lacks are not looked at.

    A field that the live graph does not know yet is the warning `ahead-of-graph`: the server stores it, and it has
    no effect until the graph is there. Any other violation is the error `live-schema`, which holds that assistant
    (`key`) back. An error about a schema itself keeps its code and may have no key.
    """
    known = [one for one in wanted if one.spec.graph_id in schemas]
    found = validate(known, schemas, open_graphs, locate, seconds=seconds)
    return [_from_live(one) for one in found if one.code != "schema-open"]


def breaks(
    wanted: Iterable[Wanted],
    schemas: Mapping[str, JsonObject],
    open_graphs: frozenset[str],
    locate: Locate,
) -> list[Diagnostic]:
    """The errors of `against_live` alone: which manifests the live schemas break, and where."""
    return [one for one in against_live(wanted, schemas, open_graphs, locate) if one.severity == "error"]


def _from_live(found: Diagnostic) -> Diagnostic:
    if found.code in ("context-unknown", "ignore-unknown"):
        message = found.message.replace("is not known to the graph", "is not known to the live graph yet: no effect")
        return replace(found, severity="warning", code="ahead-of-graph", message=message)
    if found.code.startswith(_CONTEXT_CODE):
        return replace(found, code="live-schema", message=f"the live graph would refuse it: {found.message}")
    # The live schema itself is at fault, so no file of the repository is.
    return replace(found, path=None, line=None, column=None)


def _walk(path: tuple[str, ...], file: Json, live: Json, found: list[Difference]) -> None:
    if isinstance(file, dict) and isinstance(live, dict):
        for name in sorted(file.keys() | live.keys()):
            here = (*path, name)
            if name not in live:
                found.append(Difference(here, f"{_place(here)} is gone from the live graph"))
            elif name not in file:
                found.append(Difference(here, f"{_place(here)} is new in the live graph: {show(live[name])}"))
            else:
                _walk(here, file[name], live[name], found)
    elif not same(file, live):
        found.append(
            Difference(path, f"{_place(path)} is {show(live)} in the live graph, and {show(file)} in the file")
        )


def _place(path: tuple[str, ...]) -> str:
    """`context field \\`tone\\`` for a property's schema, with the keyword where it is about one."""
    fields: list[str] = []
    rest = list(path)
    while len(rest) >= 2 and rest[0] == "properties":
        fields.append(rest[1])
        rest = rest[2:]
    where = f"context field `{dotted(tuple(fields))}`" if fields else ""
    keyword = f"`{'.'.join(rest)}`" if rest else ""
    return f"{keyword} of {where}" if where and keyword else where or keyword or "the schema"
