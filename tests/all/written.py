"""A repository that `init` made, servers that it reaches, and a stand-in for GitHub, for the tests of workflows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.all.runner import ROOT, TOOL, Runner, git
from tests.fake import KEYS, FakeServer, Traits, listen
from tests.github import stand_in

KEY = next(iter(KEYS))


@dataclass
class Written:
    """`servers` are the deployments by name, `urls` their addresses."""

    runner: Runner
    servers: dict[str, FakeServer]
    urls: dict[str, str]
    github: stand_in.StandIn

    @property
    def server(self) -> FakeServer:
        return self.servers["live"]

    @property
    def asked(self) -> list[str]:
        """What the server of `live` was asked to write."""
        return [f"{request.method} {request.path}" for request in self.server.log.writes]

    def settings(self, more: str = "") -> None:
        """reconciler.yaml, with all servers as deployments."""
        rows = "".join(f"  {name}: {{url: '{url}'{more}}}\n" for name, url in self.urls.items())
        self.runner.write("reconciler.yaml", f"owner: acme\ndeployments:\n{rows}")

    def manifest(self, key: str, **content: Any) -> None:
        self.runner.write(f"assistants/{key}.yaml", json.dumps({"graph_id": "writer", "name": key} | content))

    def live(self, name: str, deployment: str = "live") -> dict[str, Any]:
        """The assistant of that name, as the server has it."""
        server = self.servers[deployment]
        return next(one for one in map(server.get, server.ids()) if one["name"] == name)

    def edit(self, name: str, deployment: str = "live", **context: str) -> None:
        """Somebody changes it outside git."""
        assistant_id = self.live(name, deployment)["assistant_id"]
        self.servers[deployment].patch(assistant_id, who="studio", context=context)

    def remove(self, key: str) -> None:
        (self.runner.work / "assistants" / f"{key}.yaml").unlink()

    def plan(self, **more: Any) -> tuple[int, str]:
        """The run for what was committed, as a pull request."""
        event = self.runner.pull_request(**more)
        self.github.pull(self.runner.number, event["pull_request"]["head"]["sha"])
        return self.runner.run("pull_request", "assistants-plan", event)

    def comments(self) -> list[str]:
        return self.github.bodies(self.runner.number)

    def merge(self) -> tuple[int, str]:
        """The run for the merge of what `plan` was about."""
        event = self.runner.merge()
        self.github.pulls[self.runner.number] |= {"state": "closed", "merged_at": "2026-11-20T10:00:00Z"}
        self.github.merged[event["after"]] = [self.runner.number]
        return self.runner.run("push", "assistants-apply", event)

    def apply(self) -> tuple[int, str]:
        """The run for main as it is."""
        return self.runner.run("push", "assistants-apply", self.runner.push())

    def by_hand(self, workflow: str, **inputs: str) -> tuple[int, str]:
        """The run that somebody starts, on main."""
        event = self.runner.push()
        return self.runner.run("workflow_dispatch", f"assistants-{workflow}", event | {"inputs": inputs})


@contextmanager
def written(tmp_path: Path, act: str, *names: str, **traits: Any) -> Iterator[Written]:
    """With one assistant, `tweet`, in git and nowhere else."""
    runner = Runner(tmp_path, act)
    servers = {name: FakeServer(Traits(api_key="401", **traits)) for name in names or ("live",)}
    github = stand_in.StandIn(page=2)
    with _all(servers) as urls, stand_in.listen(github) as api:
        made = Written(runner, servers, urls, github)
        runner.environ = {"GITHUB_API_URL": api}
        runner.secrets = {"RECONCILER_API_KEY": KEY, "GITHUB_TOKEN": "bot-token"}
        made.settings()
        made.manifest("tweet")
        schema = {"type": "object", "properties": {"tone": {"type": "string"}}}
        runner.write("schemas/writer.json", json.dumps(schema))
        # Deployments that CI can reach: those of the loopback are left out.
        settings = (runner.work / "reconciler.yaml").read_text("utf-8")
        public = settings.replace("http://127.0.0.1", "https://live.example")
        runner.write("reconciler.yaml", public)
        command = [sys.executable, "-m", "reconciler", "init", "--ci", "github", "--tool", TOOL]
        subprocess.run(
            command, cwd=runner.work, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True, capture_output=True
        )
        made.settings()
        runner.commit("one")
        yield made


@contextmanager
def _all(servers: dict[str, FakeServer]) -> Iterator[dict[str, str]]:
    if not servers:
        yield {}
        return
    (name, server), *others = servers.items()
    with listen(server) as url, _all(dict(others)) as more:
        yield {name: url} | more


def bare(made: Written, folder: Path) -> Path:
    """What github.com/acme/agents.git is to git on the runner: a repository on this disk."""
    made.runner.push()
    folder.mkdir()
    git(folder, "init", "-q", "--bare")
    git(made.runner.work, "push", "-q", str(folder), "main")
    rule = f'[url "file://{folder}"]\n\tinsteadOf = https://github.com/acme/agents.git\n'
    (made.runner.home / ".gitconfig").write_text(rule, "utf-8")
    return folder
