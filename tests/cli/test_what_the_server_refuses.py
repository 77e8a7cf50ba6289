"""What a server does not take is named, and is not written over and over."""

from __future__ import annotations

from tests.cli.conftest import Cli, Serve
from tests.cli.places import Repo, Served


def test_metadata_that_an_auth_handler_rewrites(cli: Cli, repo: Repo, serve: Serve) -> None:
    """The first run ends with 5 and names the field; the second and third say why they write nothing."""
    served = serve(auth_handler="owner")
    repo.manifest("tweet", "Write.", "metadata: {owner: social}")
    ran = cli("apply", "-y", "--url", served.url, code=5)
    said = " ".join(ran.out.split())
    assert "it was written, but reads back different: `metadata.owner` (an auth handler, perhaps, sets it)" in said
    for _ in range(2):
        ran = cli("apply", "-y", "--url", served.url, code=1)
        said = " ".join(ran.out.split())
        assert "`metadata.owner` came back different" in said
        assert "name it under `ignore:` or take it out of the manifest" in said
    assert served.writes == ["POST /assistants"]
    assert len(served.server.versions(served.id("tweet"))) == 1


def test_the_hint_for_it_works(cli: Cli, repo: Repo, serve: Serve) -> None:
    """With the field under `ignore:` the same apply has nothing left to do."""
    served = serve(auth_handler="owner")
    repo.manifest("tweet", "Write.", "metadata: {owner: social}")
    cli("apply", "-y", "--url", served.url, code=5)
    repo.manifest("tweet", "Write.", "metadata: {owner: social}", "ignore: [metadata.owner]")
    cli("apply", "-y", "--url", served.url, code=0)
    cli("plan", "--detailed-exitcode", "--url", served.url, code=0)


def test_an_unknown_graph(cli: Cli, repo: Repo, fake: Served) -> None:
    """The server's graphs are listed, the others are written (5), and alone it ends with 1."""
    repo.write("schemas/writr.json", '{"type": "object"}')
    repo.write("assistants/lost.yaml", "graph_id: writr\nname: lost\n")
    ran = cli("apply", "-y", "--url", fake.url, code=1)
    said = " ".join(ran.out.split())
    assert "graph `writr` is not deployed on this server, which has `plain`, `researcher`, `writer`" in said
    assert "did you mean `writer`?" in said
    assert fake.writes == []
    repo.manifest("tweet")
    cli("plan", "--url", fake.url, code=1)
    ran = cli("apply", "-y", "--url", fake.url, code=5)
    assert "tweet: created" in ran.out
    assert fake.writes == ["POST /assistants"]


def test_a_value_that_the_live_schema_refuses(cli: Cli, repo: Repo, serve: Serve) -> None:
    """It holds that assistant back; the others are written."""
    served = serve()
    served.server.add_graph("writer", {"type": "object", "properties": {"system_prompt": {"maxLength": 5}}})
    repo.manifest("long", "Write well.")
    repo.manifest("short", "Hi.")
    ran = cli("apply", "-y", "--url", served.url, code=5)
    assert "short: created" in ran.out
    assert "assistants/long.yaml" in ran.out
    assert len(served.writes) == 1


def test_another_owners_assistant(cli: Cli, repo: Repo, fake: Served) -> None:
    """A manifest that addresses it is an error, and it is not written."""
    repo.manifest("tweet")
    repo.settings("owner: team-b")
    cli("apply", "-y", "--url", fake.url, code=0)
    taken = fake.id("tweet", "team-b")
    repo.settings("owner: acme")
    repo.manifest("tweet", "Mine now.", f"assistant_id: {taken}")
    fake.server.log.clear()
    ran = cli("apply", "-y", "--url", fake.url, code=1)
    assert "team-b" in ran.out
    assert fake.writes == []
