"""One manifest, its layers merged -> one wanted assistant, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.model.identity import derived_id
from reconciler.model.json import Json, JsonObject
from reconciler.model.wanted import Removed, Wanted
from reconciler.repo.manifests.content import read_spec
from reconciler.repo.manifests.fields import check_names, check_removed
from reconciler.repo.manifests.ignore import read_ignore
from reconciler.repo.manifests.keys import default_id, id_problem
from reconciler.repo.manifests.layers import Layered
from reconciler.repo.manifests.tries import read_tries
from reconciler.repo.settings.read import read_on_drift
from reconciler.repo.words import did_you_mean, listing
from reconciler.repo.yaml import Findings, Place


def read_manifest(
    found: Findings, layered: Layered, place: Place, key: str, owner: str, files: Sequence[str]
) -> Wanted | Removed | None:
    """The assistant that a manifest describes; None where `found` holds an error of it. `place` is the manifest, or the
    row in it; `files` are those that it takes from besides its texts."""
    fields = layered.value
    if "removed" in fields:
        return _removed(found, fields, place, key, owner)
    check_names(found, fields)
    default = found.flag(("default",), fields.get("default", False))
    spec = read_spec(found, fields, default=default)
    assistant_id = default_id(spec.graph_id) if default else _assistant_id(found, fields, owner, key, spec.graph_id)
    sources = layered.sources()
    wanted = Wanted(
        key=key,
        assistant_id=assistant_id,
        spec=spec,
        path=place.path,
        line=place.line,
        files=tuple(sorted({*files, *(file for _, file in sources)})) if sources else tuple(files),
        sources=sources,
        default=default,
        protected=found.flag(("protected",), fields.get("protected", False)),
        adopts="assistant_id" in fields and not default,
        ignore=read_ignore(found, fields) if "ignore" in fields else (),
        on_drift=read_on_drift(found, fields["on_drift"]) if "on_drift" in fields else None,
        tries=read_tries(found, fields["tries"]) if "tries" in fields else (),
    )
    return None if found.failed else wanted


def identity(fields: JsonObject, owner: str, key: str) -> str | None:
    """The assistant_id that a manifest comes to, where it says one well or none."""
    graph_id, written = fields.get("graph_id"), fields.get("assistant_id")
    if fields.get("default") is True:
        return default_id(graph_id) if isinstance(graph_id, str) else None
    if "assistant_id" not in fields:
        return derived_id(owner, key)
    return written if isinstance(written, str) and id_problem(written) is None else None


def read_deployments(found: Findings, fields: JsonObject, known: Sequence[str]) -> tuple[str, ...] | None:
    """The deployments that a manifest is for; None: all."""
    if "deployments" not in fields:
        return None
    value: Json = fields["deployments"]
    example = f"deployments: [{known[0]}]" if known else "leave it out: reconciler.yaml lists no deployment"
    if not isinstance(value, list) or not value:
        message = "field `deployments` is a list of deployments"
        if isinstance(value, list):
            message = "field `deployments` names none; to give an assistant up, write `removed: delete`"
        found.add(("deployments",), "field-type", message, hint=example)
        return None
    names = []
    for number, entry in enumerate(value):
        at = ("deployments", number)
        text = found.text(at, entry)
        if text is not None and text not in known:
            hint = did_you_mean(text, known) or (f"listed there: {listing(known)}" if known else example)
            found.add(at, "deployment-unknown", f"`{text}` is no deployment of reconciler.yaml", hint=hint)
        elif text is not None:
            names.append(text)
    return tuple(names)


def _removed(found: Findings, fields: JsonObject, place: Place, key: str, owner: str) -> Removed | None:
    check_removed(found, fields)
    how = fields["removed"]
    if how not in ("delete", "keep"):
        message = "field `removed` is `delete`, or `keep`: then only this tool's marker goes"
        hint = did_you_mean(how, ("delete", "keep")) if isinstance(how, str) else "removed: delete"
        found.add(("removed",), "field-type", message, hint=hint)
    assistant_id = _assistant_id(found, fields, owner, key, "")
    if found.failed:
        return None
    return Removed(key=key, assistant_id=assistant_id, path=place.path, line=place.line, keep=how == "keep")


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
