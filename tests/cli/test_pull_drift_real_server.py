"""Edits made in Studio, on the real Agent Server: the night and the morning after, and an old version by review."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.sandbox import Sandbox
from tests.cli.conftest import Cli, Ran
from tests.cli.places import Repo
from tests.cli.test_real_server import ask
from tests.core.case import derived_id

OWNER = "morning-after"
KEYS = ("one", "two", "shops/a", "shops/b")


@pytest.fixture
def here(cli: Cli, repo: Repo, real_server: Sandbox) -> Iterator[Repo]:
    """A base with a prompt for two, and rows, applied; its assistants are gone afterwards."""
    repo.owner = OWNER
    repo.settings(f"owner: {OWNER}", "on_drift: hold", "deployments:", f"  staging: {{url: '{real_server.url}'}}")
    repo.write("assistants/_base.yaml", "graph_id: writer\ncontext: {system_prompt: !file prompts/shared.md}\n")
    repo.write("assistants/prompts/shared.md", "Be brief.\n")
    for key in ("one", "two"):
        repo.write(f"assistants/{key}.yaml", f"extends: _base.yaml   # both\nname: Night {key}\n")
    repo.write(
        "assistants/shops.yaml",
        "graph_id: writer\nname: !template 'Night shop ${city}'\ncontext:\n  system_prompt: !template 'In ${city}.'\n"
        "for_each:\n  - {id: a, city: Vienna}   # the first\n  - {id: b, city: Lyon}\n",
    )
    repo.commit()
    cli("apply", "-y", code=0)
    yield repo
    for key in KEYS:
        ask(real_server.url, "DELETE", f"/assistants/{derived_id(key, OWNER)}")


def live(server: Sandbox, key: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ask(server.url, "GET", f"/assistants/{derived_id(key, OWNER)}")[1])
    return found


def versions(server: Sandbox) -> dict[str, int]:
    """How many versions each has."""
    paths = {key: f"/assistants/{derived_id(key, OWNER)}/versions" for key in KEYS}
    return {key: len(json.loads(ask(server.url, "POST", path, {"limit": 100})[1])) for key, path in paths.items()}


def studio(server: Sandbox, key: str, **fields: Any) -> None:
    """Somebody saves in Studio: a PATCH."""
    status, _ = ask(server.url, "PATCH", f"/assistants/{derived_id(key, OWNER)}", fields)
    assert status == 200


def reasons(ran: Ran) -> dict[str, list[str]]:
    plan = json.loads(ran.out)
    return {change["key"]: change["reasons"] for change in plan["changes"]}


def test_the_night_and_the_morning_after(cli: Cli, here: Repo, real_server: Sandbox) -> None:
    """A prompt, a name and a row are edited in Studio. `drift` names field and version, an unrelated merge leaves
    them, `pull` brings them into git, apply then writes nothing, and the next edit of git is no drift."""
    prompt = "Be very brief.\nAnd kind.\n"
    studio(real_server, "one", context={"system_prompt": prompt, "temperature": 0.1})
    studio(real_server, "shops/a", name="Night shop Wien", context={"system_prompt": "In Wien."})
    shown = cli("drift", "--detailed-exitcode", code=2).out
    for word in ("context.system_prompt", "context.temperature", "version 2", "Night shop Wien"):
        assert word in shown
    here.write("assistants/two.yaml", "extends: _base.yaml   # both\nname: Night two\ndescription: merged\n")
    here.commit()
    cli("apply", "-y", code=0)
    assert live(real_server, "one")["context"]["system_prompt"] == prompt
    assert live(real_server, "two")["description"] == "merged"
    before = versions(real_server)
    ran = cli("pull", "--drift", code=0)
    assert "taken   one: the files now say what version 2 of 20" in ran.err
    assert here.git("status", "--porcelain", "-uall").splitlines() == [
        "M assistants/one.yaml",
        " M assistants/shops.yaml",
        "?? assistants/prompts/one.system_prompt.md",
    ]
    assert (here.root / "assistants/one.yaml").read_text() == (
        "extends: _base.yaml   # both\nname: Night one\n"
        "context:\n  system_prompt: !file prompts/one.system_prompt.md\n  temperature: 0.1\n"
    )
    rows = (here.root / "assistants/shops.yaml").read_text().partition("for_each:\n")[2].splitlines()
    own = "overrides: {name: Night shop Wien, context: {system_prompt: In Wien.}}"
    assert rows == [f"  - {{id: a, city: Vienna, {own}}}   # the first", "  - {id: b, city: Lyon}"]
    here.commit("what Studio had")
    assert json.loads(cli("plan", "--format", "json", code=0).out)["summary"]["unchanged"] == len(KEYS)
    cli("apply", "-y", code=0)
    assert versions(real_server) == before
    assert cli("drift", "--detailed-exitcode", code=0)
    here.write("assistants/prompts/one.system_prompt.md", "Be brief again.\n")
    here.commit("an ordinary edit")
    assert reasons(cli("plan", "--format", "json", code=0)) == {"one": ["manifest"]}
    cli("apply", "-y", code=0)
    assert live(real_server, "one")["context"]["system_prompt"] == "Be brief again.\n"


def test_the_second_night_and_a_rollback(cli: Cli, here: Repo, real_server: Sandbox) -> None:
    """What was pulled is what git says, though this tool never wrote it: a next edit is compared with it, is held, also
    where it takes something back, and is pulled whole; and a rollback from what was pulled stays."""
    studio(real_server, "two", name="Night two, repaired", context={"system_prompt": "Night one.\n"})
    cli("pull", code=0)
    here.commit("night one")
    studio(real_server, "two", name="Night two", context={"system_prompt": "Night one.\n"}, description="again")
    (one,) = json.loads(cli("drift", "--format", "json", code=0).out)["drift"]
    numbers = [one[name]["version"] for name in ("applied", "taken", "live")]
    assert (numbers, one["compared_with"], one["ahead"]) == ([1, 2, 3], "taken", False)
    assert [field["path"] for field in one["fields"]] == [["name"], ["description"]]
    here.commit("something else")
    cli("apply", "-y", code=0)
    assert live(real_server, "two")["name"] == "Night two"
    cli("pull", code=0)
    assert 'name: "Night two"\n' in (here.root / "assistants/two.yaml").read_text()
    here.commit("night two")
    before = versions(real_server)
    cli("apply", "-y", code=0)
    assert versions(real_server) == before
    cli("rollback", "two@1", "-y", code=0)
    assert live(real_server, "two")["context"]["system_prompt"] == "Be brief.\n"
    here.commit("something else")
    for policy in ("overwrite", "hold", "block"):
        cli("apply", "-y", "--on-drift", policy, code=0)
    assert live(real_server, "two")["context"]["system_prompt"] == "Be brief.\n"


def test_an_older_version_by_review(cli: Cli, here: Repo, real_server: Sandbox) -> None:
    """Version 1 of git's and version 2 of Studio's come back into the files; apply activates each, and it is live."""
    studio(real_server, "two", context={"system_prompt": "Studio's own.\n"})
    here.write("assistants/two.yaml", "extends: _base.yaml\nname: Night two\ncontext: {system_prompt: Third.}\n")
    here.commit()
    cli("apply", "-y", "--on-drift", "overwrite", code=0)
    for number, prompt in ((1, "Be brief.\n"), (2, "Studio's own.\n")):
        cli("pull", f"two@{number}", code=0)
        here.commit(f"back to {number}")
        (change,) = json.loads(cli("plan", "--format", "json", code=0).out)["changes"]
        assert (change["action"], change["target_version"], change["reasons"]) == ("activate", number, ["manifest"])
        cli("apply", "-y", code=0)
        assert live(real_server, "two")["context"]["system_prompt"] == prompt
        assert json.loads(cli("plan", "--format", "json", code=0).out)["changes"] == []
    assert "its newest ones: " in cli("pull", "two@99", code=1).message
