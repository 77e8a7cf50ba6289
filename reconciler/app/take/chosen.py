"""Which of the unmanaged assistants are meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from msgspec import Struct, field

from reconciler.errors import UsageError
from reconciler.model.json import canonical
from reconciler.model.live import Live
from reconciler.repo.words import did_you_mean


class Chosen(Struct, frozen=True, kw_only=True):
    """Those of any of these graphs, with a name that fits any of these globs, and with all of this metadata. What is
    empty keeps nothing out."""

    graphs: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)

    def fits(self, live: Live) -> bool:
        spec = live.row.spec
        return (
            (not self.graphs or spec.graph_id in self.graphs)
            and (not self.names or any(fnmatchcase(spec.name, pattern) for pattern in self.names))
            and all(_says(live, key, value) for key, value in self.metadata.items())
        )

    def check(self, lives: Sequence[Live]) -> None:
        """Raises UsageError for what fits nothing on the server: most likely it is a typing mistake."""
        graphs = {live.row.spec.graph_id for live in lives}
        for graph in sorted(self.graphs - graphs):
            raise UsageError(f"--graph {graph}: the server lists no assistant of it", hint=did_you_mean(graph, graphs))
        for pattern in self.names:
            if not any(fnmatchcase(live.row.spec.name, pattern) for live in lives):
                raise UsageError(f"--name {pattern}: the server lists no assistant of such a name")
        for key, value in self.metadata.items():
            if not any(_says(live, key, value) for live in lives):
                raise UsageError(f"--metadata {key}={value}: the server lists no assistant with it")


def _says(live: Live, key: str, value: str) -> bool:
    """Whether the metadata has that value: a text as it is, anything else as JSON writes it."""
    metadata = live.row.spec.metadata
    if key not in metadata:
        return False
    found = metadata[key]
    return found == value if isinstance(found, str) else canonical(found) == value.encode("utf-8", "surrogatepass")
