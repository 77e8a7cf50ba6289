"""What git has said since the last write, where manifests are put together from several files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from reconciler.model.change import Change, Delete
from reconciler.model.plan import Plan
from tests.app.team import SETTINGS, Team
from tests.app.world import World
from tests.core.case import identifier
from tests.fake import LG, LH, Traits

BASE = "graph_id: writer\ncontext: {prompt: !file p.md}\n"
ROWS = "extends: _base.yaml\nname: !each id\ncontext: {tone: !each tone}\nfor_each: _rows.yaml\n"
WHERE = "deployments:\n  fake: {url: 'https://f.example'}\n"
OLD = "  old: {url: 'https://o.example'}\n"


@pytest.fixture
def team(tmp_path: Path) -> Team:
    """Two assistants of one `for_each` over a base with a prompt file, committed and applied."""
    return _start(tmp_path, LG)


def _start(tmp_path: Path, traits: Traits) -> Team:
    team = Team.start(tmp_path, World.of(traits))
    _write(team, {"_base.yaml": BASE, "p.md": "a", "w.yaml": ROWS})
    _rows(team, one="dry", two="warm")
    team.apply()
    return team


def _write(team: Team, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        team.write(f"assistants/{name}", text)


def _rows(team: Team, **tones: str) -> None:
    _write(team, {"_rows.yaml": "".join(f"- {{id: {key}, tone: {tone}}}\n" for key, tone in tones.items())})
    team.commit("rows")


def _states(plan: Plan) -> list[str]:
    said = [f"{type(c).__name__.lower()} {_key(c)} {c.state}" for c in plan.changes]
    return said + [f"held {_key(h.change)} {h.change.state}{' ahead' if h.ahead else ''}" for h in plan.held]


def _key(change: Change) -> str:
    assert not isinstance(change, Delete)
    return change.wanted.key


def _studio(team: Team, key: str, **context: str) -> None:
    team.world.server.patch(identifier(key), context=context)


def test_a_row_added_is_one_new_assistant(team: Team) -> None:
    """The others stay as they are."""
    _rows(team, zero="loud", one="dry", two="warm")
    assert _states(team.plan()) == ["create w/zero missing"]


def test_a_row_changed_changes_one(team: Team) -> None:
    """And an edit of the other one in Studio is drift of that one alone."""
    _rows(team, one="loud", two="warm")
    _studio(team, "w/two", prompt="a", tone="by hand")
    assert _states(team.plan()) == ["update w/one behind", "held w/two edited"]


def test_a_prompt_changed_in_between_is_no_drift(team: Team) -> None:
    """What the base's prompt file made of each row at a commit that was never applied is git's word too."""
    for text in ("b", "c"):
        _write(team, {"p.md": text})
        team.commit(text)
    _studio(team, "w/one", prompt="b", tone="dry")
    _studio(team, "w/two", prompt="b", tone="dry")
    assert _states(team.plan()) == ["update w/one behind", "held w/two edited ahead"]


def test_going_back_in_studio_is_held(tmp_path: Path) -> None:
    """Somebody makes the version before the active one: git still says what was rolled back from."""
    team = _start(tmp_path, LH)
    _write(team, {"p.md": "b"})
    team.commit("b")
    team.apply()
    team.world.server.set_latest(identifier("w/one"), 1)
    assert _states(team.plan()) == ["held w/one rolled-back"]


def test_a_base_that_moved_is_read_where_it_was(team: Team) -> None:
    """The base goes into another folder together with its prompt, and a row becomes a manifest of its own."""
    _write(team, {"p.md": "b"})
    team.commit("b")
    for name in ("_base.yaml", "p.md", "w.yaml", "_rows.yaml"):
        (team.root / "assistants" / name).unlink()
    _write(team, {"common/_base.yaml": BASE, "common/p.md": "c"})
    for key in ("one", "two"):
        _write(team, {f"x/{key}.yaml": f"extends: ../common/_base.yaml\nname: {key}\nkey: w/{key}\n"})
    team.commit("moved")
    _studio(team, "w/one", prompt="b", tone="dry")
    assert _states(team.plan()) == ["update w/one behind", "update w/two behind"]


def test_a_deployment_that_is_not_listed_any_more(tmp_path: Path) -> None:
    """What manifests said while the settings listed it is not a mistake of theirs now: no false drift."""
    team = Team.start(tmp_path, World.of(LG))
    more = "overrides: {old: {name: Old}}\ndeployments: [fake, old]\n"
    team.write("reconciler.yaml", SETTINGS + WHERE + OLD)
    team.manifest("w/one", "a", more)
    team.commit("a")
    team.apply()
    team.manifest("w/one", "b", more)
    team.commit("b")
    team.write("reconciler.yaml", SETTINGS + WHERE)
    team.manifest("w/one", "c")
    team.commit("the deployment is gone")
    _studio(team, "w/one", prompt="b")
    assert _states(team.plan()) == ["update w/one behind"]
