"""A small world: one fake server, somebody's git, and our own plan and apply in between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from reconciler.app.apply import apply
from reconciler.app.observe import Inputs, make_plan
from reconciler.app.session import Session
from reconciler.core.compare import Pair
from reconciler.core.compose import Provenance
from reconciler.core.plan import Options
from reconciler.core.state import Base, newest_of_ours
from reconciler.model.live import History
from reconciler.model.plan import Deployment, Plan
from reconciler.model.report import Report
from reconciler.model.wanted import OnDrift, Wanted
from reconciler.repo.settings import ResolvedDeployment
from reconciler.server.reader import Reader
from reconciler.server.runner import Runner
from reconciler.server.transport import Address, Transport
from reconciler.server.writer import Writer
from tests.core.case import OWNER, derived_id, wanted
from tests.fake import FakeServer, Traits, transport

KEY = "key-of-alice"
ALLOW = frozenset({"empty_source", "max_deletes", "max_delete_percent", "max_update_percent", "protected"})


@dataclass
class World:
    """`git` is what it says now; `past` what it said at earlier commits, newest first."""

    server: FakeServer
    git: list[Wanted] = field(default_factory=list)
    past: list[list[Wanted]] = field(default_factory=list)

    @classmethod
    def of(cls, traits: Traits, **graphs: Any) -> World:
        """A server with these traits that serves `graphs`, the fake's own where none are given."""
        return cls(FakeServer(traits, graphs=graphs) if graphs else FakeServer(traits))

    def commit(self, manifests: dict[str, dict[str, Any]]) -> None:
        """Git says something new."""
        self.past.insert(0, self.git)
        self.git = [wanted(key, said) for key, said in manifests.items()]

    def session(self) -> Session:
        """A fresh connection, as every run has one."""
        url = f"http://127.0.0.1:2024{self.server.traits.mount_prefix}"
        address = Address(url=url, headers={"x-api-key": KEY}, keyed=True)
        wire = Transport(address, allow="writes", wire=transport(self.server))
        reader = Reader(wire)
        return Session(
            deployment=Deployment(name="fake", url=url),
            target=ResolvedDeployment(name="fake", url=url),
            reader=reader,
            writer=Writer(wire, reader),
            runner=Runner(wire, reader),
        )

    def plan(self, session: Session | None = None, **options: Any) -> Plan:
        """The plan of what git says now."""
        given = {"prune": True, "allow": ALLOW, "default_on_drift": OnDrift.OVERWRITE} | options
        inputs = Inputs(owner=OWNER, wanted=self.git, bases=self._bases)
        return make_plan(inputs, session or self.session(), Options(**given))

    def apply(self, **options: Any) -> Report:
        """Plan and apply in one run."""
        session = self.session()
        assert session.writer is not None
        made = self.plan(session, **options)
        provenance = Provenance(deployment="fake", commit=str(len(self.past)))
        return apply(made, provenance, session.reader, session.writer, parallelism=4, settle=0.3)

    def writes(self, action: Any) -> int:
        """How many requests that write `action` sends."""
        before = len(self.server.log.writes)
        action()
        return len(self.server.log.writes) - before

    def live(self, key: str) -> dict[str, Any]:
        """The live row of a key, as it is stored."""
        found: dict[str, Any] = self.server.get(derived_id(key))
        return found

    def versions(self) -> dict[str, int]:
        """How many version rows each assistant has."""
        return {identifier: len(self.server.versions(identifier)) for identifier in self.server.ids()}

    def foreign(self, ours: Sequence[str]) -> dict[str, dict[str, Any]]:
        """The metadata of every assistant without what git declares and without our marker."""
        kept: dict[str, dict[str, Any]] = {}
        for identifier in self.server.ids():
            metadata = self.server.get(identifier).get("metadata") or {}
            kept[identifier] = {k: v for k, v in metadata.items() if k not in (*ours, "reconciler")}
        return kept

    def _bases(self, asked: Sequence[tuple[Pair, History]]) -> dict[str, Base]:
        return {pair.live.assistant_id: self._base(pair, history) for pair, history in asked}

    def _base(self, pair: Pair, history: History) -> Base:
        """B: from the commit that the newest version of ours names up to the one before this."""
        ours = newest_of_ours(OWNER, pair.live.assistant_id, history)
        since = int(ours.marker.commit) if ours and ours.marker and ours.marker.commit else 0
        commits = [self.git, *self.past][::-1][since:]
        said = commits if since == len(self.past) else commits[:-1]
        found = (w for commit in reversed(said) for w in commit if w.assistant_id == pair.wanted.assistant_id)
        return Base(specs=tuple(found))


def with_id(manifest: dict[str, Any], assistant_id: str) -> dict[str, Any]:
    """A manifest that names its assistant."""
    return manifest | {"assistant_id": assistant_id}


__all__ = ["KEY", "World", "replace", "with_id"]
