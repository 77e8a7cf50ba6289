"""One manifest -> one wanted assistant, or what is wrong with it."""

from __future__ import annotations

from reconciler.model.identity import derived_id
from reconciler.model.json import JsonObject
from reconciler.model.wanted import Wanted
from reconciler.repo.manifests.content import read_spec
from reconciler.repo.manifests.fields import check_names
from reconciler.repo.manifests.ignore import read_ignore
from reconciler.repo.manifests.keys import default_id, id_problem
from reconciler.repo.settings.read import read_on_drift
from reconciler.repo.words import kind
from reconciler.repo.yaml import Document, Findings


def read_manifest(found: Findings, document: Document, key: str, owner: str, files: set[str]) -> Wanted | None:
    """The assistant that a manifest describes; None where `found` holds an error of it."""
    if not document.readable:
        return None
    fields = document.value
    if not isinstance(fields, dict):
        message = f"a manifest is a mapping of fields, and this is {kind(fields)}"
        found.add((), "manifest-shape", message, hint="graph_id: …\nname: …")
        return None
    check_names(found, fields)
    default = found.flag(("default",), fields.get("default", False))
    spec = read_spec(found, fields, default=default)
    assistant_id = default_id(spec.graph_id) if default else _assistant_id(found, fields, owner, key, spec.graph_id)
    wanted = Wanted(
        key=key,
        assistant_id=assistant_id,
        spec=spec,
        path=document.path,
        line=document.line,
        files=tuple(sorted(files)),
        default=default,
        protected=found.flag(("protected",), fields.get("protected", False)),
        adopts="assistant_id" in fields and not default,
        ignore=read_ignore(found, fields) if "ignore" in fields else (),
        on_drift=read_on_drift(found, fields["on_drift"]) if "on_drift" in fields else None,
    )
    return None if found.failed else wanted


def _assistant_id(found: Findings, fields: JsonObject, owner: str, key: str, graph_id: str) -> str:
    if "assistant_id" not in fields:
        return derived_id(owner, key)
    text = found.text(("assistant_id",), fields["assistant_id"])
    if text is None:
        return ""
    wrong = id_problem(text)
    if wrong is not None:
        found.add(("assistant_id",), "bad-id", wrong[0], hint=wrong[1])
    elif text == default_id(graph_id):
        message = f"field `assistant_id` names the default assistant of graph `{graph_id}`, which the server owns"
        found.add(("assistant_id",), "bad-id", message, hint="default: true    # in its place; only context and config")
    return text
