"""What can be read of a manifest with errors: enough to check its context in the same run."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.model.json import JsonObject
from reconciler.model.spec import Spec
from reconciler.model.wanted import FieldPath, Wanted
from reconciler.repo.manifests.fields import misspelt, unknown
from reconciler.repo.manifests.ignore import read_ignore
from reconciler.repo.yaml import Document, Findings

_ELSEWHERE = frozenset(("extends", "removed"))
"""Beside these a manifest does not hold its whole context."""


@dataclass(frozen=True, slots=True)
class Partial:
    """Of `wanted` only graph, context and `ignore` mean something.

    `unread` are paths whose value is not known: told already, or it stands where it does not belong. `spelt` says
    how the manifest writes a field whose name is misspelt.
    """

    wanted: Wanted
    unread: frozenset[FieldPath]
    spelt: dict[str, str]


def read_partial(found: Findings, key: str) -> Partial | None:
    """What `found` could still be read of; None where the graph or the context cannot."""
    document = found.document
    fields = document.value
    if not document.readable or not isinstance(fields, dict) or _ELSEWHERE & fields.keys():
        return None
    spelt = {name: other for name in ("graph_id", "context") if (other := misspelt(fields, name)) is not None}
    graph, top = spelt.get("graph_id", "graph_id"), spelt.get("context", "context")
    told = {(d.line or 0, d.column or 0) for d in found.all if d.severity == "error"} | document.lost
    graph_id, context = fields.get(graph), fields.get(top, {})
    if not isinstance(graph_id, str) or not graph_id or document.find((graph,)) in told:
        return None
    if not isinstance(context, dict):
        return None
    context = {name: value for name, value in context.items() if document.find((top, name), name=True) not in told}
    wanted = Wanted(
        key=key,
        assistant_id="",
        spec=Spec(graph_id=graph_id, name="", context=context),
        path=document.path,
        line=document.line,
        ignore=read_ignore(Findings(document), fields),
    )
    return Partial(wanted, frozenset(_unread(document, fields, context, top, told)), spelt)


def _unread(
    document: Document, fields: JsonObject, context: JsonObject, top: str, told: set[tuple[int, int]]
) -> set[FieldPath]:
    unread: set[FieldPath] = {("context", *path[1:]) for path in document.under((top,), told)}
    config = fields.get("config")
    config = config if isinstance(config, dict) else {}
    old = config.get("configurable")
    # What stands in a wrong place was told there, with where it belongs: it is not missing.
    stray = {*unknown(fields), *config, *(old if isinstance(old, dict) else ())}
    return unread | {("context", name) for name in stray if name not in context}
