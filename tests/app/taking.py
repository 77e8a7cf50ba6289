"""Repositories beside servers that have assistants which nobody manages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec.structs import replace

from reconciler.app.observe import inputs, make_plan
from reconciler.app.session import Session
from reconciler.app.source import Source, open_repository, read_source
from reconciler.app.take import Chosen, Takings, find, write
from reconciler.core.plan import Options
from reconciler.model.plan import Plan
from tests.app.world import World
from tests.cli.places import Repo
from tests.fake import LG, Traits

LONG = "Line one.\r\nLine two.\n\n"
STAGING, PRODUCTION = "62e209ca-9154-432a-b9e9-2d75c7a9219b", "73f31adb-0265-4543-8aea-3e86d8b0320c"
PROMPT = "You write short posts.\nAlways.\n"


class Place:
    """A repository beside a server."""

    def __init__(self, root: Path, traits: Traits = LG) -> None:
        self.repo, self.world = Repo(root), World.of(traits)
        self.server = self.world.server

    def source(self) -> Source:
        return read_source(open_repository(self.repo.root), None)

    def find(self, **chosen: Any) -> Takings:
        return find(self.source(), session(self.world), Chosen(**chosen))

    def take(self, **chosen: Any) -> Takings:
        found = self.find(**chosen)
        write(self.repo.root, found)
        return found

    def plan(self) -> Plan:
        source = self.source()
        assert [d for d in source.diagnostics if d.severity == "error"] == []
        connected = session(self.world)
        return make_plan(inputs(source, connected, None), connected, Options(prune=True))

    def text(self, path: str) -> str:
        return (self.repo.root / path).read_bytes().decode()


def session(world: World, name: str | None = None) -> Session:
    """A connection of the world, by default as a bare --url gives it: without a name."""
    found = world.session()
    return replace(found, deployment=replace(found.deployment, name=name))


class Places:
    """One repository with two deployments."""

    def __init__(self, root: Path) -> None:
        self.repo = Repo(root)
        self.worlds = {name: World.of(LG) for name in ("staging", "production")}
        self.list("staging", "production")

    def list(self, *names: str) -> None:
        lines = [f"  {name}:\n    url: http://127.0.0.1:{2024 + n}" for n, name in enumerate(names)]
        self.repo.settings("owner: acme", "deployments:", *lines)

    def has(self, name: str, /, **fields: Any) -> None:
        """An assistant that somebody made by hand."""
        identifier = {"staging": STAGING, "production": PRODUCTION}[name]
        made = {"assistant_id": identifier, "graph_id": "writer", "name": "Tweet writer"} | fields
        self.worlds[name].server.create(**made)

    def session(self, name: str) -> Session:
        return session(self.worlds[name], name)

    def source(self, name: str) -> Source:
        return read_source(open_repository(self.repo.root), name)

    def find(self, name: str) -> Takings:
        return find(self.source(name), self.session(name))

    def take(self, name: str) -> Takings:
        found = self.find(name)
        write(self.repo.root, found)
        return found

    def plan(self, name: str) -> Plan:
        source, connected = self.source(name), self.session(name)
        assert [d for d in source.diagnostics if d.severity == "error"] == []
        return make_plan(inputs(source, connected, None), connected, Options(prune=True))

    def adopted(self, name: str) -> tuple[str, ...]:
        """What the plan counts as adopted, where it has nothing to do."""
        plan = self.plan(name)
        assert plan.is_empty, plan.changes
        return plan.adopted

    def text(self, path: str) -> str:
        return (self.repo.root / path).read_bytes().decode()
