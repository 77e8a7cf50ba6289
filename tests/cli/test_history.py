"""`reconciler history`, as it is typed: whose each version is, and what it changed."""

from __future__ import annotations

import json
import shutil
from typing import Any

import jsonschema
import pytest

from reconciler.render import json as rendered
from tests.cli.conftest import Cli
from tests.cli.places import Repo, Served

HOSTILE = "x\x1b[31m\u202e\ny"


@pytest.fixture
def tweet(cli: Cli, repo: Repo, fake: Served) -> Served:
    """One assistant, applied from two commits."""
    repo.deployment(fake.url)
    for number in ("first", "second"):
        repo.manifest("writer/tweet", f"The {number} prompt.")
        repo.commit(f"The {number} commit")
        cli("apply", "-y", code=0)
    fake.server.log.clear()
    return fake


def _versions(out: str) -> list[dict[str, Any]]:
    said = json.loads(out)
    jsonschema.Draft202012Validator(rendered.schema("history")).validate(said)
    found: list[dict[str, Any]] = said["versions"]
    return found


def test_newest_first_with_the_commit_of_each(cli: Cli, repo: Repo, tweet: Served) -> None:
    """Number, time, commit with its subject and path, what changed; `*` is live."""
    first, second = repo.git("rev-parse", "HEAD^", "HEAD").split()
    assert cli("history", "writer/tweet", code=0).out.splitlines() == [
        f"Assistant writer/tweet, {tweet.id('writer/tweet')}",
        f"Deployment staging at {tweet.url}",
        "",
        f"* 2  2026-01-01 00:00:05 UTC  {second[:12]} The second commit",
        "     (assistants/writer/tweet.yaml)",
        "     changed context.system_prompt",
        f"  1  2026-01-01 00:00:04 UTC  {first[:12]} The first commit",
        "     (assistants/writer/tweet.yaml)",
        "     the first version",
        "",
        "Version 2 is live.",
    ]


def test_outside_git(cli: Cli, tweet: Served) -> None:
    """An edit keeps our marker and is not ours; neither is one that changed only what others manage, or nothing."""
    tweet.server.patch(tweet.id("writer/tweet"), metadata={"reviewed": True})
    tweet.server.patch(tweet.id("writer/tweet"))
    tweet.server.patch(tweet.id("writer/tweet"), context={"system_prompt": "Mine."})
    rows = _versions(cli("history", "writer/tweet", "--format", "json", code=0).out)
    assert [(row["version"], row["by"], [field["path"] for field in row["fields"]]) for row in rows] == [
        (5, "outside", [["context", "system_prompt"]]),
        (4, "outside", []),
        (3, "outside", [["metadata", "reviewed"]]),
        (2, "git", [["context", "system_prompt"]]),
        (1, "git", []),
    ]
    assert [row["commit"] is None for row in rows] == [True, True, True, False, False]
    out = cli("history", "writer/tweet", code=0).out
    assert "* 5  2026-01-01 00:00:08 UTC  outside git\n     changed context.system_prompt\n" in out
    assert "outside git\n     changed nothing\n" in out


def test_a_marker_that_came_back(cli: Cli, tweet: Served) -> None:
    """Made active again and typed in by hand, an old prompt fits its old marker: that is outside git all the same."""
    tweet.server.set_latest(tweet.id("writer/tweet"), 1)
    first = tweet.server.versions(tweet.id("writer/tweet"))[-1]["context"]
    tweet.server.patch(tweet.id("writer/tweet"), context=first)
    rows = _versions(cli("history", "writer/tweet", "--format", "json", code=0).out)
    assert [(row["version"], row["by"]) for row in rows] == [(3, "outside"), (2, "git"), (1, "git")]


def test_a_rollback_says_where_git_was(cli: Cli, tweet: Served) -> None:
    """The commit of a rollback is not where its content comes from, and does not read so."""
    cli("rollback", "writer/tweet", "-y", code=0)
    newest = next(line for line in cli("history", "writer/tweet", code=0).out.splitlines() if line.startswith("* 3"))
    assert " UTC  rollback, while git was at " in newest


def test_overwritten_by_git(cli: Cli, tweet: Served) -> None:
    """What an apply puts back after an edit is ours again: the one before it differs."""
    tweet.server.patch(tweet.id("writer/tweet"), context={"system_prompt": "Mine."}, metadata={"reviewed": True})
    cli("apply", "-y", "--on-drift", "overwrite", code=0)
    rows = _versions(cli("history", "writer/tweet", "--format", "json", code=0).out)
    assert [(row["version"], row["by"]) for row in rows] == [(4, "git"), (3, "outside"), (2, "git"), (1, "git")]


def test_only_our_notes(cli: Cli, repo: Repo, tweet: Served) -> None:
    """A version that an apply made to mark it says so."""
    repo.manifest("writer/tweet", "The second prompt.", "protected: true")
    repo.commit("Protect it")
    cli("apply", "-y", code=0)
    out = cli("history", "writer/tweet", code=0).out
    assert "Protect it" in out
    assert "     changed only the notes that this tool keeps in its metadata\n" in out


