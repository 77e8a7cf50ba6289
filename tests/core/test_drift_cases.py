"""Drift, by cases that anyone can read: one data file each of drift_cases/, in the form that case.py explains.

Beside it, `seen` names what git had when others were written, `select` the keys that were asked for, `edits` how many
further versions somebody made in Studio, and `gone: true` says that the versions went before they were read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from reconciler.core import lookup
from reconciler.core.compare import Pair, compare
from reconciler.core.drift import drift, enough
from reconciler.core.plan import Observed
from reconciler.core.state import Base
from reconciler.model.drift import Drift, Drifted
from reconciler.model.live import History, Live
from reconciler.model.plan import Deployment
from tests.core.case import OWNER, identifier, live, load, wanted

CASES = Path(__file__).parent / "drift_cases"
PATHS = sorted(CASES.glob("*.yaml"))


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_drift_case(path: Path) -> None:
    """The drift is what the case says, in every line."""
    case = load(path)
    assert summary(run(case)) == case["expect"], case["about"]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_order_of_inputs_changes_no_byte(path: Path) -> None:
    """Manifests and the live list may come in any order: the drift is the same to the byte."""
    case = load(path)
    turned = {name: dict(reversed(list(case.get(name, {}).items()))) for name in ("wanted", "live")}
    assert repr(run(case | turned)) == repr(run(case))


def run(case: dict[str, Any]) -> Drift:
    """The drift of a case, with the look-ups that it asks for."""
    wants = [wanted(key, said or {}) for key, said in case.get("wanted", {}).items()]
    lives = [_live(name, said) for name, said in case.get("live", {}).items()]
    comparison = compare(OWNER, wants, [one for one, _ in lives])
    nothing = History(rows=(), complete=True)
    histories = {one.assistant_id: nothing if case.get("gone") else history for one, history in lives}
    bases: dict[str, Base] = {}
    for key, said in case.get("base", {}).items():
        unknown = isinstance(said, str)
        specs = () if unknown else tuple(wanted(key, one) for one in said)
        bases[identifier(key)] = Base(specs=specs, complete=not unknown, why=said if unknown else "")
    return drift(
        Deployment(name="staging", url="http://127.0.0.1:2024"),
        OWNER,
        comparison,
        Observed(
            histories={p.live.assistant_id: _read(p, histories[p.live.assistant_id]) for p in comparison.differs},
            bases=bases,
            seen_before=case.get("seen", {}),
        ),
        selected=frozenset(case["select"]) if "select" in case else None,
    )


def _live(name: str, said: dict[str, Any]) -> tuple[Live, History]:
    one, history = live(name, said)
    rows = list(history.rows)
    for number in range(said.get("edits", 0)):
        context = {"prompt": f"edit {number}"}
        rows.insert(0, replace(rows[0], number=rows[0].number + 1, spec=replace(rows[0].spec, context=context)))
    if said.get("edits"):
        one = replace(one, row=rows[0])
    return one, History(rows=tuple(rows), complete=True)


def _read(pair: Pair, history: History) -> History:
    """As the reader does: pages, newest first, until it is enough."""
    for end in range(lookup.PAGE, len(history.rows) + lookup.PAGE, lookup.PAGE):
        rows = history.rows[:end]
        if enough(OWNER, pair, rows):
            return History(rows=rows, complete=len(rows) == len(history.rows))
    return history


def summary(found: Drift) -> dict[str, list[str]]:
    """The drift in the words of `expect`; what is empty is left out."""
    said = {
        "drift": [_say(one) for one in found.drifted],
        "as_applied": list(found.as_applied),
        "waiting": list(found.waiting),
        "half_restored": list(found.half_restored),
        "not_taken": list(found.not_taken),
        "adopted": list(found.adopted),
        "refused": [f"{d.key}: {d.code}" for d in found.refused],
        "notes": [_note(d.key, d.code, d.message) for d in found.diagnostics],
    }
    return {name: lines for name, lines in said.items() if lines}


def _note(key: str | None, code: str, message: str) -> str:
    why = message.partition(": ")[2].partition(";")[0].partition(",")[0]
    return f"{key}: {code}{f': {why}' if code == 'applied-unknown' else ''}"


def _say(one: Drifted) -> str:
    said = f"{one.wanted.key} {one.state} by {one.who}"
    if one.live is not None:
        said += f", {one.applied.number if one.applied is not None else 'git'}"
        said += f", taken {one.taken.number}" if one.taken is not None else ""
        said += f" -> {one.live.number}"
    said += ", git ahead" if one.ahead else ""
    said += ", and changed since" if one.since else ""
    said += f" ({one.note})" if one.note else ""
    fields = " ".join(".".join(map(str, field.path)) for field in one.fields)
    return f"{said}: {fields}" if fields else said
