"""`pull`, `pull --drift` and `pull KEY@N`: what they write and say; the night and the morning after."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from reconciler.model.json import digest
from tests.cli.conftest import Cli, Serve, Terminal
from tests.cli.places import Repo, Served

TWO = "You write.\nShort.\n"


@pytest.fixture
def staging(cli: Cli, repo: Repo, serve: Serve) -> Served:
    """Two assistants of one prompt and one of its own, applied to the only deployment, which holds. Its server
    restores all of a version."""
    server = serve(restores_context_and_graph="yes")
    repo.settings("owner: acme", "on_drift: hold", "deployments:", f"  staging: {{url: '{server.url}'}}")
    repo.write("assistants/w/prompts/both.md", TWO)
    repo.write("assistants/w/prompts/one.md", TWO)
    repo.write("assistants/w/one.yaml", text("One", "one.md"))
    repo.write("assistants/w/two.yaml", text("Two", "both.md"))
    repo.write("assistants/w/three.yaml", text("Three", "both.md"))
    repo.commit()
    cli("apply", "-y", code=0)
    server.server.log.clear()
    return server


def text(name: str, prompt: str) -> str:
    return (
        f"graph_id: writer\nname: {name}\ncontext:\n  system_prompt: !file prompts/{prompt}   # the prompt\n"
        f"  model_name: {name.lower()}-model\n"
    )


def studio(server: Served, key: str, **context: Any) -> None:
    """Somebody edits the context of an assistant."""
    now = server.live(key)["context"]
    server.server.patch(server.id(key), context={**now, **context})


def read(repo: Repo, path: str) -> str:
    return (repo.root / path).read_bytes().decode()


def test_the_night_and_the_morning_after(cli: Cli, repo: Repo, staging: Served) -> None:
    """An edit in Studio is drift; a merge of something else leaves it; pulled and committed, nothing is left to do, and
    what git changes next is no drift."""
    studio(staging, "w/one", system_prompt="You write.\nVery short.\n", temperature=0.2)
    shown = cli("drift", "--detailed-exitcode", code=2).out
    assert "context.temperature" in shown
    assert "version 2" in shown
    repo.write("assistants/w/two.yaml", text("Two!", "both.md"))
    repo.commit()
    held = cli("apply", "-y", code=0)
    assert "pull --drift w/one" in " ".join(held.out.split()).replace("-d staging ", "")
    assert staging.live("w/one")["version"] == 2
    ran = cli("pull", "--drift", code=0)
    assert ran.out == ""
    lines = ran.err.splitlines()
    assert lines[0] == "changed assistants/w/prompts/one.md"
    assert "  -Short." in lines
    assert "  +Very short." in lines
    assert "taken   w/one: the files now say what version 2 of 2026-01-01 does" in lines
    assert lines[-3:] == [
        "look at the files and commit them; what they mean for the deployment:",
        "  reconciler plan -d staging",
        "reconciler: done",
    ]
    assert read(repo, "assistants/w/one.yaml") == text("One", "one.md") + "  temperature: 0.2\n"
    assert read(repo, "assistants/w/prompts/one.md") == "You write.\nVery short.\n"
    assert repo.git("log", "-1", "--format=%s") == "as it is now"
    repo.commit("what Studio had")
    staging.server.log.clear()
    cli("apply", "-y", code=0)
    assert staging.writes == []
    repo.write("assistants/w/one.yaml", text("One", "one.md") + "  temperature: 0.9\n")
    repo.commit("an ordinary edit")
    plan = json.loads(cli("plan", "--format", "json", code=0).out)
    assert [(c["key"], c["reasons"]) for c in plan["changes"]] == [("w/one", ["manifest"])]


def test_a_shared_prompt(cli: Cli, repo: Repo, staging: Served) -> None:
    """One of two gets a file of its own, with what differs shown; with --shared the file of both changes, and the
    other one is named."""
    studio(staging, "w/two", system_prompt="You write.\nLong.\n")
    ran = cli("pull", "w/two", code=0)
    assert ran.err.startswith(
        "new     assistants/w/prompts/two.system_prompt.md, in place of assistants/w/prompts/both.md\n"
        "  @@ -1,2 +1,2 @@\n   You write.\n  -Short.\n  +Long.\n"
        "changed assistants/w/two.yaml\n"
    )
    assert read(repo, "assistants/w/two.yaml") == text("Two", "two.system_prompt.md")
    repo.git("checkout", "--quiet", ".")
    repo.git("clean", "-qfd")
    ran = cli("pull", "--shared", code=0)
    assert "note    this changes w/three (staging) too" in ran.err
    assert repo.git("status", "--porcelain").split() == ["M", "assistants/w/prompts/both.md"]


def test_what_is_refused_is_left(cli: Cli, repo: Repo, staging: Served) -> None:
    """A secret and a field that the graph does not know are named, once each, and neither written nor shown; the rest
    is taken, and the exit code is 1."""
    secret = "0123456789abcdefghij"
    studio(staging, "w/one", api_key=secret, model_name="better")
    staging.server.patch(staging.id("w/two"), description="\x1b[31mred\u202e")
    known = f"ghp_{'a1B2' * 9}"
    studio(staging, "w/three", **{known: 1})
    ran = cli("pull", code=1)
    assert secret not in ran.said
    assert known not in ran.said
    assert "left    w/three, context.…: it looks like a secret" in ran.err
    assert "left    w/one, context.api_key: it looks like a secret" in ran.err
    assert "taken   w/one: the files, but for what is left, now say" in ran.err
    assert "  reconciler apply -d staging --on-drift overwrite w/one w/three\n" in ran.err
    assert "\x1b" not in ran.err
    assert "\u202e" not in ran.err
    assert secret not in "".join(read(repo, path) for path in ("assistants/w/one.yaml", "assistants/w/two.yaml"))
    assert "model_name: better" in read(repo, "assistants/w/one.yaml")
    repo.commit()
    ran = cli("pull", code=1)
    left = [line.split(":")[0] for line in ran.err.splitlines()[:2]]
    assert left == ["left    w/one, context.api_key", "left    w/three, context.…"]
    assert repo.git("status", "--porcelain") == ""


def test_a_file_that_is_not_committed(cli: Cli, repo: Repo, staging: Served) -> None:
    """It would change, and git does not have it: said, and no file is written, a new one neither."""
    studio(staging, "w/one", model_name="better")
    studio(staging, "w/two", system_prompt="x")
    repo.write("assistants/w/two.yaml", text("Two", "both.md") + "# mine\n")
    ran = cli("pull", code=1)
    assert "assistants/w/two.yaml would change, and git does not have what is there now" in ran.message
    assert repo.git("status", "--porcelain") == "M assistants/w/two.yaml"


def test_nothing_drifted(cli: Cli, repo: Repo, staging: Served) -> None:
    """It says so; of an assistant that is named too, and of one that waits or is gone; no file changes."""
    assert "nothing to take: nothing was changed outside git on staging" in cli("pull", code=0).message
    repo.write("assistants/w/one.yaml", text("Uno", "one.md"))
    repo.manifest("w/new")
    repo.commit()
    staging.server.delete(staging.id("w/three"))
    ran = cli("pull", "w/*", code=0)
    assert "note    w/one: nothing was changed outside git" in ran.err
    assert "note    w/new: it waits for an apply" in ran.err
    assert "note    w/three: it is gone from the server" in ran.err
    assert repo.git("status", "--porcelain") == ""


@pytest.mark.parametrize("word", ["w/one", "w/on*", "assistants/w/one.yaml", "assistants/w/prompts/one.md"])
def test_targets(cli: Cli, repo: Repo, staging: Served, word: str) -> None:
    """A key, a glob, the path of a manifest or prompt: only those are taken."""
    for key in ("w/one", "w/two"):
        studio(staging, key, model_name="better")
    cli("pull", word, code=0)
    assert repo.git("status", "--porcelain").split() == ["M", "assistants/w/one.yaml"]


def test_an_older_version(cli: Cli, repo: Repo, staging: Served) -> None:
    """It comes back through git, and apply makes that very version active; one that was made outside git too."""
    studio(staging, "w/one", model_name="outside")
    repo.write("assistants/w/one.yaml", text("Uno", "one.md"))
    repo.commit()
    cli("apply", "-y", "--on-drift", "overwrite", code=0)
    assert staging.live("w/one")["version"] == 3
    for number in (1, 2):
        ran = cli("pull", f"w/one@{number}", code=0)
        assert f"taken   w/one: the files now say what version {number} of 2026-01-01 does" in ran.err
        repo.commit()
        plan = json.loads(cli("plan", "--format", "json", code=0).out)
        assert [(c["action"], c["target_version"]) for c in plan["changes"]] == [("activate", number)]
        cli("apply", "-y", code=0)
        assert staging.live("w/one")["version"] == number
    assert read(repo, "assistants/w/one.yaml") == text("One", "one.md").replace("one-model", "outside")
    assert "git says the same as version 2 of 2026-01-01 already" in cli("pull", "w/one@2", code=0).err
    assert len(staging.server.versions(staging.id("w/one"))) == 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["w/one@7"], "assistant `w/one` has no version 7 its newest ones: 1"),
        (["w/*@1"], "w/* is 3 assistants, and a version is of one"),
        (["w/one@1", "w/two"], "pull KEY@N takes one version of one assistant"),
        (["w/nobody"], "no assistant `w/nobody` in assistants/"),
        (["w/nobody@1"], "no assistant `w/nobody` in assistants/"),
        (["--drift", "--new"], "pull takes one of --drift and --new"),
        (["--new", "w/one"], "KEY and --shared go with --drift"),
        (["--new", "--shared"], "KEY and --shared go with --drift"),
        (["--graph", "writer"], "go with --new"),
        (["--key", "x"], "--version and --key go with --from FILE"),
    ],
)
def test_usage(cli: Cli, repo: Repo, staging: Served, words: list[str], said: str) -> None:
    """What cannot be asked for is said in a line or two."""
    assert said in cli("pull", *words, code=1).message


def test_a_version_of_one_that_is_gone(cli: Cli, repo: Repo, staging: Served) -> None:
    """Its versions went along."""
    staging.server.delete(staging.id("w/one"))
    assert "assistant `w/one` is not on this server" in cli("pull", "w/one@1", code=1).message


def test_git_is_ahead(cli: Cli, repo: Repo, staging: Served) -> None:
    """What git has changed since its last apply stays, and is named; what both changed becomes what is live."""
    studio(staging, "w/one", model_name="outside", temperature=0.1)
    repo.write("assistants/w/one.yaml", text("Uno", "one.md").replace("uno-model", "git-model"))
    repo.commit()
    ran = cli("pull", code=0)
    assert "git has changed context.model_name too since it was last applied; that is overwritten" in ran.err
    assert "git has changed name since it was last applied; that stays as git has it" in ran.err
    assert read(repo, "assistants/w/one.yaml") == (
        text("Uno", "one.md").replace("uno-model", "outside") + "  temperature: 0.1\n"
    )


def test_a_rollback(cli: Cli, repo: Repo, staging: Served) -> None:
    """An older version that was made active is taken whole; then git agrees, and apply has nothing to do."""
    repo.write("assistants/w/one.yaml", text("Uno", "one.md") + "  temperature: 1\n")
    repo.commit()
    cli("apply", "-y", code=0)
    staging.server.set_latest(staging.id("w/one"), 1)
    cli("apply", "-y", code=0)
    assert staging.live("w/one")["version"] == 1
    cli("pull", code=0)
    assert read(repo, "assistants/w/one.yaml") == text("One", "one.md")
    repo.commit()
    assert json.loads(cli("plan", "--format", "json", code=0).out)["summary"]["unchanged"] == 3


def test_a_rollback_and_git_moved_on(cli: Cli, repo: Repo, staging: Served) -> None:
    """What the rollback changed is taken, what git has changed since stays."""
    repo.write("assistants/w/one.yaml", text("Uno", "one.md"))
    repo.commit()
    cli("apply", "-y", code=0)
    staging.server.set_latest(staging.id("w/one"), 1)
    repo.write("assistants/w/one.yaml", text("Uno", "one.md") + "  temperature: 1\n")
    repo.commit()
    assert "git has changed context.temperature since it was last applied; that stays" in cli("pull", code=0).err
    assert read(repo, "assistants/w/one.yaml") == text("One", "one.md") + "  temperature: 1\n"


def test_two_sets_of_values(cli: Cli, repo: Repo, serve: Serve) -> None:
    """A context that was emptied leaves its values beside it on this server: what counts is not known, so it is left;
    nor is such a version taken."""
    server = serve()
    repo.deployment(server.url)
    repo.manifest("w/one")
    repo.commit()
    cli("apply", "-y", code=0)
    server.server.patch(server.id("w/one"), context={})
    ran = cli("pull", code=1)
    assert ran.err.startswith("left    w/one: the server keeps two different sets of values for it")
    assert "version 2 of assistant `w/one` cannot be taken" in cli("pull", "w/one@2", code=1).message
    assert repo.git("status", "--porcelain") == ""


def test_metadata_of_an_older_version(cli: Cli, repo: Repo, staging: Served) -> None:
    """What git declared then and has given up since comes back too, so that apply can make that version active."""
    before = text("One", "one.md")
    for number, more in enumerate(("metadata: {team: a}\n", "")):
        repo.write("assistants/w/one.yaml", before + more)
        repo.commit(f"{number}")
        cli("apply", "-y", code=0)
    cli("pull", "w/one@2", code=0)
    assert read(repo, "assistants/w/one.yaml") == before + "metadata:\n  team: a\n"
    repo.commit()
    (change,) = json.loads(cli("plan", "--format", "json", code=0).out)["changes"]
    assert (change["action"], change["target_version"]) == ("activate", 2)


def test_made_outside_git(cli: Cli, repo: Repo, staging: Served) -> None:
    """One that a manifest adopts and that says something else is taken as it is."""
    made = staging.server.create(graph_id="writer", name="Theirs", context={"temperature": 1})
    repo.write("assistants/x.yaml", f"graph_id: writer\nname: Mine\nassistant_id: {made['assistant_id']}\n")
    repo.commit()
    cli("pull", code=0)
    assert "name: Theirs\n" in read(repo, "assistants/x.yaml")
    repo.commit()
    assert json.loads(cli("plan", "--format", "json", code=0).out)["summary"]["adopted"] == 1


def test_half_restored(cli: Cli, repo: Repo, serve: Serve) -> None:
    """What a set-latest left behind on a server that restores only part is nobody's edit."""
    server = serve()
    repo.deployment(server.url)
    repo.manifest("w/one", "First.")
    repo.commit()
    cli("apply", "-y", code=0)
    repo.manifest("w/one", "Second.", "description: new")
    repo.commit()
    cli("apply", "-y", code=0)
    server.server.set_latest(server.id("w/one"), 1)
    ran = cli("pull", "w/one", code=0)
    assert "only part of it" in ran.err
    assert "nothing to take" in ran.err
    assert repo.git("status", "--porcelain") == ""


