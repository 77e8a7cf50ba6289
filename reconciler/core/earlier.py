"""An earlier version as something to make live, and as something that git said."""

from __future__ import annotations

from msgspec.structs import replace

from reconciler.core import managed
from reconciler.model.json import JsonObject
from reconciler.model.live import Live, Version
from reconciler.model.wanted import Wanted


def earlier(owner: str, live: Live, row: Version, said: Wanted | None) -> Wanted:
    """The content of `row` as something to make live. What others own stays out of it: compose takes it as found."""
    mark, now = live.mark, _keys(owner, live, live.row, said)
    key = said.key if said is not None else mark.key if mark is not None else live.assistant_id
    written = mark.path if mark is not None and mark.path else f"assistants/{key}.yaml"
    default = said.default if said is not None else live.is_default
    found = live.row.spec.metadata
    # A key that somebody else has set since is theirs.
    own = {n: v for n, v in _own(owner, live, row, said).items() if n in now or found.get(n) is None}
    return Wanted(
        key=key,
        assistant_id=live.assistant_id,
        spec=replace(row.spec, metadata={} if default else own),
        path=said.path if said is not None else written,
        line=said.line if said is not None else 1,
        default=default,
        protected=mark.protected if mark is not None else said is not None and said.protected,
        adopts=said.adopts if said is not None else True,
        ignore=said.ignore if said is not None else (),
    )


def _keys(owner: str, live: Live, row: Version, said: Wanted | None) -> frozenset[str]:
    """The metadata keys of `row` that are git's; without a marker there those of the live one, or of the manifest."""
    for marker in (row.marker, live.mark):
        if marker is not None and marker.owner == owner and marker.id == live.assistant_id:
            return frozenset(marker.keys)
    return frozenset(said.spec.metadata if said is not None else ())


def _own(owner: str, live: Live, row: Version, said: Wanted | None) -> JsonObject:
    """The metadata of `row` that is git's."""
    names = sorted(_keys(owner, live, row, said))
    return {name: row.spec.metadata[name] for name in names if row.spec.metadata.get(name) is not None}


def hash_of(owner: str, live: Live, row: Version, said: Wanted | None) -> str:
    """What `row` says, as the hash of a manifest that says it."""
    spec = replace(row.spec, metadata=_own(owner, live, row, said))
    return managed.said_hash(replace(earlier(owner, live, row, said), spec=spec))
