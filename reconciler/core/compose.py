"""Wanted + live -> the one full body to send, marker included."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from reconciler.core import paths
from reconciler.core.managed import DEFAULT_FIELDS, hash_as_written, metadata_names
from reconciler.model.json import JsonObject
from reconciler.model.live import Live
from reconciler.model.marker import Marker
from reconciler.model.spec import Spec
from reconciler.model.wanted import Removed, Wanted
from reconciler.model.write import Write


class Provenance(Struct, frozen=True, kw_only=True):
    """Where what we write comes from: stored in the marker, never compared.

    `source` gives the address of a manifest by its path, for whoever opens the metadata in Studio.
    """

    repo: str | None = None
    deployment: str | None = None
    commit: str | None = None
    source: Callable[[str], str | None] = lambda path: None


def compose(wanted: Wanted, live: Live | None, owner: str, provenance: Provenance) -> Write:
    """What to send. What git does not manage is taken as found: ignored fields, the names of a default assistant.

    A metadata key that git gave up is sent as null, since no server removes one (docs/server.md, S6).
    """
    content = wanted.spec.as_json()
    declared = wanted.spec.metadata
    own: JsonObject = dict(declared)
    foreign: JsonObject = {}
    if live is not None:
        found = live.row.spec.as_json()
        if wanted.default:
            content = found | {name: content[name] for name in DEFAULT_FIELDS}
        for path in wanted.ignore:
            content = paths.put(content, path, paths.get(found, path))
        ours = metadata_names(wanted, live.row)
        metadata = content["metadata"]
        assert isinstance(metadata, dict)
        own = {name: value for name, value in metadata.items() if name in declared}
        own |= {name: None for name in sorted(ours - declared.keys()) if _is_given_up(name, wanted, live)}
        foreign = {name: value for name, value in live.row.spec.metadata.items() if name not in ours}
    spec = _spec(content, own)
    keys = tuple(sorted(declared))
    marker = Marker(
        owner=owner,
        key=wanted.key,
        id=wanted.assistant_id,
        hash=hash_as_written(spec, keys),
        keys=keys,
        protected=wanted.protected,
        rollback=wanted.rollback,
        repo=provenance.repo,
        deployment=provenance.deployment,
        commit=provenance.commit,
        path=wanted.path,
        source=provenance.source(wanted.path),
    )
    derived = not (wanted.adopts or wanted.default)
    return Write(
        assistant_id=wanted.assistant_id,
        spec=spec,
        marker=marker,
        foreign=foreign,
        derived=derived,
        released=wanted.released,
    )


def released(gone: Removed, live: Live) -> Wanted:
    """What git wants of an assistant that it lets go: all as it is found, but for the marker."""
    spec, marker = live.row.spec, live.row.marker
    keys = marker.keys if marker is not None else ()
    own = {name: spec.metadata[name] for name in keys if spec.metadata.get(name) is not None}
    return Wanted(
        key=gone.key,
        assistant_id=gone.assistant_id,
        spec=replace(spec, metadata=own),
        path=gone.path,
        line=gone.line,
        adopts=True,
        released=True,
    )


def _is_given_up(name: str, wanted: Wanted, live: Live) -> bool:
    """Whether a key that git declared before is to be cleared: it is there, and nobody else owns it now."""
    ignored = ("metadata",) in wanted.ignore or ("metadata", name) in wanted.ignore
    return name in live.row.spec.metadata and not ignored


def _spec(content: JsonObject, metadata: JsonObject) -> Spec:
    context, config = content["context"], content["config"]
    assert isinstance(context, dict)
    assert isinstance(config, dict)
    return Spec(
        graph_id=str(content["graph_id"]),
        name=str(content["name"]),
        description=str(content["description"]),
        context=context,
        config=config,
        metadata=metadata,
    )