def test_in_full(cli: Cli, tweet: Served) -> None:
    """With -v each difference stands there as a plan shows it."""
    assert '"The first prompt." -> "The second prompt."' in cli("history", "writer/tweet", "-v", code=0).out
    assert "The first prompt" not in cli("history", "writer/tweet", code=0).out


def test_the_one_that_is_active(cli: Cli, tweet: Served) -> None:
    """An older version can be live; where the server restored only part of it, that is said."""
    tweet.server.set_latest(tweet.id("writer/tweet"), 1)
    ran = cli("history", "writer/tweet", code=0)
    assert [line.split()[1] for line in ran.out.splitlines() if line.startswith("* ")] == ["1"]
    said = " ".join(ran.out.split())
    assert "What is live is not quite version 1, which this server restored in part. It differs in: context" in said
    assert ran.out.splitlines()[-1] == "Version 1 is live."
    said = json.loads(cli("history", "writer/tweet", "--format", "json", code=0).out)
    assert (said["active"], [field["path"] for field in said["differs"]]) == (1, [["context", "system_prompt"]])


def test_no_more_than_the_limit(cli: Cli, tweet: Served) -> None:
    """Pages of ten, no more of them than are shown; how many are left out is said, with the option that shows them."""
    for number in range(40):
        tweet.server.patch(tweet.id("writer/tweet"), name=f"Name {number}")
    tweet.server.log.clear()
    out = cli("history", "writer/tweet", code=0).out
    assert sum("UTC" in line for line in out.splitlines()) == 20
    assert out.splitlines()[-1] == "Version 42 is live. Up to 22 older versions are not shown: --limit 42."
    assert sum(request.path.endswith("/versions") for request in tweet.server.log) == 3
    assert "not shown" not in cli("history", "writer/tweet", "--limit", 42, code=0).out
    last = cli("history", "writer/tweet", "--limit", 41, code=0).out.splitlines()[-1]
    assert last == "Version 42 is live. 1 older version is not shown: --limit 42."
    rows = _versions(cli("history", "writer/tweet", "--limit", 41, "--format", "json", code=0).out)
    assert (rows[-1]["version"], rows[-1]["by"], rows[-1]["first"]) == (2, "git", False)
    cli("history", "writer/tweet", "--limit", 0, code=1)


def test_without_a_manifest(cli: Cli, repo: Repo, tweet: Served) -> None:
    """Its key stands in its marker; its id names it too, as does the path of a manifest that is there."""
    whole = cli("history", "assistants/writer/tweet.yaml", code=0).out
    repo.remove("assistants/writer/tweet.yaml")
    assert cli("history", "writer/tweet", code=0).out == whole
    assert cli("history", tweet.id("writer/tweet"), code=0).out == whole
    made = tweet.server.create(graph_id="writer", name=HOSTILE)
    out = cli("history", made["assistant_id"], code=0).out
    assert out.startswith(f"Assistant 'x\\x1b[31m‹U+202E›\\ny', {made['assistant_id']}\n")
    assert "outside git" in out


def test_beside_a_broken_manifest(cli: Cli, repo: Repo, tweet: Served) -> None:
    """What the server says needs no manifest that can be read."""
    repo.write("assistants/writer/other.yaml", "graph_id: [")
    assert "The second commit" in cli("history", "writer/tweet", code=0).out


def test_what_this_clone_does_not_have(cli: Cli, repo: Repo, tweet: Served) -> None:
    """The commit stays, its subject is not known."""
    commit = repo.git("rev-parse", "HEAD")
    shutil.rmtree(repo.root / ".git")
    row, *_ = _versions(cli("history", "writer/tweet", "--format", "json", code=0).out)
    assert (row["commit"], row["subject"]) == (commit, None)
    assert f"{commit[:12]} (assistants" in " ".join(cli("history", "writer/tweet", code=0).out.split())


def test_hostile_subjects_and_markers(cli: Cli, repo: Repo, fake: Served) -> None:
    """A commit's message and whatever stands in a marker steer no terminal and no git."""
    repo.manifest("tweet")
    repo.commit("x\x1b[31m\u202e ::add-mask::x")
    cli("apply", "-y", "--url", fake.url, code=0)
    marker = fake.live("tweet")["metadata"]["reconciler"]
    fake.server.patch(fake.id("tweet"), metadata={"reconciler": marker | {"commit": "--all", "path": "\x1b[2J"}})
    ran = cli("history", "tweet", "--url", fake.url, code=0)
    assert "\x1b" not in ran.out
    assert "\u202e" not in ran.out
    assert "--all (\\x1b[2J)" in " ".join(ran.out.split())


def test_what_is_not_there(cli: Cli, repo: Repo, tweet: Served) -> None:
    """Of what was deleted nothing is left; a key that is none, a glob for several and an unknown id are said."""
    tweet.server.delete(tweet.id("writer/tweet"))
    assert "assistant `writer/tweet` is not on" in cli("history", "writer/tweet", code=1).message
    assert "no assistant `writer/twet`" in cli("history", "writer/twet", code=1).message
    unknown = "62e209ca-9154-432a-b9e9-2d75c7a9219b"
    assert f"there is no assistant {unknown} on this server" in cli("history", unknown, code=1).message
    repo.manifest("writer/blog")
    assert "writer/* names 2 assistants, and history is of one" in cli("history", "writer/*", code=1).message
