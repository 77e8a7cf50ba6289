"""What a rollback writes, by cases that anyone can read: one data file each, in the words of the plan cases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from msgspec.structs import replace

from reconciler.core import managed
from reconciler.core.compare import compare
from reconciler.core.compose import Provenance, compose
from reconciler.core.plan import Observed, Options, plan
from reconciler.core.rollback import Nothing, Refused, Rollback, enough, rollback
from reconciler.core.state import Base
from reconciler.model.change import Activate, State, Update, action
from reconciler.model.defaults import default_id
from reconciler.model.live import History, Live
from reconciler.model.plan import Deployment
from reconciler.model.wanted import OnDrift, Wanted
from tests.core.case import OWNER, derived_id, live, wanted

CASES = sorted((Path(__file__).parent / "rollback_cases").glob("*.yaml"))
KEY = "writer/tweet"
EVERY_CASE = pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)


def _load(path: Path) -> tuple[dict[str, Any], Live, History, Wanted | None]:
    case: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    said, identifier = case.get("said"), derived_id(KEY)
    if said is not None and said.get("default"):
        identifier = default_id("writer")
    if said is not None:
        identifier = said.setdefault("assistant_id", identifier)
    for entry in case["live"]["versions"]:
        ((who, content),) = entry.items()
        if who == "git":
            content |= {"key": KEY, "marker_id": identifier}
        if "rollback" in content:
            content["rollback"] = managed.said_hash(wanted(KEY, content["rollback"]))
    found, history = live(identifier, case["live"])
    return case, found, history, wanted(KEY, dict(said)) if said is not None else None


def _run(path: Path) -> tuple[dict[str, Any], Live, History, Wanted | None, Rollback | Nothing | Refused]:
    case, found, history, said = _load(path)
    return case, found, history, said, rollback(OWNER, found, history, said, case.get("number"), **_commits(case, said))


def _commits(case: dict[str, Any], said: Wanted | None) -> dict[str, Any]:
    """What git says at HEAD, and what it has said before: `head` and `base` of a case, newest first."""
    id = said.assistant_id if said is not None else derived_id(KEY)
    specs = [replace(wanted(KEY, dict(one)), assistant_id=id) for one in (case.get("head", {}), *case.get("base", []))]
    base = Base(specs=tuple(specs[1:]), commits=tuple(f"{number}" for number in range(1, len(specs))))
    return {"base": base, "head": ("head", specs[0])} if "head" in case else {}


def _summary(found: Rollback | Nothing | Refused, at: Live, expected: dict[str, Any]) -> dict[str, Any]:
    match found:
        case Refused(message=message):
            return {"refused": message}
        case Nothing(version=version):
            return {"nothing": version}
    change = found.change
    write = compose(change.wanted, at, OWNER, Provenance())
    said = {
        "action": f"activate {change.target}" if isinstance(change, Activate) else action(change),
        "note": change.note,
        "state": change.state.value,
        "fields": [".".join(map(str, f.path)) for f in change.fields],
        "left": found.left.number if found.left is not None else None,
        "current": found.current,
        "agreed": found.agreed,
        # An activation makes no marker of its own, unless it has to be repaired.
        "rollback": not isinstance(change, Activate) and write.marker.rollback is not None,
        "protected": write.marker.protected,
    }
    if "commit" in expected:
        said["commit"] = found.commit
    sent = {"keys": list(write.marker.keys), "own": write.spec.metadata, "foreign": write.foreign}
    if "sent" in expected:
        more = {name: write.spec.as_json()[name] for name in expected["sent"] if name not in sent}
        said["sent"] = sent | more
    return {name: value for name, value in said.items() if value not in (None, False)}


@EVERY_CASE
def test_case(path: Path) -> None:
    """The change is what the case says, in every line."""
    case, at, _, _, found = _run(path)
    assert _summary(found, at, case["expect"]) == case["expect"], case["about"]


@EVERY_CASE
def test_reading_no_further_changes_nothing(path: Path) -> None:
    """As many versions as `enough` asks for say the same as all of them."""
    case, at, history, said, found = _run(path)
    number = case.get("number")
    rows = next(
        (
            history.rows[:end]
            for end in range(1, len(history.rows) + 1)
            if enough(OWNER, at, said, number, history.rows[:end])
        ),
        history.rows,
    )
    part = History(rows=rows, complete=len(rows) == len(history.rows))
    less = rollback(OWNER, at, part, said, number, **_commits(case, said))
    if isinstance(found, Rollback) and isinstance(less, Rollback):
        assert less.change == found.change
    else:
        assert type(less) is type(found)


def _afterwards(found: Rollback, at: Live, history: History, *, repaired: bool) -> tuple[Live, History]:
    """What is live once the change is made: restored whole, or sent as a new version."""
    change = found.change
    if isinstance(change, Activate) and not repaired:
        return Live(assistant_id=at.assistant_id, row=found.target), history
    write = compose(change.wanted, at, OWNER, Provenance(commit="c"))
    metadata = {n: v for n, v in (write.foreign | write.spec.metadata).items() if v is not None}
    spec = type(write.spec)(**(write.spec.as_json() | {"metadata": metadata}))
    row = type(at.row)(number=history.rows[0].number + 1, spec=spec, marker=write.marker)
    return Live(assistant_id=at.assistant_id, row=row), History(rows=(row, *history.rows), complete=True)


@EVERY_CASE
@pytest.mark.parametrize("policy", list(OnDrift))
@pytest.mark.parametrize("repaired", [False, True], ids=["restored", "repaired"])
def test_it_is_held_while_git_says_what_was_rolled_back_from(path: Path, policy: OnDrift, repaired: bool) -> None:
    """Under every policy, without a word that git waits; what git says anyway is in step instead."""
    _, at, history, said, found = _run(path)
    if not isinstance(found, Rollback) or said is None or not (found.current or found.agreed):
        return
    now, rows = _afterwards(found, at, history, repaired=repaired)
    made = plan(
        Deployment(name="staging", url="http://127.0.0.1:2024"),
        OWNER,
        compare(OWNER, [said], [now]),
        Observed(histories={at.assistant_id: rows}, bases={at.assistant_id: Base(specs=(said,))}),
        Options(default_on_drift=policy),
        wanted=1,
    )
    if found.agreed:
        assert (made.changes, made.held, made.unchanged) == ((), (), (KEY,))
        return
    assert made.changes == ()
    assert [(h.change.state, h.blocks, h.ahead) for h in made.held] == [(State.ROLLED_BACK, False, False)]


def test_what_was_live_and_is_in_no_version() -> None:
    """A set-latest that brought back only part of version 1 was live, then git was applied: going back sends that, and
    makes no version active that says something else."""
    versions = [
        {"git": {"context": {"prompt": "a"}, "key": KEY}},
        {"git": {"context": {"prompt": "b"}, "key": KEY}},
        {"git": {"context": {"prompt": "c"}, "key": KEY}},
    ]
    at, history = live(KEY, {"versions": versions})
    older = history.rows[2]
    was = replace(older, spec=replace(older.spec, context={"prompt": "b"}))
    said = wanted(KEY, {"context": {"prompt": "c"}})
    found = rollback(OWNER, at, history, said, None, was=was)
    assert isinstance(found, Rollback)
    assert isinstance(found.change, Update)
    assert found.change.wanted.spec.context == {"prompt": "b"}
    assert found.change.wanted.rollback == managed.said_hash(said)
    whole = rollback(OWNER, at, history, said, None, was=older)
    assert isinstance(whole, Rollback)
    assert isinstance(whole.change, Activate)
    assert whole.change.target == 1
