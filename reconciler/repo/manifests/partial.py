"""What can be read of a manifest with errors: enough to check its context in the same run."""

from __future__ import annotations

from msgspec import Struct

from reconciler.model.json import JsonObject
from reconciler.model.spec import Spec
from reconciler.model.tries import Try
from reconciler.model.wanted import FieldPath, Wanted
from reconciler.repo.manifests.fields import misspelt, unknown
from reconciler.repo.manifests.ignore import read_ignore
from reconciler.repo.manifests.layers import Layered
from reconciler.repo.manifests.tries import read_tries
from reconciler.repo.yaml import Findings, Place


class Partial(Struct, frozen=True):
    """Of `wanted` only graph, context, `ignore` and `tries` mean something.

    `unread` are paths whose value is not known: told already, or it stands where it does not belong. `spelt` says
    how the manifest writes a field whose name is misspelt.
    """

    wanted: Wanted
    unread: frozenset[FieldPath]
    spelt: dict[str, str]


def read_partial(found: Findings, layered: Layered, place: Place, key: str) -> Partial | None:
    """What of a manifest with errors could still be read; None where the graph or the context cannot."""
    fields = layered.value
    if "removed" in fields:
        return None
    spelt = {name: other for name in ("graph_id", "context") if (other := misspelt(fields, name)) is not None}
    graph, top = spelt.get("graph_id", "graph_id"), spelt.get("context", "context")
    told = layered.told | {Place(d.path or "", d.line or 0, d.column or 0) for d in found.all if d.severity == "error"}
    graph_id, context = fields.get(graph), fields.get(top, {})
    if not isinstance(graph_id, str) or not graph_id or layered.where((graph,)) in told:
        return None
    if not isinstance(context, dict):
        return None
    context = {name: value for name, value in context.items() if layered.where((top, name), name=True) not in told}
    wanted = Wanted(
        key=key,
        assistant_id="",
        spec=Spec(graph_id=graph_id, name="", context=context),
        path=place.path,
        line=place.line,
        ignore=read_ignore(Findings(layered), fields),
        tries=_tries(layered, fields),
    )
    unread = {("context", *one[1:]) for one in layered.under((top,), told)}
    return Partial(wanted, frozenset(unread | _stray(fields, context)), spelt)


def _tries(layered: Layered, fields: JsonObject) -> tuple[Try, ...]:
    """All of them, or none where one of them is wrong: they are told by their number."""
    found = Findings(layered)
    before = len(found.all)
    tries = read_tries(found, fields["tries"]) if "tries" in fields else ()
    return tries if len(found.all) == before else ()


def _stray(fields: JsonObject, context: JsonObject) -> set[FieldPath]:
    """What stands in a wrong place was told there, with where it belongs: it is not missing."""
    config = fields.get("config")
    config = config if isinstance(config, dict) else {}
    old = config.get("configurable")
    stray = {*unknown(fields), *config, *(old if isinstance(old, dict) else ())}
    return {("context", name) for name in stray if name not in context}
