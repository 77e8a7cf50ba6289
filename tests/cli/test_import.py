"""`pull --new` and `import`: what they ask, write and say; on the real server nothing is written there."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator

import pytest

from reconciler.sandbox import Sandbox
from tests.cli.conftest import Cli, Serve, Terminal
from tests.cli.places import Repo, Served
from tests.cli.test_real_server import ask

PROMPT = "Zeile eins\r\n\ttab, “quotes” and blanks   \n\n# not a comment\nno end"
LONG = "one\ntwo\n"


@pytest.fixture(params=["pull --new", "import"])
def words(request: pytest.FixtureRequest) -> list[str]:
    """The command, by both of its names."""
    found: str = request.param
    return found.split()


def test_what_it_says(cli: Cli, repo: Repo, fake: Served, words: list[str]) -> None:
    """Each file, whom it left alone and why, what there is to know, and a summary; then a plan finds nothing to do."""
    fake.server.create(graph_id="writer", name="One", context={"system_prompt": LONG}, metadata={"owner": "u"})
    fake.server.create(graph_id="writer", name="\x1b[31mRed\u202e")
    fake.server.create(graph_id="writer", name="Bad", context={"tone": 1})
    ran = cli(*words, "--url", fake.url, code=1)
    lines = ran.err.splitlines()
    assert lines[:3] == [
        "new     assistants/writer/prompts/one.system_prompt.md",
        "new     assistants/writer/one.yaml",
        "new     assistants/writer/31mred.yaml",
    ]
    assert re.fullmatch(r"left    Bad \([0-9a-f-]{36}\): context field `tone` is not known.*", lines[3])
    assert lines[4] == "note: metadata `owner` of 1 assistant is left out: auth handlers write it"
    assert lines[5] == f"2 assistants taken from {fake.url}, 1 left alone"
    assert ran.out == ""
    assert fake.writes == []
    assert "\x1b" not in cli("plan", "--detailed-exitcode", "--url", fake.url, code=0).said
    assert adopted(cli, "--url", fake.url) == 2


def adopted(cli: Cli, *where: str) -> int:
    """What a plan without changes counts as adopted."""
    planned = json.loads(cli("plan", "--detailed-exitcode", "--format", "json", *where, code=0).out)
    assert planned["changes"] == []
    count: int = planned["summary"]["adopted"]
    return count


def test_nothing_to_take(cli: Cli, repo: Repo, fake: Served, words: list[str]) -> None:
    """That is no error."""
    ran = cli(*words, "--url", fake.url, code=0)
    assert ran.message.startswith(f"nothing to take: {fake.url} has no such assistant")


def many(served: Served, count: int) -> None:
    for number in range(count):
        served.server.create(graph_id=("writer", "plain")[number % 2], name=f"Assistant {number}")


def test_more_than_fifty(cli: Cli, repo: Repo, fake: Served, words: list[str]) -> None:
    """Without a terminal that needs a yes on the command line; fifty do not."""
    many(fake, 51)
    ran = cli(*words, "--url", fake.url, code=1)
    assert "51 assistants are more than 50" in ran.message
    assert "-y" in ran.message
    assert list((repo.root / "assistants").iterdir()) == []
    assert "26 assistants taken" in cli(*words, "--graph", "writer", "--url", fake.url, code=0).err
    many(fake, 50)
    assert "75 assistants taken" in cli(*words, "-y", "--url", fake.url, code=0).err


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 1), ("", 1)])
def test_the_question(repo: Repo, fake: Served, terminal: Callable[..., Terminal], answer: str, code: int) -> None:
    """On a terminal it is asked, with how many of which graph; only a yes writes."""
    many(fake, 51)
    asked = terminal("pull", "--new", "--url", fake.url)
    asked.until("[y/N]")
    assert "51 assistants that nobody manages, of 2 graphs:" in asked.shown
    assert "26 writer" in asked.shown
    asked.type(f"{answer}\r")
    assert asked.end() == code
    written = list((repo.root / "assistants").rglob("*.yaml"))
    assert len(written) == (51 if code == 0 else 0)
    assert ("the answer was not yes" in asked.shown) is (code == 1)


def test_choosing(cli: Cli, repo: Repo, fake: Served) -> None:
    """By name and metadata, as the options say."""
    for name, team in (("Tweets", "social"), ("Mails", "social"), ("Talks", "other")):
        fake.server.create(graph_id="writer", name=name, metadata={"team": team})
    chosen = ("--name", "T*", "--name", "M*", "--metadata", "team=social")
    assert "2 assistants taken" in cli("import", *chosen, "--url", fake.url, code=0).err
    assert "1 assistant taken" in cli("import", "--name", "T*", "--url", fake.url, code=0).err


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("pull", "--new", "--metadata", "team"), "write it as KEY=VALUE"),
        (("pull", "--new", "--metadata", "a=1", "--metadata", "a=2"), "two values"),
        (("pull", "--new", "--from", "x.json"), "one of --new and --from"),
        (("pull", "--new", "--key", "x"), "--from FILE"),
        (("pull", "--from", "x.json", "--graph", "writer"), "--new"),
        (("pull", "--from", "x.json", "-y"), "--new"),
        (("pull", "--from", "x.json", "--url", "http://127.0.0.1:1"), "--new"),
        (("pull", "--new", "--drift"), "one of --drift and --new"),
        (("pull", "--new", "KEY@3"), "--drift"),
        (("import", "--graph", "writr"), "--graph writr"),
    ],
)
def test_mistakes(cli: Cli, repo: Repo, fake: Served, asked: tuple[str, ...], said: str) -> None:
    """What does not go together, or fits nothing, is said, and nothing is written."""
    repo.deployment(fake.url)
    assert said in cli(*asked, code=1).message
    assert list((repo.root / "assistants").iterdir()) == []


def test_two_deployments(cli: Cli, repo: Repo, serve: Serve, words: list[str]) -> None:
    """The manifest of the first one is joined by the second's twin; the change is shown as a difference."""
    first, second = serve(), serve()
    repo.settings(
        "owner: acme", "deployments:", f"  staging: {{url: '{first.url}'}}", f"  production: {{url: '{second.url}'}}"
    )
    for served, prompt in ((first, "Short."), (second, LONG)):
        served.server.create(graph_id="writer", name="Tweets", context={"system_prompt": prompt})
    assert "has to say which one" in cli(*words, "--url", first.url, code=1).message
    cli(*words, "-d", "staging", code=0)
    repo.commit()
    said = cli(*words, "-d", "production", code=0).err
    assert "new     assistants/writer/prompts/tweets.production.system_prompt.md" in said
    assert "changed assistants/writer/tweets.yaml" in said
    assert "\n  +  - production\n  +overrides:\n" in said
    assert f"1 assistant taken from production ({second.url}), 1 of them into a manifest that was there" in said
    for name in ("staging", "production"):
        assert adopted(cli, "-d", name) == 1
    assert (first.writes, second.writes) == ([], [])


