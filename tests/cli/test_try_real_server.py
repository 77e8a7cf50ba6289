"""`reconciler try` on the real server, with a graph whose tool acts: what it answers, and what it leaves alone."""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Sandbox, serve
from tests.cli.conftest import DEADLINE, ROOT, Cli, Start
from tests.cli.places import Repo
from tests.cli.test_real_server import ask

STOPS = "tries: [{name: refund, input: I want my money, interrupt_before: [tools], expect: {contains: new}}]"
ACTS = "tries: [{name: refund, input: I want my money, interrupt_before: [], expect: {contains: done}}]"


@pytest.fixture(scope="module")
def acting() -> Iterator[Sandbox]:
    with serve({}, config_extra={"graphs": {"acting": f"{Path(__file__).with_name('acting.py')}:graph"}}) as sandbox:
        yield sandbox


class Desk:
    """One assistant of that graph, live, and what the server and its graph show of it."""

    def __init__(self, repo: Repo, url: str, ledger: Path) -> None:
        self.repo, self.url, self._ledger = repo, url, ledger

    def manifest(self, prompt: str, tries: str, **more: object) -> None:
        context = {"prompt": prompt, "ledger": str(self._ledger), **more}
        lines = f"graph_id: acting\nname: Refunds\ncontext: {json.dumps(context)}\n{tries}\n"
        self.repo.write("assistants/refunds.yaml", lines)

    @property
    def ledger(self) -> list[str]:
        """What the graph did, sorted: runs go side by side."""
        return sorted(self._ledger.read_text().splitlines()) if self._ledger.exists() else []

    def get(self, method: str, path: str, body: Any = None) -> Any:
        return json.loads(ask(self.url, method, path, body)[1])

    @property
    def threads(self) -> list[Any]:
        found: list[Any] = self.get("POST", "/threads/search", {"limit": 1000})
        return found

    def everything(self) -> dict[str, Any]:
        """Every assistant with all its versions, and every thread with its runs."""
        found: dict[str, Any] = {}
        for row in self.get("POST", "/assistants/search", {"limit": 1000}):
            versions = self.get("POST", f"/assistants/{row['assistant_id']}/versions", {"limit": 100})
            found[row["assistant_id"]] = [row, versions]
        for thread in self.threads:
            found[thread["thread_id"]] = [thread, self.get("GET", f"/threads/{thread['thread_id']}/runs")]
        return found

    def until_busy(self) -> None:
        end = time.monotonic() + DEADLINE
        while not self.ledger:
            assert time.monotonic() < end
            self.get("GET", "/info")


@pytest.fixture
def desk(repo: Repo, acting: Sandbox, cli: Cli, tmp_path: Path) -> Iterator[Desk]:
    repo.settings(
        f"owner: {repo.owner}",
        f"deployments: {{staging: {{url: '{acting.url}'}}}}",
        "try_on: staging",
        "schemas: {acting: open}",
    )
    made = Desk(repo, acting.url, tmp_path / "ledger")
    made.manifest("old words", STOPS, tone="gentle")
    cli("apply", "-y", code=0)
    thread = made.get("POST", "/threads", {})["thread_id"]
    yield made
    ask(acting.url, "DELETE", f"/threads/{thread}")
    for row in made.get("POST", "/assistants/search", {"limit": 1000}):
        if (row["metadata"] or {}).get("reconciler"):
            ask(acting.url, "DELETE", f"/assistants/{row['assistant_id']}")


def test_it_leaves_all_as_it_was(desk: Desk, cli: Cli) -> None:
    """Assistants, versions, threads and runs are byte for byte the same; the answers are those of old and new, and a
    field that was removed is not in the new one; the tool does not act before which it stops."""
    before = desk.everything()
    desk.manifest("new words", STOPS)
    said = json.loads(cli("try", "refunds", "--format", "json", code=0).out)
    assert desk.everything() == before
    (trial,) = said["trials"]
    assert trial["before"]["text"] == "I will\nold words\ngentle"
    assert trial["after"]["text"] == "I will\nnew words\nno tone"
    assert trial["notes"] == []
    assert [call["tool"] for call in trial["after"]["calls"]] == ["refund"]
    assert desk.ledger == ["began new words", "began old words"]


def test_nothing_acts_that_is_stopped(desk: Desk, cli: Cli) -> None:
    """Then there is nothing to warn of."""
    desk.manifest("new words", STOPS)
    assert "note:" not in cli("try", "refunds", code=0).err


