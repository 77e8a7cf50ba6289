"""Keys and files for assistants that have none yet: each given out once, none that is there."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence

from reconciler.app.take.takings import Draft
from reconciler.model.live import Live
from reconciler.model.spec import Spec
from reconciler.repo.manifests import FOLDER, Loaded
from reconciler.repo.manifests.keys import key_of
from reconciler.repo.manifests.make import make
from reconciler.repo.manifests.naming import candidates
from reconciler.repo.tree import Tree


class Names:
    """What is there is compared as a file system that ignores case does. A key that a live assistant of ours has is
    taken too, although its manifest is gone."""

    def __init__(self, tree: Tree, loaded: Loaded, ours: Iterable[Live]) -> None:
        """`loaded` are the manifests of all deployments."""
        there = tree.paths(FOLDER) if tree.folder_exists(FOLDER) else ()
        self._paths = {path.casefold() for path in there}
        self._keys = {one.key.casefold() for one in loaded.wanted} | {one.key.casefold() for one in loaded.removed}
        self._keys |= {key_of(path, FOLDER).casefold() for path in there}
        self._keys |= {live.mark.key.casefold() for live in ours if live.mark is not None}

    def draft(self, live: Live, spec: Spec, deployments: Sequence[str]) -> Draft:
        """A manifest of its own."""
        for key in candidates(spec.graph_id, spec.name, live.assistant_id):
            files = make(key, spec, assistant_id=live.assistant_id, deployments=deployments)
            if key.casefold() not in self._keys and self._free(files):
                break
        else:  # there is always another candidate
            raise AssertionError
        self._keys.add(key.casefold())
        self._paths |= {path.casefold() for path in files}
        return Draft(key=key, live=live, spec=spec, files=files, manifest=f"{FOLDER}/{key}.yaml")

    def file(self, path: str) -> str:
        """A file of that name, or numbered where it is there."""
        stem, ending = posixpath.splitext(path)
        number = 1
        while not self._free([path]):
            number += 1
            path = f"{stem}-{number}{ending}"
        self._paths.add(path.casefold())
        return path

    def _free(self, paths: Iterable[str]) -> bool:
        return self._paths.isdisjoint(path.casefold() for path in paths)
