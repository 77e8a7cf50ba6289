"""Every state under every policy: what plan, drift and apply say and do. states/NAME.yaml tells how each came about.

`server`: traits of the fake that differ from the in-memory server's; a case without them is also run on the real one.
`steps`, in order: `git: PROMPT` commits it (or a whole context), `apply`, `studio: PROMPT` is an edit outside git,
`activate: N` a set-latest, `delete` a deletion there; beside a prompt, `limit: N` is the recursion limit.
Then, with git and server as they are: `state` as plan has it, `drift` as drift has it (`nothing`, or its state), and by
policy: `plan` (what it plans, `held ACTION` or `nothing`), `apply` (its exit code), `writes` (whether it wrote), `live`
(what git says of it, as it is live afterwards).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest
import yaml

from reconciler.sandbox import Sandbox
from tests.cli.conftest import Cli, Serve
from tests.cli.places import Repo, Served
from tests.cli.test_real_server import ask
from tests.core.case import derived_id

CASES = sorted((Path(__file__).parent / "states").glob("*.yaml"))
ON_THE_REAL_SERVER = [case for case in CASES if "\nserver:" not in case.read_text("utf-8")]
POLICIES = ("overwrite", "hold", "block")
KEY = "tweet"


class Place(Protocol):
    """A server, and what people do there past git. `seen` changes with every write."""

    @property
    def url(self) -> str: ...
    def live(self) -> dict[str, Any]: ...
    def patch(self, **fields: Any) -> None: ...
    def set_latest(self, number: int) -> None: ...
    def delete(self) -> None: ...
    def seen(self) -> Any: ...


@dataclass(frozen=True)
class Fake:
    """A fake, as the case wants it."""

    served: Served

    @property
    def url(self) -> str:
        return self.served.url

    def live(self) -> dict[str, Any]:
        return self.served.live(KEY)

    def patch(self, **fields: Any) -> None:
        self.served.server.patch(self.served.id(KEY), **fields)

    def set_latest(self, number: int) -> None:
        self.served.server.set_latest(self.served.id(KEY), number)

    def delete(self) -> None:
        self.served.server.delete(self.served.id(KEY))

    def seen(self) -> int:
        return len(self.served.server.log.writes)


@dataclass(frozen=True)
class Real:
    """The real server."""

    url: str
    owner: str

    def _ask(self, method: str, path: str = "", body: Any = None, key: str = KEY) -> Any:
        status, content = ask(self.url, method, f"/assistants/{derived_id(key, self.owner)}{path}", body)
        return json.loads(content) if status == 200 and content else None

    def live(self) -> dict[str, Any]:
        found: dict[str, Any] = self._ask("GET")
        return found

    def patch(self, **fields: Any) -> None:
        assert self._ask("PATCH", body=fields) is not None

    def set_latest(self, number: int) -> None:
        assert self._ask("POST", "/latest", {"version": number}) is not None

    def delete(self, *keys: str) -> None:
        for key in keys or (KEY,):
            self._ask("DELETE", key=key)

    def seen(self) -> Any:
        return self._ask("GET"), self._ask("POST", "/versions", {"limit": 100})


@pytest.fixture
def real(repo: Repo, real_server: Sandbox) -> Iterator[Real]:
    """The real server, which others use too: what is made here goes."""
    repo.owner = "every-state"
    place = Real(real_server.url, repo.owner)
    yield place
    place.delete(KEY, "other")


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_as_the_case_says(case: Path, policy: str, cli: Cli, repo: Repo, serve: Serve) -> None:
    """One state, one policy: the same state in plan and drift, and apply does what the plan says."""
    said = yaml.safe_load(case.read_text("utf-8"))
    place = Fake(serve(**said.get("server", {})))
    _come_about(said, cli, repo, place)
    _is_planned(said, policy, cli)
    _is_applied(said, policy, cli, place)


@pytest.mark.parametrize("case", ON_THE_REAL_SERVER, ids=lambda path: path.stem)
def test_on_the_real_server(case: Path, cli: Cli, repo: Repo, real: Real) -> None:
    """The same there: planned under each policy, applied under each until one of them writes, the strictest first."""
    said = yaml.safe_load(case.read_text("utf-8"))
    _come_about(said, cli, repo, real)
    for policy in POLICIES:
        _is_planned(said, policy, cli)
    for policy in reversed(POLICIES):
        _is_applied(said, policy, cli, real)
        if said["policies"][policy]["writes"]:
            break


def _come_about(said: dict[str, Any], cli: Cli, repo: Repo, place: Place) -> None:
    repo.deployment(place.url)
    for step in said["steps"]:
        _step(step, cli, repo, place)
    drift = json.loads(cli("drift", "--format", "json", code=0).out)
    assert [one["state"] for one in drift["drift"]] == ([] if said["drift"] == "nothing" else [said["drift"]])
    assert cli("drift", "--detailed-exitcode").code == (0 if said["drift"] == "nothing" else 2)


def _is_planned(said: dict[str, Any], policy: str, cli: Cli) -> None:
    refused = said["state"] == "refused"
    plan = json.loads(cli("plan", "--on-drift", policy, "--format", "json", code=int(refused)).out)
    assert _planned(plan) == (said["policies"][policy]["plan"], said["state"])


def _is_applied(said: dict[str, Any], policy: str, cli: Cli, place: Place) -> None:
    expected, before = said["policies"][policy], place.seen()
    cli("apply", "-y", "--on-drift", policy, code=expected["apply"])
    assert (place.seen() != before) is expected["writes"]
    assert _said(place.live(), expected["live"]) == expected["live"]
    again = place.seen()
    cli("apply", "-y", "--on-drift", policy)
    assert place.seen() == again, "a second apply writes nothing"


def _said(row: dict[str, Any], like: str | dict[str, Any]) -> str | dict[str, Any]:
    """What is live, in the form of the case."""
    context: dict[str, Any] = row["context"]
    limit = row["config"].get("recursion_limit")
    return context if isinstance(like, dict) else f"{context['system_prompt']}{f' {limit}' if limit else ''}"


def test_every_state_has_a_case() -> None:
    """None is left out, nor is a policy; the real server cannot show that it does not take what it is sent."""
    from reconciler.model.change import State

    def states(cases: list[Path]) -> set[str]:
        return {yaml.safe_load(case.read_text("utf-8"))["state"] for case in cases}

    assert states(CASES) == {state.value for state in State}
    assert states(ON_THE_REAL_SERVER) == {state.value for state in State} - {"refused"}
    for case in CASES:
        assert yaml.safe_load(case.read_text("utf-8"))["policies"].keys() == set(POLICIES)


def _planned(plan: dict[str, Any]) -> tuple[str, str]:
    for one in plan["changes"]:
        return one["action"], one["state"]
    for one in plan["held"]:
        return f"{'blocked' if one['blocks'] else 'held'} {one['action']}", one["state"]
    refused = any(one["code"] == "not-taken" for one in plan["refused"])
    return ("nothing", "refused" if refused else "in-step")


def _step(step: str | dict[str, Any], cli: Cli, repo: Repo, place: Place) -> None:
    limit = step.get("limit") if isinstance(step, dict) else None
    match step:
        case "apply":
            cli("apply", "-y", "--on-drift", "overwrite")
        case "delete":
            place.delete()
        case {"git": str(prompt)}:
            repo.manifest(KEY, prompt, *([f"config: {{recursion_limit: {limit}}}"] if limit else []))
            repo.manifest("other", "Unrelated.")
            repo.commit("what git says")
        case {"git": context}:
            repo.write(f"assistants/{KEY}.yaml", f"graph_id: plain\nname: {KEY}\ncontext: {json.dumps(context)}\n")
            repo.manifest("other", "Unrelated.")
            repo.commit("what git says")
        case {"studio": prompt}:
            row = place.live()
            values = {**row["context"], "system_prompt": prompt}
            place.patch(context=values, config={"configurable": {}, **({"recursion_limit": limit} if limit else {})})
        case {"activate": number}:
            place.set_latest(number)
        case _:
            raise AssertionError(step)
