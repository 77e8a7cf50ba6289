"""Every state under every policy: what plan, drift and apply say and do. states/NAME.yaml tells how each came about.

`server`: traits of the fake that differ from the in-memory server's. `steps`, in order: `git: PROMPT` commits it (or a
whole context), `apply`, `studio: PROMPT` is an edit outside git, `activate: N` a set-latest, `delete` a deletion there.
Then, with git and server as they are: `state` as plan has it, `drift` as drift has it (`nothing`, or its state), and by
policy: `plan` (what it plans, `held ACTION` or `nothing`), `apply` (its exit code), `writes` (whether it wrote), `live`
(what git says of it, as it is live afterwards).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.conftest import Cli, Serve
from tests.cli.places import Repo, Served

CASES = sorted((Path(__file__).parent / "states").glob("*.yaml"))
POLICIES = ("overwrite", "hold", "block")
KEY = "tweet"


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_as_the_case_says(case: Path, policy: str, cli: Cli, repo: Repo, serve: Serve) -> None:
    """One state, one policy: the same state in plan and drift, and apply does what the plan says."""
    said = yaml.safe_load(case.read_text("utf-8"))
    fake = serve(**said.get("server", {}))
    repo.deployment(fake.url)
    for step in said["steps"]:
        _step(step, cli, repo, fake)
    expected = said["policies"][policy]
    words = ("--on-drift", policy)
    refused = said["state"] == "refused"
    plan = json.loads(cli("plan", *words, "--format", "json", code=int(refused)).out)
    assert _planned(plan) == (expected["plan"], said["state"])
    drift = json.loads(cli("drift", "--format", "json", code=0).out)
    assert [one["state"] for one in drift["drift"]] == ([] if said["drift"] == "nothing" else [said["drift"]])
    assert cli("drift", "--detailed-exitcode").code == (0 if said["drift"] == "nothing" else 2)
    before = len(fake.server.log.writes)
    cli("apply", "-y", *words, code=expected["apply"])
    assert (len(fake.server.log.writes) > before) is expected["writes"]
    live = fake.live(KEY)["context"]
    assert (live if isinstance(expected["live"], dict) else live["system_prompt"]) == expected["live"]
    again = len(fake.server.log.writes)
    cli("apply", "-y", *words)
    assert len(fake.server.log.writes) == again, "a second apply writes nothing"


def test_every_state_has_a_case() -> None:
    """None is left out, nor is a policy."""
    from reconciler.model.change import State

    cases = [yaml.safe_load(case.read_text("utf-8")) for case in CASES]
    assert {case["state"] for case in cases} == {state.value for state in State}
    assert all(case["policies"].keys() == set(POLICIES) for case in cases)


def _planned(plan: dict[str, Any]) -> tuple[str, str]:
    for one in plan["changes"]:
        return one["action"], one["state"]
    for one in plan["held"]:
        return f"{'blocked' if one['blocks'] else 'held'} {one['action']}", one["state"]
    refused = any(one["code"] == "not-taken" for one in plan["refused"])
    return ("nothing", "refused" if refused else "in-step")


def _step(step: str | dict[str, Any], cli: Cli, repo: Repo, fake: Served) -> None:
    match step:
        case "apply":
            cli("apply", "-y", "--on-drift", "overwrite")
        case "delete":
            fake.server.delete(fake.id(KEY))
        case {"git": said}:
            if isinstance(said, str):
                repo.manifest(KEY, said)
            else:
                repo.write(f"assistants/{KEY}.yaml", f"graph_id: plain\nname: {KEY}\ncontext: {json.dumps(said)}\n")
            repo.manifest("other", "Unrelated.")
            repo.commit("what git says")
        case {"studio": prompt}:
            context = fake.live(KEY)["context"] | {"system_prompt": prompt}
            fake.server.patch(fake.id(KEY), context=context)
        case {"activate": number}:
            fake.server.set_latest(fake.id(KEY), number)
        case _:
            raise AssertionError(step)
