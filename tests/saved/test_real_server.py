"""A saved plan against the real Agent Server."""

from __future__ import annotations

import json

from reconciler.sandbox import Sandbox
from tests.cli.conftest import Cli
from tests.cli.places import Repo
from tests.cli.test_real_server import Team as RealTeam
from tests.cli.test_real_server import ask, team  # noqa: F401 - a fixture, met by its name


def test_planned_approved_applied(cli: Cli, team: RealTeam, repo: Repo, real_server: Sandbox) -> None:  # noqa: F811 - a fixture, met by its name
    """Saved at one commit, edited in Studio and in git since: the rest of the file is applied, once."""
    cli("plan", "--url", team.url, "--out", "plan.json", code=0)
    planned = {one["key"] for one in json.loads((repo.root / "plan.json").read_text("utf-8"))["changes"]}
    assert {"writer/tweet", "support/tier1"} <= planned
    prompt = repo.root / "assistants/writer/prompts/tweet.md"
    prompt.write_text("Another prompt.\n", encoding="utf-8")
    repo.commit("Another prompt")
    ran = cli("apply", "plan.json", "--url", team.url, "--format", "json", code=4)
    outcomes = {one["key"]: one["outcome"] for one in json.loads(ran.out)["changes"]}
    stale = {key for key, outcome in outcomes.items() if outcome == "stale"}
    assert "writer/tweet" in stale
    assert set(team.mine()) == planned - stale
    before = team.versions()
    cli("apply", "plan.json", "--url", team.url, code=4)
    assert team.versions() == before
    cli("plan", "--url", team.url, "--out", "plan.json", code=0)
    cli("apply", "plan.json", "--url", team.url, code=0)
    assert "No changes" in cli("plan", "--url", team.url, "--detailed-exitcode", code=0).out
    status, _ = ask(team.url, "PATCH", f"/assistants/{team.mine()['support/tier1']['assistant_id']}", {"name": "Hand"})
    assert status == 200
    cli("apply", "plan.json", "--url", team.url)
    assert team.mine()["support/tier1"]["name"] == "Hand"
