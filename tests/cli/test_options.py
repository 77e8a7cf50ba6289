"""Every option has an effect: each one is seen to do what its help says."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Serve
from tests.cli.places import Repo, Served
from tests.fake import FakeServer, Response

THREE = ["writer/blog", "writer/tweet", "research/brief"]


@pytest.fixture
def three(repo: Repo) -> Repo:
    """Two assistants of one graph, one of another; one has its prompt in a file."""
    repo.manifest("writer/blog")
    repo.write("assistants/writer/prompts/tweet.md", "Be short.\n")
    tweet = "graph_id: writer\nname: Tweet\ncontext:\n  system_prompt: !file prompts/tweet.md\n"
    repo.write("assistants/writer/tweet.yaml", tweet)
    repo.manifest("research/brief", graph="researcher")
    return repo


def planned(cli: Cli, url: str, *words: str, code: int = 0) -> list[str]:
    said = json.loads(cli("plan", "--format", "json", "--url", url, *words, code=code).out)
    return [change["key"] for change in said["changes"]]


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ([], ["research/brief", "writer/blog", "writer/tweet"]),
        (["writer/tweet"], ["writer/tweet"]),
        (["writer/tweet", "research/brief"], ["research/brief", "writer/tweet"]),
        (["writer/*"], ["writer/blog", "writer/tweet"]),
        (["*t"], ["writer/tweet"]),
        (["assistants/writer/blog.yaml"], ["writer/blog"]),
        (["./assistants/writer/../writer/blog.yaml"], ["writer/blog"]),
        (["assistants/writer/prompts/tweet.md"], ["writer/tweet"]),
        (["--graph", "researcher"], ["research/brief"]),
        (["--graph", "researcher", "--graph", "writer"], ["research/brief", "writer/blog", "writer/tweet"]),
        (["--exclude", "writer/blog"], ["research/brief", "writer/tweet"]),
        (["--exclude", "writer/*"], ["research/brief"]),
        (["writer/*", "--exclude", "writer/blog"], ["writer/tweet"]),
        (["--graph", "writer", "--exclude", "assistants/writer/prompts/tweet.md"], ["writer/blog"]),
    ],
)
def test_targets(cli: Cli, three: Repo, fake: Served, words: list[str], keys: list[str]) -> None:
    """A key, a glob, the path of a manifest or prompt, --graph and --exclude; apply writes just that."""
    assert planned(cli, fake.url, *words) == keys
    cli("apply", "-y", "--url", fake.url, *words, code=0)
    assert len(fake.writes) == len(keys)
    assert set(planned(cli, fake.url)) == set(THREE) - set(keys)


def test_paths_as_a_shell_completes_them(cli: Cli, three: Repo, fake: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path is one from the working folder too, and may be absolute."""
    monkeypatch.chdir(three.root / "assistants" / "writer")
    assert planned(cli, fake.url, "blog.yaml") == ["writer/blog"]
    assert planned(cli, fake.url, "prompts/tweet.md") == ["writer/tweet"]
    assert planned(cli, fake.url, "../research/brief.yaml") == ["research/brief"]
    monkeypatch.chdir(three.root.parent)
    assert planned(cli, fake.url, "-C", "repo", "repo/assistants/writer/blog.yaml") == ["writer/blog"]
    assert planned(cli, fake.url, "-C", "repo", str(three.root / "assistants/writer/blog.yaml")) == ["writer/blog"]
    assert planned(cli, fake.url, "-C", "repo", "assistants/writer/blog.yaml") == ["writer/blog"]


