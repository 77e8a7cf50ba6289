"""The final manifest of one assistant: what its files come to, with the place that each value is from."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from reconciler.app.source import Repository
from reconciler.errors import InvalidSource
from reconciler.model.json import JsonObject
from reconciler.model.wanted import FieldPath, Wanted
from reconciler.repo.manifests import Loaded, load
from reconciler.repo.settings import find_deployment
from reconciler.repo.yaml import dump


class Shown(Struct, frozen=True, kw_only=True):
    """`loaded` is what all files come to in `deployment`; None is a server without a name, which has no overrides."""

    deployment: str | None
    loaded: Loaded


def read(repository: Repository, deployment: str | None) -> Shown:
    """The manifests as a deployment has them: the one named, else the only one listed.

    Raises UsageError where the settings list no such deployment, InvalidSource where a file has errors.
    """
    listed = repository.settings.deployments
    if deployment is not None:
        find_deployment(repository.settings, deployment)
    elif len(listed) == 1:
        deployment = listed[0].name
    loaded = load(repository.tree, repository.settings, deployment)
    if loaded.failed:
        raise InvalidSource(tuple(d for d in loaded.diagnostics if d.severity == "error"))
    return Shown(deployment=deployment, loaded=loaded)


def final(shown: Shown, wanted: Wanted, *, origin: Callable[[str], str] | None = None) -> str:
    """The manifest as YAML which, read back, gives the same assistant. With `origin` each value has its place beside
    it, as that escapes it."""
    fields = _fields(wanted)
    if wanted.tries:  # as they are written: a text has become a message in those that are run
        fields["tries"] = shown.loaded.layered(wanted).value["tries"]
    if origin is None:
        return dump(fields)
    escape = origin

    def place(path: FieldPath) -> str | None:
        if path == ("key",):
            return escape(wanted.path)
        there = shown.loaded.locate(wanted, path)
        return escape(f"{there.path}:{there.line}")

    return dump(fields, place)


def _fields(wanted: Wanted) -> JsonObject:
    """Every field that says something, in the order in which a manifest is written."""
    spec = wanted.spec
    fields: JsonObject = {"key": wanted.key, "graph_id": spec.graph_id}
    if wanted.default:
        fields["default"] = True
    else:
        fields["name"] = spec.name
    optional: JsonObject = {
        "description": spec.description,
        "assistant_id": wanted.assistant_id if wanted.adopts else None,
        "protected": wanted.protected,
        "on_drift": wanted.on_drift.value if wanted.on_drift is not None else None,
        "ignore": [".".join(map(str, path)) for path in wanted.ignore],
        "config": spec.config,
        "metadata": spec.metadata,
        "context": spec.context,
    }
    return fields | {name: value for name, value in optional.items() if value}
