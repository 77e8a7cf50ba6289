"""`reconciler list`, as it is typed: every assistant with the state that a plan gives it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from reconciler.render import json as rendered
from tests.cli.conftest import Cli, Terminal
from tests.cli.places import Repo, Served

HOSTILE = "x\x1b[31m\u202e\t\ny"
HEADS = ["KEY", "NAME", "GRAPH", "VERSION", "OWNER", "STATE", "ID"]

Open = Callable[..., Terminal]


@pytest.fixture
def there(cli: Cli, repo: Repo, fake: Served) -> Served:
    """One in every state, and every kind of assistant that is not managed."""
    repo.deployment(fake.url)
    repo.settings("owner: team-b", "deployments:", f"  staging: {{url: {fake.url}}}")
    repo.manifest("theirs")
    cli("apply", "-y", code=0)
    repo.remove("assistants/theirs.yaml")
    repo.deployment(fake.url)
    for key in ("behind", "edited", "half", "in-step", "old"):
        repo.manifest(key)
    repo.commit()
    cli("apply", "-y", code=0)
    repo.manifest("half", "Another.")
    repo.commit()
    cli("apply", "-y", code=0)
    fake.server.set_latest(fake.id("half"), 1)
    fake.server.patch(fake.id("edited"), context={"system_prompt": "Mine."})
    copied = fake.live("in-step")
    fake.server.create(graph_id="writer", name="A copy", metadata=copied["metadata"])
    fake.server.create(graph_id="writer", name="By hand", context={"system_prompt": "Mine."})
    repo.manifest("behind", "A new prompt.")
    repo.manifest("missing")
    repo.remove("assistants/old.yaml")
    fake.server.log.clear()
    return fake


def _rows(out: str) -> dict[str, dict[str, Any]]:
    said = json.loads(out)
    jsonschema.Draft202012Validator(rendered.schema("list")).validate(said)
    return {row["key"] or row["name"]: row for row in said["assistants"]}


def test_states_are_those_of_a_plan(cli: Cli, there: Served) -> None:
    """Each that git names or that is ours, by key; what nobody manages is not shown unless it is asked for."""
    rows = _rows(cli("list", "--format", "json", code=0).out)
    assert {key: row["state"] for key, row in rows.items()} == {
        "behind": "behind",
        "edited": "edited",
        "half": "half-restored",
        "in-step": "in-step",
        "missing": "missing",
        "old": "no-manifest",
    }
    assert rows["missing"]["version"] is None
    assert rows["edited"]["version"] == 2
    assert {row["owner"] for key, row in rows.items() if key != "missing"} == {"acme"}
    assert rows["edited"]["assistant_id"] == there.id("edited")


def test_unmanaged(cli: Cli, there: Served) -> None:
    """Also copies, other owners', the graphs' defaults and what somebody made by hand, each as what it is."""
    rows = _rows(cli("list", "--unmanaged", "--format", "json", code=0).out)
    states = {name: row["state"] for name, row in rows.items()}
    assert states["A copy"] == "copy"
    assert rows["A copy"]["copy_of"] == "in-step"
    assert rows["A copy"]["key"] is None
    assert states["By hand"] == "unmanaged"
    assert states["theirs"] == "foreign"
    assert rows["theirs"]["owner"] == "team-b"
    assert [states[graph] for graph in ("plain", "researcher", "writer")] == ["default"] * 3
    assert len(rows) == 12


def test_histories_only_of_what_differs(cli: Cli, there: Served) -> None:
    """One listing, and the versions of those three whose content is not what git wants."""
    cli("list", code=0)
    asked = [request.path for request in there.server.log if request.path.endswith("/versions")]
    assert sorted(asked) == sorted(f"/assistants/{there.id(key)}/versions" for key in ("behind", "edited", "half"))
    assert sum(request.path.endswith("/search") for request in there.server.log) == 1


def test_columns_in_a_pipe(cli: Cli, there: Served) -> None:
    """Aligned columns of whole values without a tab: each begins where its name stands."""
    out = cli("list", "--unmanaged", code=0).out
    assert "\t" not in out
    head, *lines = out.splitlines()
    assert head.split() == HEADS
    starts = [head.index(name) for name in HEADS]
    for line in lines:
        assert all(line[start - 2 : start].strip() == "" and line[start] != " " for start in starts[1:]), line
    assert there.id("edited") in out


def test_within_a_terminal(terminal: Open, repo: Repo, there: Served) -> None:
    """What is too wide is cut and marked; no line is longer than the terminal."""
    repo.manifest("a/rather/long/key/of/an/assistant/that/nobody/can/remember")
    shown = terminal("list", environ={"COLUMNS": "60"})
    assert shown.end() == 0
    lines = shown.shown.replace("\r", "").splitlines()[:-1]
    assert max(map(len, lines)) <= 60
    assert "half-restored" in shown.shown
    assert "…" in shown.shown


def test_hostile_names(cli: Cli, repo: Repo, fake: Served) -> None:
    """A name of somebody's making steers no terminal and breaks no row."""
    fake.server.create(graph_id="writer", name=HOSTILE)
    out = cli("list", "--unmanaged", "--url", fake.url, code=0).out
    assert len(out.splitlines()) == 5
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "x\\x1b[31m‹U+202E›‹TAB›\\ny" in out


def test_an_assistant_of_others_is_refused(cli: Cli, repo: Repo, there: Served) -> None:
    """A manifest that addresses another owner's assistant has the state of a plan, and why is said on stderr."""
    repo.manifest("mine", "Write well.", f"assistant_id: {there.id('theirs', 'team-b')}")
    ran = cli("list", code=0)
    assert "refused" in next(line for line in ran.out.splitlines() if line.startswith("mine"))
    assert "[foreign-owner]" in ran.err
    assert _rows(cli("list", "--unmanaged", "--format", "json", code=0).out)["mine"]["state"] == "refused"
