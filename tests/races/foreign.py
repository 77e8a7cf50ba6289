"""Somebody else's write right before the k-th request of a run, and the judge of what became of it.

Their write must still be there after the run, or the run's report must tell of it: held, stale, failed, or a note.
Two moments are beyond any client of a server without conditional writes, and are counted: a set-latest right before
our own write, or before the look at what our own set-latest restored, which leaves no trace but in metadata; and any
write right before our DELETE.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2

from reconciler.errors import ReconcilerError
from reconciler.model.change import assistant_id_of
from reconciler.model.plan import Plan
from reconciler.model.report import Report, Result
from reconciler.model.wanted import OnDrift
from reconciler.server.transport import Address, Transport
from tests.core.case import derived_id
from tests.faults.scenario import FIRST, SECOND, WANTED, Scenario

LISTED = 2
"""The request that lists the assistants."""

DEEDS = ("patch", "metadata", "set-latest", "delete")
OLDER = {"name": "Older", "context": {"model_name": "older"}, "metadata": {"team": "social"}}
KEYS = ("new/one", "edit/one", "back/a-name", "back/b-prompt", "gone/one")

Wire = Callable[[], httpx2.BaseTransport]


@dataclass(slots=True)
class Judged:
    """One trial. `limit` where their write came where nobody can see it; `applies` False where it was not possible."""

    what: str
    problems: list[str] = field(default_factory=list)
    limit: bool = False
    applies: bool = True
    told: bool = False
    alone: bool = False

    def __str__(self) -> str:
        return f"{self.what}: {'; '.join(self.problems)}"


class Between(httpx2.BaseTransport):
    """Numbers the requests, and lets somebody else write right before the k-th."""

    def __init__(self, inner: httpx2.BaseTransport, number: int, deed: Callable[[], None]) -> None:
        self._inner, self._number, self._deed = inner, number, deed
        self.seen: list[tuple[str, str]] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.seen.append((request.method, request.url.path))
        if len(self.seen) == self._number:
            self._deed()
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


def scenario(owner: str, direct: Transport, **more: Any) -> Scenario:
    """One of each kind of change, what is updated with two versions; what drifted is held."""
    first = {key: said for key, said in FIRST.items() if key in KEYS}
    second = {"edit/one": OLDER} | {key: said for key, said in SECOND.items() if key in KEYS}
    now = {key: said for key, said in WANTED.items() if key in KEYS}
    given: dict[str, Any] = {"first": first, "second": second, "now": now, "settle": 0.02, "guarded": True}
    return Scenario(owner, direct, on_drift=OnDrift.HOLD, **given, **more)


class Somebody:
    """Does one deed to one assistant, past the wire of the run."""

    def __init__(self, direct: Transport, identifier: str, deed: str) -> None:
        self._direct, self._path, self._deed = direct, f"/assistants/{identifier}", deed
        self.before: dict[str, Any] | None = None
        self.target = 0

    def __call__(self) -> None:
        self.before = self.live()
        if self.before is None:
            return
        if self._deed == "delete":
            self._ask("DELETE", "", None)
        elif self._deed == "set-latest":
            rows = self._ask("POST", "/versions", {"limit": 100, "offset": 0})
            self.target = next((r["version"] for r in rows if r["version"] != self.before["version"]), 0)
            if self.target:
                self._ask("POST", "/latest", {"version": self.target})
        else:
            row = self.before
            config = {k: v for k, v in row["config"].items() if k != "configurable"} | {"configurable": {}}
            body = {name: row[name] for name in ("graph_id", "name", "context", "metadata")} | {"config": config}
            body["description"] = row["description"] or ""
            if self._deed == "patch":
                body["name"] = "by hand"
            else:
                body["metadata"] = row["metadata"] | {"seen_by": "bob"}
            self._ask("PATCH", "", body)

    @property
    def did(self) -> bool:
        """Whether there was something to do it to."""
        return self.before is not None and (self._deed != "set-latest" or self.target > 0)

    @property
    def stands(self) -> bool:
        """Whether what they did is what is live."""
        row = self.live()
        if row is None or self._deed == "delete":
            return row is None and self._deed == "delete"
        match self._deed:
            case "patch":
                return bool(row["name"] == "by hand")
            case "metadata":
                return bool(row["metadata"].get("seen_by") == "bob")
            case _:
                return bool(row["version"] == self.target)

    def live(self) -> dict[str, Any] | None:
        """The row, None where there is none."""
        answer = self._direct.send("GET", self._path)
        found: dict[str, Any] | None = json.loads(answer.body) if answer.ok else None
        return found

    def _ask(self, method: str, end: str, body: Any) -> Any:
        answer = self._direct.send(method, self._path + end, body)
        assert answer.ok, (method, end, answer.status, answer.text())
        return json.loads(answer.body) if answer.body else None


def trial(one: Scenario, wire: Wire, address: Address, key: str, deed: str, number: int) -> tuple[Judged, int]:
    """One run with somebody's write right before request `number`, a second run, and the judgement; with how many
    requests the first run sent."""
    one.prepare()
    identifier = derived_id(key, one.owner)
    somebody = Somebody(one.direct, identifier, deed)
    between = Between(wire(), number, somebody)
    report = one.run(Transport(address, allow="writes", wire=between))
    found = Judged(f"{deed} of {key} before request {number}")
    if number > len(between.seen) or not somebody.did:
        found.applies = False
        return found, len(between.seen)
    found.what += f", {between.seen[number - 1][0]} …{between.seen[number - 1][1][-12:]}"
    found.alone, found.told = somebody.stands, _told(report, identifier, key)
    if found.told and deed in ("patch", "metadata") and not _names_versions(report, identifier):
        found.problems.append(f"applied over it, and no version is named: {_outcomes(report, identifier)}")
    if key.startswith("gone/") and deed == "metadata" and number <= LISTED:
        found.told = True  # planned so: what others note on an assistant does not keep it when its manifest goes
    if not (found.alone or found.told):
        found.limit = _is_limit(between.seen[number - 2 : number], identifier, deed)
        if not found.limit:
            found.problems.append(f"overwritten unseen: {_outcomes(report, identifier)}")
    found.problems += _doubled(between.seen, identifier, "first")
    if isinstance(report, Report) and report.plan.blocked:
        return found, len(between.seen)
    found.problems += [f"{k}, which nobody else touched: {why}" for k, why in one.wrong().items() if k != key]
    rows = one.rows()[identifier]
    again = Between(wire(), 0, lambda: None)
    second = one.run(Transport(address, allow="writes", wire=again))
    if found.alone and deed == "patch" and (not somebody.stands or one.rows()[identifier] != rows):
        found.problems.append("the second run overwrote it although it has to hold")
    found.problems += _doubled(again.seen, identifier, "second")
    if deed in ("metadata", "delete") and isinstance(second, Report):
        left = {k: why for k, why in one.wrong().items() if deed == "metadata" or "of others" not in why}
        found.problems += [f"not healed: {k} {why}" for k, why in left.items()]
    return found, len(between.seen)


def _told(report: Report | ReconcilerError, identifier: str, key: str) -> bool:
    """Whether the report says of this assistant that something was otherwise than planned."""
    if isinstance(report, ReconcilerError):
        return True
    plan: Plan = report.plan
    for outcome in report.outcomes:
        if assistant_id_of(outcome.change) == identifier:
            return bool(outcome.note or outcome.error or outcome.change.note or outcome.result == Result.UNCHANGED)
    return key in plan.drifted or any(d.key == key for d in (*plan.refused, *plan.diagnostics))


def _names_versions(report: Report | ReconcilerError, identifier: str) -> bool:
    """Whether a change that met their write says which versions there are, and not that it reads back different."""
    outcomes = report.outcomes if isinstance(report, Report) else ()
    mine = [o for o in outcomes if assistant_id_of(o.change) == identifier]
    return all(
        "version" in (o.note or "") if o.result == Result.APPLIED else "reads back" not in (o.error or "") for o in mine
    )


def _outcomes(report: Report | ReconcilerError, identifier: str) -> str:
    if isinstance(report, ReconcilerError):
        return report.message
    mine = [o for o in report.outcomes if assistant_id_of(o.change) == identifier]
    return "; ".join(f"{o.result} by {o.by} -> {o.version}, {o.error}, {o.note}" for o in mine) or "no outcome"


def _is_limit(asked: list[tuple[str, str]], identifier: str, deed: str) -> bool:
    """`asked` is the request before their write, and the one after it."""
    if len(asked) < 2 or identifier not in asked[1][1]:
        return False
    method, path = asked[1]
    return method == "DELETE" or (deed == "set-latest" and not path.endswith("/versions"))


def _doubled(seen: list[tuple[str, str]], identifier: str, run: str) -> list[str]:
    """More than one request of one run that makes a version of this assistant."""
    made = [path for method, path in seen if method == "PATCH" and identifier in path]
    return [f"the {run} run wrote it {len(made)} times"] if len(made) > 1 else []


def tally(results: list[Judged]) -> Mapping[str, int]:
    """How many trials there were, and what became of them."""
    real = [r for r in results if r.applies]
    return {
        "trials": len(real),
        "left alone": sum(r.alone for r in real),
        "told": sum(r.told and not r.alone for r in real),
        "at the limit": sum(r.limit for r in real),
        "bad": sum(bool(r.problems) for r in real),
    }
