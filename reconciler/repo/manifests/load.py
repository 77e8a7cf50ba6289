"""All manifests of a tree, as one deployment has them. One that cannot be read is an error, and so never looks like a
deletion."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct, field

from reconciler.model.diagnostic import Diagnostic, distinct
from reconciler.model.wanted import FieldPath, Removed, Wanted
from reconciler.repo.manifests.collisions import id_collisions, key_collisions
from reconciler.repo.manifests.draft import Draft, with_refs
from reconciler.repo.manifests.drafts import Drafts
from reconciler.repo.manifests.layers import At, Layered
from reconciler.repo.manifests.manifest import identity, read_deployments, read_manifest
from reconciler.repo.manifests.partial import Partial, read_partial
from reconciler.repo.manifests.row import Row
from reconciler.repo.manifests.tagging import Refs, ids_by_key
from reconciler.repo.settings.types import Settings
from reconciler.repo.tree import Tree
from reconciler.repo.yaml import Findings, Place

Seed = tuple[Draft, "Row | None"]
"""What one assistant comes from."""


class _Read(Struct, frozen=True):
    """What was made of a seed, and the deployments that it is for (None: all)."""

    layered: Layered
    found: tuple[Diagnostic, ...]
    one: Wanted | Removed | Partial | None
    deployments: tuple[str, ...] | None = None


class Loaded(Struct, frozen=True):
    """`wanted` is sorted by key and holds the manifests without errors; `diagnostics` is sorted by place.

    Whoever plans must refuse to where `failed`: what is missing from `wanted` then is not gone from git.

    `removed` are those that git gives up. `partial` are those with errors whose graph and context can be read all the
    same: to check their contexts, and for nothing else. `unread` has by key of such a one what cannot be told of its
    context. `elsewhere` has by key, of each that is not among `wanted`, why that is so.
    """

    wanted: tuple[Wanted, ...]
    diagnostics: tuple[Diagnostic, ...]
    removed: tuple[Removed, ...] = ()
    partial: tuple[Wanted, ...] = ()
    unread: Mapping[str, frozenset[FieldPath]] = field(default_factory=dict)
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    _layered: Mapping[tuple[str, str], Layered] = field(default_factory=dict)
    _spelt: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        return any(d.severity == "error" for d in self.diagnostics)

    def locate(self, wanted: Wanted, path: FieldPath, *, name: bool = False) -> Place:
        """Where the value at a path of a spec stands, or its `name`: in the manifest, in a base or row or override, or
        line 1 of its `!file`.

        Where there is no such value: the nearest field above it.
        """
        if wanted.key in self._spelt and path:
            path = (self._spelt[wanted.key].get(str(path[0]), path[0]), *path[1:])
        return self._layered[wanted.path, wanted.key].where(path, name=name)

    def layered(self, wanted: Wanted) -> Layered:
        """The files of an assistant, laid over each other."""
        return self._layered[wanted.path, wanted.key]


class Manifests:
    """Every manifest of a tree, read once; `at` says what they come to in a deployment."""

    def __init__(self, tree: Tree, settings: Settings, only: Collection[str] | None = None) -> None:
        """With `only`, the paths of some manifests, the others are not read, unless one of those refers to them."""
        self._settings = settings
        self._drafts = Drafts(tree, settings, only)
        self._said: dict[tuple[str, str], _Read] = {}

    def at(self, deployment: str | None) -> Loaded:
        """What git wants of a deployment; None is any server that has no name: then there are no overrides.

        Never raises for what stands in the files. Where there is no manifest at all the diagnostics say so: `no-source`
        (an error) without the folder, `empty-source` (a warning) without files in it.
        """
        drafts = self._drafts
        refs = self._refs(deployment) if any(draft.refers for draft in drafts.chosen) else None
        reads: dict[tuple[str, str], _Read] = {}
        nowhere: list[Diagnostic] = []
        for draft in drafts.chosen:
            whole, errors = with_refs(draft, refs) if refs is not None and draft.refers else (draft, [])
            nowhere += errors
            for _, row in _seeds([whole]):
                key = whole.key_of(row)
                at = draft.path, key
                read = self._said.get(at) if draft.everywhere else None
                if read is None:
                    read = self._read(whole, row, key, deployment, refs)
                    if draft.everywhere:
                        self._said[at] = read
                reads[at] = read
        return self._loaded(reads, nowhere, deployment)

    def _loaded(
        self, reads: Mapping[tuple[str, str], _Read], nowhere: Iterable[Diagnostic], deployment: str | None
    ) -> Loaded:
        drafts = self._drafts
        here = [read for read in reads.values() if _is_here(read, deployment)]
        wanted = sorted((r.one for r in here if isinstance(r.one, Wanted)), key=lambda one: (one.key, one.path))
        removed = sorted((r.one for r in here if isinstance(r.one, Removed)), key=lambda one: (one.key, one.path))
        partial = sorted((r.one for r in here if isinstance(r.one, Partial)), key=lambda one: one.wanted.key)
        found = [*drafts.found(), *nowhere, *key_collisions(drafts.keys()), *id_collisions(wanted, removed)]
        found += [d for read in reads.values() for d in read.found]
        elsewhere = {
            key: f"is not in deployment `{deployment}`: its `deployments` say so"
            for (_, key), read in reads.items()
            if not _is_here(read, deployment)
        }
        return Loaded(
            tuple(wanted),
            tuple(distinct(found)),
            elsewhere=elsewhere | {gone.key: "is given up: its manifest says `removed`" for gone in removed},
            removed=tuple(removed),
            partial=tuple(some.wanted for some in partial),
            unread={some.wanted.key: some.unread for some in partial},
            _layered={at: read.layered for at, read in reads.items()},
            _spelt={some.wanted.key: some.spelt for some in partial},
        )

    def _read(self, draft: Draft, row: Row | None, key: str, deployment: str | None, refs: Refs | None) -> _Read:
        there = At(row.part, row.prefix) if row is not None else None
        layered = Layered(draft.layers(row, deployment, refs), len(draft.parts) - 1, there)
        found = Findings(layered, key)
        place = layered.home if row is None or row.place.path != draft.path else row.place
        deployments = read_deployments(found, layered.value, self._drafts.deployments)
        one: Wanted | Removed | Partial | None
        one = read_manifest(found, layered, place, key, self._settings.owner, draft.files)
        if one is None or draft.misnamed(row):
            one = read_partial(found, layered, place, key)
        return _Read(layered, tuple(found.all), one, deployments)

    def _refs(self, deployment: str | None) -> Refs:
        """The ids of all assistants. That of one cannot hang on another's."""
        ids: dict[str, str | None] = {}
        absent: dict[str, str] = {}
        for draft, row in _seeds(self._drafts.all()):
            key = draft.key_of(row)
            layered = Layered(draft.layers(row, deployment, None), len(draft.parts) - 1)
            deployments = layered.value.get("deployments")
            if deployment is not None and isinstance(deployments, list) and deployment not in deployments:
                absent[key] = f"is not in deployment `{deployment}`; its `deployments` say so"
            elif "removed" in layered.value:
                absent[key] = "is given up: its manifest says `removed`"
            else:
                ids[key] = identity(layered.value, self._settings.owner, key)
        return ids_by_key(ids | dict.fromkeys(self._drafts.broken()), absent)


def _seeds(drafts: Iterable[Draft]) -> Iterable[Seed]:
    for draft in drafts:
        yield from ((draft, row) for row in (draft.rows if draft.rows is not None else (None,)))


def _is_here(read: _Read, deployment: str | None) -> bool:
    return deployment is None or read.deployments is None or deployment in read.deployments


def load(
    tree: Tree, settings: Settings, deployment: str | None = None, *, only: Collection[str] | None = None
) -> Loaded:
    """Read the manifests of a tree for one deployment; see Manifests."""
    return Manifests(tree, settings, only).at(deployment)
