"""A team with a real git repository, beside a fake server: what they commit is what is planned and applied."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.app.apply import apply
from reconciler.app.observe import inputs, make_plan
from reconciler.app.source import open_repository, provenance, read_source
from reconciler.core.plan import Options
from reconciler.model.plan import Plan
from reconciler.model.report import Report
from reconciler.model.wanted import OnDrift
from tests.app.world import ALLOW, World

OPEN = '{"$comment": "this graph declares no context schema", "additionalProperties": true}\n'
SETTINGS = "owner: acme\nschemas: {writer: open, researcher: open, plain: open}\n"


@dataclass
class Team:
    """`folder` is the settings' folder inside the repository at `top`."""

    top: Path
    world: World
    folder: str = "."

    @classmethod
    def start(cls, top: Path, world: World, folder: str = ".") -> Team:
        """A repository with settings and nothing else."""
        team = cls(top, world, folder)
        team.git("init", "-q", "-b", "main")
        team.write("reconciler.yaml", SETTINGS)
        (team.root / "assistants").mkdir(parents=True, exist_ok=True)
        return team

    @property
    def root(self) -> Path:
        return self.top / self.folder

    def git(self, *words: str) -> str:
        """Run git; its output."""
        who = ["-c", "user.name=Ana", "-c", "user.email=ana@acme.example", "-c", "commit.gpgsign=false"]
        done = subprocess.run(["git", *who, *words], cwd=self.top, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def write(self, path: str, text: str) -> None:
        """A file below the settings' folder."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")

    def manifest(self, key: str, prompt: str, more: str = "") -> None:
        """A manifest with one context field."""
        self.write(f"assistants/{key}.yaml", f"graph_id: writer\nname: {key}\ncontext: {{prompt: {prompt}}}\n{more}")

    def commit(self, message: str) -> str:
        """Commit everything; the commit's id."""
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def plan(self, **options: Any) -> Plan:
        """The plan of the work tree, held where it drifted."""
        return self._run(options)[0]

    def apply(self, **options: Any) -> Report:
        """Plan and apply."""
        made, origin, session = self._run(options)
        return apply(made, origin, session.reader, session.writer, parallelism=2)

    def _run(self, options: dict[str, Any]) -> tuple[Plan, Any, Any]:
        given = {"allow": ALLOW, "default_on_drift": OnDrift.HOLD} | options
        repository = open_repository(self.root)
        session = self.world.session()
        origin = provenance(repository, {}, None)
        made = make_plan(inputs(read_source(repository, None), session, origin.commit), session, Options(**given))
        return made, origin, session
