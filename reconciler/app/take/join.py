"""A twin joins the manifest that is there: the same graph and name, in a deployment where that manifest has nobody.

What it has otherwise becomes an override of its deployment (a JSON Merge Patch), with its own assistant_id.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Collection, Iterable

from msgspec.structs import replace

from reconciler.app.source import Source
from reconciler.app.take.names import Names
from reconciler.app.take.takings import Draft
from reconciler.core import paths
from reconciler.model.json import JsonObject
from reconciler.model.live import Live
from reconciler.model.merge import difference
from reconciler.model.spec import Spec
from reconciler.model.wanted import Wanted
from reconciler.repo.edit import CannotEdit, Set, edit
from reconciler.repo.manifests import Manifests
from reconciler.repo.manifests.make import texts
from reconciler.repo.yaml import FileTag
from reconciler.repo.yaml import load as load_yaml

Twin = tuple[str, str]
"""Graph and name."""


class Joins:
    """`notes` names those of whom there are several, so that none of them joins."""

    def __init__(
        self,
        source: Source,
        manifests: Manifests,
        here: str | None,
        *,
        absent: Collection[str],
        lives: Iterable[Live],
        names: Names,
    ) -> None:
        """`absent` are the keys of the manifests for this deployment whose assistant it does not have; `lives` those
        that could be twins, managed or not."""
        self._tree, self._manifests, self._names, self._here = source.repository.tree, manifests, names, here
        self._listed = [deployment.name for deployment in source.repository.settings.deployments]
        self._lives = Counter(_twin(live.row.spec) for live in lives)
        self._for_here = {one.key for one in source.loaded.wanted}
        self._free: dict[Twin, list[Wanted]] = {}
        self._said: dict[Twin, None] = {}
        for one in manifests.at(None).wanted if here is not None else ():
            here_already = one.key in self._for_here and one.key not in absent
            if _twin(one.spec) in self._lives and not here_already and self._can_be_joined(one):
                self._free.setdefault(_twin(one.spec), []).append(one)

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(
            f"`{name}` of graph `{graph}` has several twins, so each has a manifest of its own and none joins "
            + " or ".join(f"`{one.key}`" for one in self._free[graph, name])
            for graph, name in self._said
        )

    def draft(self, live: Live, spec: Spec) -> Draft | None:
        """The manifest with this assistant in it; None where there is none to join, or not one alone. Raises
        CannotEdit."""
        twin = _twin(spec)
        found = self._free.get(twin, ())
        if self._here is None or not found:
            return None
        if self._lives[twin] > 1 or len(found) > 1:
            self._said[twin] = None
            return None
        return self._joined(found[0], self._here, live, spec)

    def _joined(self, one: Wanted, here: str, live: Live, spec: Spec) -> Draft:
        spec = _without_ignored(one, spec)
        patch = difference(one.spec.as_json(), spec.as_json())
        if patch is None:
            raise CannotEdit(("overrides", here), f"of `{one.key}` cannot say null, which removes there")
        files: dict[str, bytes] = {}
        override: dict[str, object] = dict(patch)
        if isinstance(context := patch.get("context"), dict):
            override["context"] = self._with_files(one, f".{here}", context, files)
        if one.assistant_id != live.assistant_id:
            override = {"assistant_id": live.assistant_id, **override}
        changes = [Set(("overrides", here), override)] if override else []
        if one.key not in self._for_here:
            changes.insert(0, Set(("deployments",), [*self._deployments(one), here]))
        made = edit(self._tree.read(one.path), changes)
        return Draft(key=one.key, live=live, spec=spec, manifest=one.path, files=files, edits={one.path: made})

    def _with_files(self, one: Wanted, more: str, context: JsonObject, files: dict[str, bytes]) -> dict[str, object]:
        """The context with its long texts in `files`, beside the manifest."""
        folder, name = posixpath.split(one.path)
        made: dict[str, object] = dict(context)
        for field, path in texts(posixpath.splitext(name)[0] + more, context):
            file = self._names.file(posixpath.join(folder, path))
            files[file] = str(context[field]).encode()
            made[field] = FileTag(posixpath.relpath(file, folder))
        return made

    def _can_be_joined(self, one: Wanted) -> bool:
        """Whether it is a manifest of one assistant that names none for this deployment."""
        fields = self._fields(one)
        overrides = fields.get("overrides")
        override = overrides.get(self._here or "") if isinstance(overrides, dict) else None
        named = isinstance(override, dict) and "assistant_id" in override
        return not (one.default or "for_each" in fields or named)

    def _deployments(self, one: Wanted) -> list[object]:
        """Those that the manifest names, or that the base names which it is made of."""
        said = self._fields(one).get("deployments")
        if isinstance(said, list):
            return list(said)
        return [name for name in self._listed if any(w.key == one.key for w in self._manifests.at(name).wanted)]

    def _fields(self, one: Wanted) -> JsonObject:
        value = load_yaml(self._tree.read(one.path), one.path).value
        return value if isinstance(value, dict) else {}


def _without_ignored(one: Wanted, spec: Spec) -> Spec:
    """What others own is not git's to say, in an override neither: there it says what the manifest says."""
    content, base = spec.as_json(), one.spec.as_json()
    for path in one.ignore:
        content = paths.put(content, path, paths.get(base, path))
    context, config, metadata = content["context"], content["config"], content["metadata"]
    assert isinstance(context, dict)
    assert isinstance(config, dict)
    assert isinstance(metadata, dict)
    description = str(content["description"])
    return replace(spec, description=description, context=context, config=config, metadata=metadata)


def _twin(spec: Spec) -> Twin:
    return spec.graph_id, spec.name