def test_a_try_is_a_real_run(desk: Desk, cli: Cli) -> None:
    """Where a try says that tools may act, each of its two runs refunds."""
    desk.manifest("new words", ACTS)
    ran = cli("try", "refunds", code=0)
    assert desk.ledger.count("refunded 5") == 2
    assert "what the graph's tools did in it, they did" in ran.out
    assert "note: these are real runs: nothing stops them before `tools` of graph `acting`, where tools act" in ran.err


def test_what_differs_is_shown(desk: Desk, cli: Cli) -> None:
    """The lines of both answers, as a diff."""
    desk.manifest("new words", STOPS)
    shown = cli("try", "refunds", code=0).out
    diff = [line.strip() for line in shown.split("what differs:")[1].splitlines()]
    assert {"- old words", "+ new words", "- gentle", "+ no tone"} <= set(diff)


def test_the_default_assistant_has_a_context(desk: Desk, cli: Cli) -> None:
    """Then the assistant carries its own try, and the field that stays is named, in its answer too."""
    (default,) = [r for r in desk.get("POST", "/assistants/search", {}) if r["name"] == "acting"]
    desk.get("PATCH", f"/assistants/{default['assistant_id']}", {"context": {"tone": "mine"}})
    try:
        desk.manifest("new words", STOPS)
        said = json.loads(cli("try", "refunds", "--format", "json", code=0).out)
    finally:
        desk.get("PATCH", f"/assistants/{default['assistant_id']}", {"context": {}})
    (trial,) = said["trials"]
    assert trial["after"]["text"] == "I will\nnew words\ngentle"
    assert trial["notes"][0].startswith("`context.tone` of the live assistant, since")


def test_an_error_names_the_field(desk: Desk, cli: Cli) -> None:
    """What the graph refuses is a failure, though the server says 200; what is live answered."""
    desk.manifest("new words", STOPS, limit="many")
    said = json.loads(cli("try", "refunds", "--format", "json", code=1).out)
    (trial,) = said["trials"]
    assert (trial["after"]["error"], trial["after"]["fields"]) == ("ValidationError", ["limit"])
    assert trial["before"]["end"] == "answered"


def test_a_node_that_is_not_there(desk: Desk, cli: Cli) -> None:
    """The server would run past it and refund: nothing is run."""
    desk.manifest("new words", STOPS.replace("tools", "tols"))
    assert "has no node `tols` on this server" in " ".join(cli("try", "refunds", code=1).out.split())
    assert desk.ledger == []


@pytest.mark.needs_all
def test_past_its_time(desk: Desk, cli: Cli) -> None:
    """A run that takes too long is ended: its tool never acts, no thread is left, and its end is unknown."""
    before = desk.everything()
    desk.manifest("new words", ACTS, slow=3)
    desk.repo.commit()
    said = json.loads(cli("try", "refunds", "--timeout", "2", "--format", "json", code=6).out)
    (trial,) = said["trials"]
    assert trial["after"] == {"end": "unknown", "why": "no end within 2 s", "left": None}
    assert desk.everything() == before
    cli("try", "refunds", "--timeout", "30", "--input", _file(desk), "--interrupt-before", "tools", code=0)
    assert desk.ledger.count("refunded 5") == 1  # that of what is live; longer than the run that was ended had to go


def _file(desk: Desk) -> str:
    return str(desk.repo.write("asked.txt", "I want my money"))


def test_interrupted(desk: Desk, start: Start) -> None:
    """Ctrl-C ends what runs on the server: no thread stays, no tool acts."""
    desk.manifest("new words", ACTS, slow=20)
    before = desk.everything()
    process = start("try", "refunds", "--format", "json")
    desk.until_busy()
    process.popen.send_signal(signal.SIGINT)
    ran = process.end()
    assert ran.code == 6
    said = json.loads(ran.out)
    assert (said["interrupted"], said["trials"][0]["after"]["left"]) == (True, None)
    assert desk.everything() == before


def test_in_the_sandbox(repo: Repo, start: Start) -> None:
    """The stand-in graph echoes what is proposed, and nobody is asked."""
    for name in ("schemas", "assistants"):
        for path in (ROOT / name).rglob("*"):
            if path.is_file() and "editor" not in path.parts:
                repo.write(str(path.relative_to(ROOT)), path.read_bytes())
    repo.write("reconciler.yaml", (ROOT / "reconciler.yaml").read_bytes())
    repo.write("asked.txt", "A new tent")
    command = (sys.executable, "-m", "reconciler", "try", "writer/tweet", "--input", "asked.txt", "--format", "json")
    process = start("sandbox", "--", *command)
    out, err = process.popen.communicate(timeout=60)
    assert process.popen.returncode == 0, err
    (trial,) = json.loads(out)["trials"]
    assert trial["after"]["text"].startswith("[model_name openai]")
