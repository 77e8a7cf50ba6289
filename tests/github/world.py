"""A step of a workflow, the plans that were handed on to it, and the stand-in that it talks to."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from reconciler.app.github import answer, comment, compare, issue
from reconciler.app.github.step import Step, of
from reconciler.github.client import Client
from reconciler.model.plan import Deployment, Plan
from reconciler.model.report import Report
from reconciler.model.trial import Tried
from reconciler.render import comment as rendered
from reconciler.render import json as documents
from tests.github.stand_in import BOT, StandIn
from tests.render.one_text import one_text

HEAD = "a" * 40
PULL = 7


@dataclass
class World:
    """Runs a sequence against the stand-in without waiting: `waited` says how long it would have."""

    folder: Path
    stand_in: StandIn
    url: str
    event: str = "pull_request"
    token: str = "bot-token"
    said: list[str] = field(default_factory=list)
    emitted: list[str] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)

    def environ(self) -> dict[str, str]:
        event = self.folder / "event.json"
        event.write_text(json.dumps({"pull_request": {"number": PULL, "head": {"sha": HEAD}}}))
        return {
            "GITHUB_API_URL": self.url,
            "GITHUB_REPOSITORY": self.stand_in.repository,
            "GITHUB_TOKEN": self.token,
            "GITHUB_EVENT_NAME": self.event,
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_RUN_ID": "99",
            "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"),
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "GITHUB_REF_NAME": "main",
            "GITHUB_REF_TYPE": "branch",
        }

    @property
    def step(self) -> Step:
        return of(self.environ())

    @property
    def summary(self) -> str:
        file = self.folder / "summary.md"
        return file.read_text(encoding="utf-8") if file.exists() else ""

    @property
    def outputs(self) -> str:
        file = self.folder / "output"
        return file.read_text(encoding="utf-8") if file.exists() else ""

    def client(self) -> Client:
        return Client(self.step.endpoint, sleep=self.waited.append, now=lambda: 0.0)

    def plans(self) -> Path:
        return self.folder / "plans"

    def planned(self, plan: Plan, name: str = "staging", *, commits: Any = None, tried: Tried | None = None) -> Path:
        """The job that plans has handed this on."""
        made = replace(plan, deployment=Deployment(name=name, url="https://s.example"))
        folder = self.plans() / f"plan-{name}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "document.json").write_text(one_text(documents.plan(made, tried=tried)), encoding="utf-8")
        (folder / "comment.md").write_text(rendered.plan(made, tried=tried), encoding="utf-8")
        (folder / "links.json").write_text(json.dumps({"page": "https://github.example/acme/agents/page.html"}))
        if commits is not None:
            (folder / "commits.json").write_text(json.dumps(commits))
        return folder

    def reported(self, report: Report, name: str = "staging") -> Path:
        made = replace(report, plan=replace(report.plan, deployment=Deployment(name=name, url="https://s.example")))
        file = self.folder / f"report-{name}.json"
        file.write_text(one_text(documents.report(made)), encoding="utf-8")
        return file

    def comment(self, expect: list[str] | None = None, **more: Any) -> int:
        names = ["staging"] if expect is None else expect
        return comment.run(self.client, self.step, self.plans(), names, say=self.said.append, **more)

    def compare(self, expect: list[str]) -> int:
        return compare.run(
            self.client,
            self.step,
            self.environ(),
            self.plans(),
            expect,
            author=BOT,
            emit=self.emitted.append,
            say=self.said.append,
        )

    def answer(self, name: str = "staging", report: Path | None = None) -> int:
        folder = self.plans() / f"plan-{name}"
        return answer.run(self.client, self.step, folder, name, report, author=BOT, say=self.said.append)

    def issue(self, document: str, markdown: str, name: str = "staging") -> int:
        drift, body = self.folder / "drift.json", self.folder / "drift.md"
        drift.write_text(document, encoding="utf-8")
        body.write_text(markdown, encoding="utf-8")
        return issue.run(self.client, self.step, name, drift, body, author=BOT, say=self.said.append)


Start = Callable[..., World]
