"""schemas/nodes.yaml: written as a server says it, compared with it, and what tries are checked against."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

from reconciler.sandbox import Sandbox
from tests.cli.conftest import Cli
from tests.cli.places import Repo, Served, answering, through

PATH = "schemas/nodes.yaml"
TOOLS = {"nodes": [{"id": "__start__"}, {"id": "tools", "metadata": {"__tools": ["refund"]}}, {"id": "agent"}]}
WRITTEN = """\
# The nodes of each graph, and those that call tools. `reconciler schemas pull` writes this file.
plain:
  nodes:
    - answer
  tools: []
researcher:
  nodes:
    - answer
  tools: []
writer:
  nodes:
    - answer
  tools: []
"""


class Drawn:
    """A server whose /graph says `body`, of every graph, with `status`."""

    def __init__(self, fake: Served) -> None:
        self._rest = through(fake.server)
        self.body: Any = TOOLS
        self.status = 200
        self.url = ""

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Any:
        if path.endswith("/graph"):
            return self.status, {"Content-Type": "application/json"}, json.dumps(self.body).encode()
        return self._rest(method, path, headers, body)


@pytest.fixture
def drawn(fake: Served) -> Iterator[Drawn]:
    server = Drawn(fake)
    with answering(server.answer) as seen:
        server.url = seen.url
        yield server


def nodes(repo: Repo) -> str:
    return (repo.root / PATH).read_text("utf-8")


def test_pull_writes_them(cli: Cli, repo: Repo, fake: Served) -> None:
    """Of each graph, sorted, without where it begins and ends; the second time the file is not touched."""
    assert f"new {PATH}" in cli("schemas", "pull", "--url", fake.url, code=0).message
    assert nodes(repo) == WRITTEN
    assert f"same {PATH}" in cli("schemas", "pull", "--url", fake.url, code=0).message


def test_pull_of_one_graph_leaves_the_others(cli: Cli, repo: Repo, fake: Served, drawn: Drawn) -> None:
    """And of one that is not on this server."""
    repo.write(PATH, WRITTEN + "elsewhere: {nodes: [x], tools: [x]}\n")
    cli("schemas", "pull", "--graph", "writer", "--url", drawn.url, code=0)
    assert nodes(repo) == WRITTEN.replace("plain:", "elsewhere:\n  nodes:\n    - x\n  tools:\n    - x\nplain:").replace(
        "writer:\n  nodes:\n    - answer\n  tools: []\n",
        "writer:\n  nodes:\n    - agent\n    - tools\n  tools:\n    - tools\n",
    )


def test_a_deployments_own(cli: Cli, repo: Repo, fake: Served, drawn: Drawn) -> None:
    """They go into its folder, and hold there alone."""
    repo.deployment(drawn.url, "api_key_env: null")
    cli("schemas", "pull", "--url", fake.url, code=0)
    assert "new schemas/staging/nodes.yaml" in cli("schemas", "pull", "--own", "-d", "staging", code=0).message
    assert nodes(repo) == WRITTEN
    repo.manifest("tweet", "Write.", "tries: [{name: a, input: {}, interrupt_before: [tools]}]")
    cli("plan", "-d", "staging", code=0)
    assert "[try-unknown-node]" in cli("plan", "--url", fake.url, code=1).message


@pytest.mark.parametrize(("status", "body"), [(404, {"detail": "x"}), (500, {}), (200, []), (200, {"nodes": 5})])
def test_a_server_that_does_not_say(cli: Cli, repo: Repo, drawn: Drawn, status: int, body: Any) -> None:
    """It is said, nothing else is kept from being written, and a file that stands stays as it is."""
    drawn.status, drawn.body = status, body
    ran = cli("schemas", "pull", "--url", drawn.url, code=0)
    assert ran.message.count("[nodes-unread]") == 1
    assert "the server does not say the nodes of graph" in ran.message
    assert "changed schemas/writer.json" in ran.message
    assert not (repo.root / PATH).exists()
    repo.write(PATH, WRITTEN)
    cli("schemas", "pull", "--url", drawn.url, code=0)
    assert nodes(repo) == WRITTEN


def test_names_that_no_file_can_hold(cli: Cli, repo: Repo, drawn: Drawn) -> None:
    """They are left out; every other text is written so that it is read back as it is."""
    hard = ["a b", "no", "5", "x: y", "\u202e", "*", "<<", "- a", "日本"]
    drawn.body = {"nodes": [{"id": name} for name in (*hard, "a\u0000b", "c\\u0000d", "\ud800", "__proto__x")]}
    cli("schemas", "pull", "--url", drawn.url, code=0)
    repo.manifest("tweet", "Write.", f"tries: [{{name: a, input: {{}}, interrupt_before: {json.dumps(hard)}}}]")
    said = cli("validate", code=1).message
    assert "[nodes-form]" not in said
    assert 'field `tries[0].interrupt_before` is "*" by itself' in said
    stops = json.dumps([name for name in hard if name != "*"])
    repo.manifest("tweet", "Write.", f"tries: [{{name: a, input: {{}}, interrupt_before: {stops}}}]")
    cli("validate", code=0)


def test_check_says_what_differs(cli: Cli, repo: Repo, fake: Served, drawn: Drawn) -> None:
    """2 with --detailed-exitcode; 1 where a try would not stop any more; nothing where no such file is kept."""
    cli("schemas", "check", "--detailed-exitcode", "--url", drawn.url, code=0)
    cli("schemas", "pull", "--url", fake.url, code=0)
    cli("schemas", "check", "--detailed-exitcode", "--url", fake.url, code=0)
    ran = cli("schemas", "check", "--detailed-exitcode", "--graph", "writer", "--url", drawn.url, code=2)
    assert ran.out == (
        "schemas/nodes.yaml differs from graph `writer`:\n"
        "  node `agent` is new\n  node `tools` is new\n  node `answer` is gone\n"
    )
    repo.manifest("tweet", "Write.", "tries: [{name: a, input: {}, interrupt_before: [answer]}]")
    ran = cli("schemas", "check", "--graph", "writer", "--url", drawn.url, code=1)
    assert "assistants/tweet.yaml:5:49: graph `writer` has no node `answer`" in ran.message
    repo.write(PATH, "plain: {nodes: [answer], tools: []}\n")
    ran = cli("schemas", "check", "--detailed-exitcode", "--graph", "writer", "--url", fake.url, code=2)
    assert "it does not say the nodes of graph `writer`" in ran.out


def test_a_try_that_lets_tools_act(cli: Cli, repo: Repo) -> None:
    """A warning for the file, with both things to write, until it says one of them."""
    repo.write(PATH, "writer: {nodes: [agent, tools], tools: [tools]}\n")
    repo.manifest("tweet")
    repo.write("assistants/tweet.tries.yaml", "- {name: a, input: {}}\n- {name: b, input: {}}\n")
    said = cli("validate", code=0).message
    assert said.count("[try-without-interrupt]") == 1
    assert "assistants/tweet.tries.yaml:1:1: warning: a try is a real run, and graph `writer` calls tools" in said
    assert "interrupt_before: [tools]" in said
    cli("validate", "--strict", code=1)
    stop, act = "{name: a, input: {}, interrupt_before: [tools]}", "{name: b, input: {}, interrupt_before: []}"
    repo.write("assistants/tweet.tries.yaml", f"- {stop}\n- {act}\n")
    cli("validate", "--strict", code=0)


def test_all_that_is_wrong_is_told_in_one_run(cli: Cli, repo: Repo) -> None:
    """A manifest with another mistake has its tries looked at as well; tries with a mistake of their own come first."""
    repo.write(PATH, "writer: {nodes: [agent], tools: []}\n")
    stops = "tries: [{name: a, input: {}, interrupt_before: [tools]}]"
    repo.manifest("tweet", "Write.", "nmae: a", stops)
    said = cli("validate", code=1).message
    assert "[field-unknown]" in said
    assert "assistants/tweet.yaml:6:49: graph `writer` has no node `tools`" in said
    repo.manifest("tweet", "Write.", stops.replace("[{", "[a, {"))
    said = cli("validate", code=1).message
    assert "[field-type]" in said
    assert "[try-unknown-node]" not in said


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "writer: [answer]",
        "writer: {nodes: [answer]}",
        "writer: {nodes: answer, tools: []}",
        "a: {nodes: [5], tools: []}",
        "{",
    ],
)
def test_a_file_that_is_none(cli: Cli, repo: Repo, text: str) -> None:
    """What was written by hand and is not to be read is an error, at its place, and pull writes it again."""
    repo.manifest("tweet")
    repo.write(PATH, text)
    assert f"{PATH}:" in cli("validate", code=1).message


def test_on_the_real_server(cli: Cli, repo: Repo, acting_server: Sandbox) -> None:
    """The node of LangGraph's own that calls tools is known by what it says; a try that stops before it is right."""
    cli("schemas", "pull", "--url", acting_server.url, code=0)
    known = yaml.safe_load(nodes(repo))["acting"]
    assert known["tools"] == ["tools"]
    assert set(known["nodes"]) > {"tools"}
    repo.write("assistants/a.yaml", "graph_id: acting\nname: A\ntries: [{name: a, input: Hello}]\n")
    assert "graph `acting` calls tools in `tools`" in cli("validate", code=0).message
    repo.write("assistants/a.tries.yaml", "- {name: a, input: Hello, interrupt_before: [tools]}\n")
    repo.write("assistants/a.yaml", "graph_id: acting\nname: A\n")
    assert "try-without-interrupt" not in cli("validate", code=0).message
    cli("schemas", "check", "--detailed-exitcode", "--url", acting_server.url, code=0)