def test_several_deployments(cli: Cli, repo: Repo, serve: Serve) -> None:
    """Each drift lands in the override of its own deployment, and no plan has anything to do."""
    servers = {"staging": serve(), "production": serve()}
    listed = [f"  {name}: {{url: '{server.url}'}}" for name, server in servers.items()]
    repo.settings("owner: acme", "on_drift: hold", "deployments:", *listed)
    repo.write("assistants/w/prompts/one.md", TWO)
    repo.write("assistants/w/one.yaml", text("One", "one.md"))
    repo.commit()
    for name, server in servers.items():
        cli("apply", "-y", "-d", name, code=0)
        studio(server, "w/one", model_name=f"{name}-model")
    for name in servers:
        cli("pull", "-d", name, code=0)
        repo.commit()
    assert read(repo, "assistants/w/one.yaml") == text("One", "one.md") + (
        "overrides:\n  staging:\n    context:\n      model_name: staging-model\n"
        "  production:\n    context:\n      model_name: production-model\n"
    )
    for name, server in servers.items():
        server.server.log.clear()
        cli("apply", "-y", "-d", name, code=0)
        assert server.writes == []


def test_a_server_without_a_name(cli: Cli, repo: Repo, staging: Served) -> None:
    """It has no override, so what would count for others is left, said once for all its fields; -d NAME says which
    one it is."""
    studio(staging, "w/one", model_name="better", temperature=1)
    ran = cli("pull", "--url", staging.url, code=1)
    assert ran.err.splitlines()[0] == (
        "left    w/one, context.model_name, context.temperature: this server has no name, and there it would count for "
        "`staging`: -d NAME, or --shared"
    )
    cli("pull", "-d", "staging", "--url", staging.url, code=0)


