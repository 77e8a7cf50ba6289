"""The one comparison: what of an assistant git manages, as canonical JSON.

Everything that asks "is this the same?" asks here: plan, the choice of a version to activate, the proof after
writing. Two sides are built for a pair of (wanted, row): what the row should hold, and what it does hold, each reduced
to what is managed. What is left over, `unmanaged`, is what nothing we do may change.
"""

from __future__ import annotations

from msgspec.structs import replace

from reconciler.core import paths
from reconciler.model.change import Absent
from reconciler.model.json import JsonObject, canonical, digest, same
from reconciler.model.live import Version
from reconciler.model.marker import Marker
from reconciler.model.spec import FORM, Spec
from reconciler.model.wanted import Wanted

DEFAULT_FIELDS = ("context", "config")
"""Of a graph's default assistant only these are managed (docs/server.md, S22)."""


def own_marker(wanted: Wanted, row: Version) -> Marker | None:
    """The row's marker where it was written for this very assistant, not copied from another one."""
    marker = row.marker
    return marker if marker is not None and marker.id == wanted.assistant_id else None


def marker_identity(wanted: Wanted, owner: str) -> JsonObject:
    """What the marker has to say about whose this is: compared like content."""
    return Marker(
        owner=owner,
        key=wanted.key,
        id=wanted.assistant_id,
        keys=tuple(sorted(wanted.spec.metadata)),
        protected=wanted.protected,
    ).identity()


def metadata_names(wanted: Wanted, row: Version) -> frozenset[str]:
    """The metadata keys that are git's: those it declares and those it declared when the row was written."""
    marker = own_marker(wanted, row)
    return frozenset((*wanted.spec.metadata, *(marker.keys if marker is not None else ())))


def content_wanted(wanted: Wanted) -> JsonObject:
    """The managed content as git wants it, `ignore` left out."""
    return _reduce(wanted, wanted.spec.as_json())


def content_found(wanted: Wanted, row: Version) -> JsonObject:
    """The same part of `row`. Metadata that is null counts as absent (docs/server.md, S6)."""
    names = metadata_names(wanted, row)
    metadata: JsonObject = {n: v for n, v in row.spec.metadata.items() if n in names and v is not None}
    content = row.spec.as_json()
    content["metadata"] = metadata
    found = _reduce(wanted, content)
    return found | {"residue": row.residue} if row.residue else found


def _reduce(wanted: Wanted, content: JsonObject) -> JsonObject:
    if wanted.default:
        content = {name: content[name] for name in DEFAULT_FIELDS}
    return paths.without(content, wanted.ignore) if wanted.ignore else content


def same_content(wanted: Wanted, row: Version) -> bool:
    """Whether `row` holds what git wants, the marker apart."""
    return same(content_wanted(wanted), content_found(wanted, row))


def same_marker(wanted: Wanted, owner: str, row: Version) -> bool:
    """Whether the row's marker says whose this is, in each point that is compared like content."""
    if wanted.released:
        return row.marker is None
    marker = own_marker(wanted, row)
    # Texts and a bool of ours on either side, never raw JSON.
    return marker is not None and marker.identity() == marker_identity(wanted, owner)


def unmanaged(wanted: Wanted, row: Version, names: frozenset[str]) -> bytes:
    """What of `row` is not git's: other people's metadata, ignored fields, the names of a default assistant.

    `names` are the metadata keys that count as git's. Comparing these bytes tells whether activating a version would
    take something back that is not ours (docs/server.md, S17: set-latest restores all of it).
    """
    content = row.spec.as_json()
    found: JsonObject = {"metadata": {n: v for n, v in row.spec.metadata.items() if n not in names and v is not None}}
    if wanted.default:
        found |= {n: v for n, v in content.items() if n not in (*DEFAULT_FIELDS, "metadata")}
    for path in wanted.ignore:
        value = paths.get(content, path)
        found[".".join(map(str, path))] = [] if isinstance(value, Absent) else [value]
    return canonical(found)


def restores(wanted: Wanted, owner: str, live: Version, candidate: Version) -> bool:
    """Whether making `candidate` active again gives exactly what git wants and changes nothing that is not git's."""
    names = metadata_names(wanted, live) | metadata_names(wanted, candidate)
    return (
        same_content(wanted, candidate)
        and same_marker(wanted, owner, candidate)
        and unmanaged(wanted, candidate, names) == unmanaged(wanted, live, names)
    )


def written_by_us(owner: str, assistant_id: str, row: Version) -> bool:
    """Whether this tool wrote `row`: its marker is ours, and its hash fits its content.

    The marker alone does not tell: a later edit in Studio keeps the metadata and with it our marker.
    """
    marker = row.marker
    if marker is None or marker.owner != owner or marker.id != assistant_id:
        return False
    return hash_as_written(row.spec, marker.keys) == marker.hash


def as_written(wanted: Wanted, row: Version) -> Wanted:
    """`wanted` with the content of `row`, a version that this tool wrote: what git said of it then."""
    keys = row.marker.keys if row.marker is not None else ()
    metadata = {name: row.spec.metadata[name] for name in keys if row.spec.metadata.get(name) is not None}
    return replace(wanted, spec=replace(row.spec, metadata=metadata), files=(), sources=())


def said_hash(wanted: Wanted) -> str:
    """The hash of the managed content as git wants it, by which a rollback knows what it was made from.

    Without `ignore`, and of a default assistant only what is managed: others change the rest, and that says nothing
    about git.
    """
    content = content_wanted(wanted)
    metadata = content.get("metadata")
    if isinstance(metadata, dict):
        content = content | {"metadata": {n: v for n, v in metadata.items() if v is not None}}
    return f"{FORM}:{digest(content)}"


def unknown_form(marker: Marker | None) -> str | None:
    """Why a marker cannot tell whether its content is ours: it was written in another canonical form."""
    if marker is None or not marker.hash or marker.hash.startswith(f"{FORM}:"):
        return None
    form = marker.hash.partition(":")[0]
    return f"its marker is of the canonical form {form[:20]!r}, which this version does not know"


def hash_as_written(spec: Spec, keys: tuple[str, ...]) -> str:
    """The hash that a marker carries: of the full content, metadata reduced to what git set."""
    metadata = {name: spec.metadata[name] for name in keys if spec.metadata.get(name) is not None}
    return Spec(
        graph_id=spec.graph_id,
        name=spec.name,
        description=spec.description,
        context=spec.context,
        config=spec.config,
        metadata=metadata,
    ).hash()