def test_help(cli: Cli, words: list[str]) -> None:
    """Each option is there under both names, in 80 columns."""
    said = cli(words[0], "--help", code=0).out
    assert said.startswith(f"Usage: reconciler {words[0]} [OPTIONS]")
    assert max(map(len, said.splitlines())) <= 80
    for option in ("--graph", "--name", "--metadata", "--yes", "--deployment"):
        assert option in said


def test_never_commits(cli: Cli, repo: Repo, fake: Served) -> None:
    """The files are there to be looked at: neither staged nor committed."""
    head = repo.commit()
    fake.server.create(graph_id="writer", name="One")
    cli("import", "--url", fake.url, code=0)
    assert repo.git("rev-parse", "HEAD") == head
    assert repo.git("status", "--porcelain") == "?? assistants/"


@pytest.fixture
def by_hand(repo: Repo, real_server: Sandbox) -> Iterator[list[str]]:
    """Assistants that somebody made on the real server, of a team of their own: their ids."""
    team = f"team-{uuid.uuid4().hex[:12]}"
    repo.owner = team
    repo.settings(f"owner: {team}")
    repo.write("schemas/writer.json", "{}")
    made = []
    for name, context in (
        (f"{team} One", {"system_prompt": PROMPT, "model_name": "openai", "temperature": 1.0}),
        (f"{team} no: it's", {"system_prompt": "short"}),
        (f"{team} no: it's", {}),
    ):
        body = {
            "graph_id": "writer",
            "name": name,
            "description": "Posts\nfor all",
            "context": context,
            "config": {"recursion_limit": 25, "tags": ["on"]},
            "metadata": {"team": team, "nested": {"a": [1, None]}},
        }
        status, content = ask(real_server.url, "POST", "/assistants", body)
        assert status == 200, content
        made.append(json.loads(content)["assistant_id"])
    yield made
    for identifier in made:
        ask(real_server.url, "DELETE", f"/assistants/{identifier}")


def test_the_real_server(cli: Cli, repo: Repo, real_server: Sandbox, by_hand: list[str]) -> None:
    """Taken, then planned and applied: no change, no version, nothing else in an assistant moved."""
    url = real_server.url

    def rows() -> list[object]:
        return [json.loads(ask(url, "GET", f"/assistants/{identifier}")[1]) for identifier in by_hand]

    before = rows()
    ran = cli("pull", "--new", "--metadata", f"team={repo.owner}", "--url", url, code=0)
    assert "3 assistants taken" in ran.err
    assert adopted(cli, "--url", url) == 3
    cli("apply", "-y", "--url", url, code=0)
    assert rows() == before
    for identifier in by_hand:
        found = json.loads(ask(url, "POST", f"/assistants/{identifier}/versions", {"limit": 100})[1])
        assert [row["version"] for row in found] == [1]