def test_no_server(cli: Cli, repo: Repo) -> None:
    """As for a plan."""
    repo.deployment("http://127.0.0.1:9")
    repo.manifest("w/one")
    assert "nothing answers at" in cli("pull", code=1).message


def test_nothing_is_written_there(cli: Cli, repo: Repo, staging: Served) -> None:
    """Its connection cannot write."""
    studio(staging, "w/one", model_name="better")
    cli("pull", code=0)
    cli("pull", "w/one@1", code=1)
    assert staging.writes == []


def test_git_ignores_the_new_file(cli: Cli, repo: Repo, staging: Served) -> None:
    """A prompt that would be in no commit is left, the rest of that assistant is taken."""
    repo.write(".gitignore", "*.system_prompt.md\n")
    repo.commit()
    studio(staging, "w/two", system_prompt="Mine.", model_name="better")
    ran = cli("pull", code=1)
    assert "left    w/two, context.system_prompt: `reconciler validate` would refuse it: the file" in ran.err
    assert "is ignored by git" in ran.err
    assert repo.git("status", "--porcelain").split() == ["M", "assistants/w/two.yaml"]
    assert "model_name: better" in read(repo, "assistants/w/two.yaml")


def test_on_a_terminal(repo: Repo, staging: Served, terminal: Callable[..., Terminal]) -> None:
    """In 80 columns everything but a command to paste is wrapped, below the word that begins it."""
    studio(staging, "w/one", tone="x", mood="y", system_prompt="Line.\n" * 3)
    studio(staging, "w/two", system_prompt="Mine.\n")
    shown = terminal("pull")
    assert shown.end() == 1
    lines = shown.shown.replace("\r\n", "\n").splitlines()
    assert "        field `mood` is not known to the graph" in lines
    assert max(map(len, lines)) <= 80


def test_what_may_pass(cli: Cli, repo: Repo, staging: Served) -> None:
    """A value that the settings let pass the lint for secrets is taken."""
    value = "0123456789abcdefghij"
    schema = json.loads(read(repo, "schemas/writer.json"))
    schema["properties"]["api_key"] = {"type": "string"}
    repo.write("schemas/writer.json", json.dumps(schema))
    allowed = f"{{key: w/one, path: context.api_key, hash: {digest(value)}}}"
    repo.write("reconciler.yaml", read(repo, "reconciler.yaml") + f"secrets_allowed: [{allowed}]\n")
    repo.commit()
    studio(staging, "w/one", api_key=value)
    cli("pull", code=0)
    assert f'api_key: "{value}"' in read(repo, "assistants/w/one.yaml")