def test_directory(cli: Cli, three: Repo, fake: Served, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """-C: the settings are looked for from there upwards."""
    monkeypatch.chdir(tmp_path)
    cli("plan", "--url", fake.url, code=1)
    assert len(planned(cli, fake.url, "-C", str(three.root / "assistants"))) == 3
    cli("validate", "-C", three.root, code=0)
    cli("schemas", "check", "-C", three.root, "--url", fake.url)


def test_deployment(cli: Cli, three: Repo, fake: Served, serve: Serve) -> None:
    """-d: that deployment's address, and its name in the plan."""
    other = serve()
    three.settings(
        "owner: acme",
        "deployments:",
        f"  staging: {{url: '{fake.url}'}}",
        f"  production: {{url: '{other.url}'}}",
    )
    assert f"Deployment production at {other.url}" in cli("apply", "-y", "-d", "production", code=0).out
    assert (len(fake.writes), len(other.writes)) == (0, 3)
    marker = other.live("writer/blog")["metadata"]["reconciler"]
    assert marker["deployment"] == "production"


@pytest.mark.parametrize(
    ("setting", "words", "deleted"),
    [
        ("prune: false", [], False),
        ("prune: false", ["--prune"], True),
        ("prune: true", [], True),
        ("prune: true", ["--no-prune"], False),
        ("prune: true", ["writer/blog"], False),
    ],
)
def test_prune(cli: Cli, three: Repo, fake: Served, setting: str, words: list[str], deleted: bool) -> None:
    """The settings' word, unless the command line says otherwise; never together with a target."""
    three.deployment(fake.url, setting)
    cli("apply", "-y", code=0)
    three.remove("assistants/research/brief.yaml")
    cli("apply", "-y", *words, code=0)
    assert (fake.id("research/brief") not in fake.server.ids()) is deleted


def test_allow(cli: Cli, repo: Repo, fake: Served) -> None:
    """--allow lets the named guard pass, and no other."""
    for number in range(10):
        repo.manifest(f"a{number}")
    repo.commit()
    cli("apply", "-y", "--url", fake.url, code=0)
    for number in range(10):
        repo.manifest(f"a{number}", f"Prompt {number}.")
    repo.commit()
    blocked = cli("apply", "-y", "--url", fake.url, code=3)
    assert "max_update_percent" in blocked.out
    cli("apply", "-y", "--url", fake.url, "--allow", "max_deletes", code=3)
    assert len(fake.writes) == 10
    ran = cli("apply", "-y", "--url", fake.url, "--allow", "max_update_percent", code=0)
    assert re.search(r"Allowed.*: max_update_percent: 10 different changes", ran.out)
    assert len(fake.writes) == 20


@pytest.mark.parametrize(
    ("words", "code", "prompt"),
    [
        ([], 0, "From git."),
        (["--on-drift", "overwrite"], 0, "From git."),
        (["--on-drift", "hold"], 0, "By hand."),
        (["--on-drift", "block"], 3, "By hand."),
    ],
)
def test_on_drift(cli: Cli, repo: Repo, fake: Served, words: list[str], code: int, prompt: str) -> None:
    """overwrite is the default; hold leaves it; block stops the whole apply."""
    repo.manifest("tweet", "From git.")
    repo.manifest("other")
    repo.commit()
    cli("apply", "-y", "--url", fake.url, code=0)
    fake.server.patch(fake.id("tweet"), context={"system_prompt": "By hand."})
    cli("apply", "-y", "--url", fake.url, *words, code=code)
    assert fake.prompt("tweet") == prompt


def test_adopt(cli: Cli, repo: Repo, fake: Served) -> None:
    """Without --adopt nothing is written where the content agrees; with it one version, the marker, once."""
    made = fake.server.create(graph_id="writer", name="tweet", context={"system_prompt": "By hand."})
    repo.manifest("tweet", "By hand.", f"assistant_id: {made['assistant_id']}")
    fake.server.log.clear()
    said = json.loads(cli("apply", "-y", "--url", fake.url, "--format", "json", code=0).out)
    assert (said["summary"]["adopted"], fake.writes) == (1, [])
    cli("apply", "-y", "--adopt", "--url", fake.url, code=0)
    assert len(fake.writes) == 1
    assert fake.server.get(made["assistant_id"])["metadata"]["reconciler"]["key"] == "tweet"
    cli("apply", "-y", "--adopt", "--url", fake.url, code=0)
    assert len(fake.writes) == 1


class Counting(FakeServer):
    """Knows how many creates were there at one time; each waits for a second one, if one may come."""

    def __init__(self) -> None:
        super().__init__()
        self.now, self.most, self.both = 0, 0, threading.Event()
        self.counter = threading.Lock()

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Response:
        if (method, path) != ("POST", "/assistants"):
            return super().handle(method, path, headers, body)
        with self.counter:
            self.now += 1
            self.most = max(self.most, self.now)
            if self.now > 1:
                self.both.set()
        self.both.wait(0.2)
        try:
            return super().handle(method, path, headers, body)
        finally:
            with self.counter:
                self.now -= 1


@pytest.mark.parametrize(("parallelism", "most"), [("1", 1), ("2", 2)])
def test_parallelism(cli: Cli, three: Repo, serve: Serve, parallelism: str, most: int) -> None:
    """As many writes side by side, and not more."""
    server = Counting()
    cli("apply", "-y", "--parallelism", parallelism, "--url", serve(server).url, code=0)
    assert server.most == most


class Losing(FakeServer):
    """Says to the first create what a gateway says, and does nothing; `at` are the times of those that came."""

    def __init__(self) -> None:
        super().__init__()
        self.at: list[float] = []

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Response:
        if (method, path) == ("POST", "/assistants"):
            self.at.append(time.monotonic())
            if len(self.at) == 1:
                return Response(502, {}, b"")
        return super().handle(method, path, headers, body)


@pytest.mark.parametrize("seconds", [0, 1])
def test_settle(cli: Cli, repo: Repo, serve: Serve, seconds: int) -> None:
    """The setting is how long a lost write is looked for before it is sent again."""
    repo.settings("owner: acme", f"settle: {seconds}")
    repo.manifest("tweet")
    server = Losing()
    cli("apply", "-y", "--url", serve(server).url, code=0)
    first, second = server.at
    assert seconds <= second - first < seconds + 4  # and not the five that it is without


def test_verbose(cli: Cli, three: Repo, fake: Served) -> None:
    """-v says on stderr what is being done, and in the plan the owner, the ids and what is unchanged."""
    cli("apply", "-y", "--url", fake.url, "writer/blog", code=0)
    quiet, loud = cli("plan", "--url", fake.url, code=0), cli("plan", "-v", "--url", fake.url, code=0)
    assert f"listing the assistants of {fake.url}" in loud.err
    assert quiet.err == "reconciler: done\n"
    for text in ("Owner acme", "Unchanged: writer/blog", fake.id("writer/tweet")):
        assert text in loud.out
        assert text not in quiet.out
    assert "Owner acme" in cli("apply", "-y", "-v", "--url", fake.url, code=0).out


def test_graph_of_schemas(cli: Cli, repo: Repo, fake: Served) -> None:
    """`schemas pull --graph` writes that one alone; --own into the deployment's folder."""
    for name in ("writer", "researcher", "plain"):
        repo.remove(f"schemas/{name}.json")
    repo.deployment(fake.url)
    cli("schemas", "pull", "--graph", "writer", code=0)
    assert [p.name for p in (repo.root / "schemas").glob("*.json")] == ["writer.json"]
    cli("schemas", "pull", "--graph", "writer", "--own", "-d", "staging", code=0)
    assert (repo.root / "schemas" / "staging" / "writer.json").is_file()


def test_schemas_take_a_key_along(cli: Cli, repo: Repo, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """--send-key has the same effect for schemas as for plan."""
    monkeypatch.setenv("RECONCILER_API_KEY", "key-of-alice")
    repo.deployment("https://staging.example.com")
    served = serve(api_key="401")
    for command in (("schemas", "pull"), ("schemas", "check"), ("plan",), ("apply", "-y")):
        words = (*command, "-d", "staging", "--url", served.url)
        cli(*words, code=1)
        ran = cli(*words, "--send-key")
        assert "none was sent" not in ran.err
