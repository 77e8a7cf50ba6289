"""One run that creates, updates, activates and deletes, and the judge of what became of it.

| key             | before the run                       | what git wants then, and what a run does about it       |
|-----------------|--------------------------------------|---------------------------------------------------------|
| `new/*`         | nothing                              | create                                                  |
| `edit/*`        | one version, metadata of others      | update                                                  |
| `back/a-name`   | two versions, the second one live    | the first: set-latest restores all of it                |
| `back/b-prompt` | the same, other contexts             | the first: LG restores only part, one update repairs it |
| `back/c-newest` | two, rolled back to the first        | the second, which is the newest                         |
| `gone/*`        | one version                          | delete                                                  |

Beside them stands one of another owner. The judge asks the server's own version list, past the proxy.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from reconciler.app.apply import apply
from reconciler.app.observe import Inputs, make_plan
from reconciler.app.session import Session
from reconciler.core import managed
from reconciler.core.compare import Pair
from reconciler.core.compose import Provenance, compose
from reconciler.core.plan import Options
from reconciler.core.state import Base, newest_of_ours
from reconciler.errors import ReconcilerError
from reconciler.model.change import key_of
from reconciler.model.live import History, Live
from reconciler.model.plan import Deployment, Plan
from reconciler.model.report import Report, Result
from reconciler.model.wanted import OnDrift, Wanted
from reconciler.repo.settings import ResolvedDeployment
from reconciler.server.reader import Reader
from reconciler.server.transport import Transport
from reconciler.server.writer import Writer
from tests.core.case import derived_id, wanted

SETTLE = 0.3
TAKES_SETTLE = "settle" in inspect.signature(apply).parameters
ROLLED_BACK = "back/c-newest"
OTHERS = {"reviewed_by": "ana", "score": 1}
EARLY_OTHERS, LATER_OTHERS = OTHERS | {"round": 1}, {"round": 2}

Said = Mapping[str, dict[str, Any]]


def _text(model: str, name: str = "Name") -> dict[str, Any]:
    return {"name": name, "context": {"model_name": model}, "metadata": {"team": "social"}}


FIRST: Said = {
    "edit/one": _text("old"),
    "edit/two": _text("old") | {"config": {"recursion_limit": 25}},
    "back/a-name": _text("same", "First"),
    "back/b-prompt": _text("first"),
    ROLLED_BACK: _text("same", "First"),
    "gone/one": _text("doomed"),
}
SECOND: Said = {
    "back/a-name": _text("same", "Second"),
    "back/b-prompt": _text("second"),
    ROLLED_BACK: _text("same", "Second"),
}
WANTED: Said = {
    "new/one": _text("new"),
    "new/two": _text("new") | {"config": {"recursion_limit": 25}},
    "edit/one": _text("edited"),
    "edit/two": _text("edited", "Edited too"),
    "back/a-name": FIRST["back/a-name"],
    "back/b-prompt": FIRST["back/b-prompt"],
    ROLLED_BACK: SECOND[ROLLED_BACK],
}
ACTIONS = {"new/": "create", "edit/": "update", "back/": "activate", "gone/": "delete"}

Rows = dict[str, list[dict[str, Any]]]
"""assistant_id -> its version rows as the server lists them, newest first."""


@dataclass(slots=True)
class Scenario:
    """One owner's assistants on one server. `direct` is a connection of our own, for everything but the run."""

    owner: str
    direct: Transport
    first: Said = field(default_factory=lambda: FIRST)
    second: Said = field(default_factory=lambda: SECOND)
    now: Said = field(default_factory=lambda: WANTED)
    before: Rows = field(default_factory=dict)
    settle: float = SETTLE
    parallelism: int = 1
    on_drift: OnDrift = OnDrift.OVERWRITE
    guarded: bool = False
    later_others: Mapping[str, Any] = field(default_factory=lambda: LATER_OTHERS)
    _reader: Reader | None = None

    @property
    def reader(self) -> Reader:
        """What the judge reads with. Its dialect is learned from what the run finds, not from what it writes."""
        if self._reader is None:
            self._reader = Reader(self.direct)
        return self._reader

    @property
    def wants(self) -> list[Wanted]:
        """What git wants at last."""
        return self._manifests(self.now)

    @property
    def bystander(self) -> str:
        """The assistant of another owner."""
        return derived_id("theirs", f"{self.owner}-not")

    def ids(self) -> dict[str, str]:
        """key -> assistant_id of all that git has ever named here."""
        return {key: derived_id(key, self.owner) for key in sorted({*self.first, *self.second, *self.now})}

    def prepare(self) -> None:
        """Make what is there before the run."""
        theirs = replace(wanted("theirs", _text("theirs")), assistant_id=self.bystander)
        self._write(theirs, f"{self.owner}-not", 1, create=True)
        for want in self._manifests(self.first):
            self._write(want, self.owner, 1, create=True, others=EARLY_OTHERS if want.key.startswith("edit/") else {})
        for want in self._manifests(self.second):
            self._write(want, self.owner, 2, others=self.later_others if want.key.startswith("edit/") else {})
        if ROLLED_BACK in self.second:
            self._ask("POST", f"/assistants/{derived_id(ROLLED_BACK, self.owner)}/latest", {"version": 1})
        self.before = self.rows()

    def plan(self, transport: Transport) -> tuple[Plan, Session]:
        """What a run plans. Guards have tests of their own, and stop it only where it is `guarded`."""
        reader = Reader(transport)
        session = Session(
            deployment=Deployment(name="faults", url=transport.address.url),
            target=ResolvedDeployment(name="faults", url=transport.address.url),
            reader=reader,
            writer=Writer(transport, reader),
        )
        options = Options(prune=True, on_drift=self.on_drift, named=frozenset({ROLLED_BACK}))
        given = Inputs(owner=self.owner, wanted=self.wants, bases=self._bases, seen_before=self._seen_before)
        return make_plan(given, session, options), session

    def run(self, transport: Transport) -> Report | ReconcilerError:
        """Plan and apply once, one request after the other. Closes `transport`."""
        try:
            made, session = self.plan(transport)
            assert session.writer is not None
            if self.guarded and made.blocked:
                return Report(plan=made, outcomes=(), converged=False)
            settle: Any = {"settle": self.settle} if TAKES_SETTLE else {}
            provenance = Provenance(deployment="faults", commit="3")
            many = self.parallelism
            return apply(made, provenance, session.reader, session.writer, parallelism=many, pin=False, **settle)
        except ReconcilerError as error:
            return error
        finally:
            transport.close()

    def rows(self) -> Rows:
        """Every version of every assistant of this scenario, as the server lists them; [] where there is none."""
        return {i: self._versions(i) for i in (*self.ids().values(), self.bystander)}

    def clean_up(self) -> None:
        """Delete whatever is left. Who it is for may be gone already."""
        for identifier in (*self.ids().values(), self.bystander):
            self.direct.send("DELETE", f"/assistants/{identifier}")

    # -- the judge --

    def untrue(self, report: Report | ReconcilerError) -> list[str]:
        """What the report claims and the server does not have. Asked before the second run."""
        if isinstance(report, ReconcilerError):
            return []
        wrong = self.wrong()
        found = [f"{key}: exit 0, but {why}" for key, why in wrong.items() if report.exit_code == 0]
        done = {key_of(o.change) for o in report.outcomes if o.result in (Result.APPLIED, Result.UNCHANGED)}
        found += [f"{key}: reported as done, but {wrong[key]}" for key in sorted(done & wrong.keys())]
        if report.converged and report.exit_code != 0:
            found.append(f"converged, and exit {report.exit_code}")
        return found

    def wrong(self) -> dict[str, str]:
        """key -> what is live and not as git wants it."""
        found: dict[str, str] = {}
        wants = {want.key: want for want in self.wants}
        lives = {live.assistant_id: live for live in self.reader.assistants()}
        for key, identifier in self.ids().items():
            live = lives.get(identifier)
            if (want := wants.get(key)) is None:
                if live is not None:
                    found[key] = "it is still there"
            elif live is None:
                found[key] = "it is not there"
            elif not managed.same_content(want, live.row) or not managed.same_marker(want, self.owner, live.row):
                found[key] = f"version {live.row.number} has other content"
            elif key.startswith("edit/") and not OTHERS.items() <= live.row.spec.metadata.items():
                found[key] = "metadata of others is lost"
        return found

    def damage(self) -> list[str]:
        """What the runs broke for good: lost, doubled, others' touched."""
        found: list[str] = []
        after = self.rows()
        if after[self.bystander] != self.before[self.bystander]:
            found.append("another owner's assistant was touched")
        wants = {want.key: want for want in self.wants}
        for key, identifier in self.ids().items():
            if (want := wants.get(key)) is None:
                continue
            old, rows = self.before[identifier], after[identifier]
            fresh = rows[: len(rows) - len(old)]
            if rows[len(fresh) :] != old:
                found.append(f"{key}: a version is lost or changed")
            hashes = [row["metadata"].get("reconciler", {}).get("hash") for row in fresh]
            if len(fresh) > 1:
                found.append(f"{key}: {len(fresh)} new versions, {len(set(hashes))} different")
            if set(hashes) - {compose(want, None, self.owner, Provenance()).marker.hash}:
                found.append(f"{key}: a version that nobody wanted")
        return found

    # -- how --

    def _manifests(self, said: Said) -> list[Wanted]:
        return [replace(wanted(k, dict(v)), assistant_id=derived_id(k, self.owner)) for k, v in said.items()]

    def _write(
        self, want: Wanted, owner: str, commit: int, *, create: bool = False, others: Mapping[str, Any] | None = None
    ) -> None:
        write = compose(want, None, owner, Provenance(deployment="faults", commit=str(commit)))
        body = self.reader.dialect.body(write, create=create)
        metadata = body["metadata"]
        assert isinstance(metadata, dict)
        body["metadata"] = metadata | dict(others or {})
        method, path = ("POST", "/assistants") if create else ("PATCH", f"/assistants/{want.assistant_id}")
        self._ask(method, path, body)

    def _ask(self, method: str, path: str, body: Any) -> Any:
        answer = self.direct.send(method, path, body)
        assert answer.ok, (method, path, answer.status, answer.text())
        return json.loads(answer.body)

    def _versions(self, identifier: str) -> list[dict[str, Any]]:
        answer = self.direct.send("POST", f"/assistants/{identifier}/versions", {"limit": 100, "offset": 0})
        assert answer.ok or answer.status == 404, answer.text()
        return json.loads(answer.body) if answer.ok else []

    def _bases(self, asked: Sequence[tuple[Pair, History]]) -> dict[str, Base]:
        return {pair.live.assistant_id: self._base(pair, history) for pair, history in asked}

    def _seen_before(self, lives: Sequence[Live], missing: Sequence[Wanted]) -> dict[str, str]:
        return {want.key: "1" for want in missing if want.key in self.first}

    def _base(self, pair: Pair, history: History) -> Base:
        """B: what git said from the commit that the newest version of ours names up to the one before this."""
        commits = (self.first, {**self.first, **self.second}, self.now)
        ours = newest_of_ours(self.owner, pair.live.assistant_id, history)
        since = int(ours.marker.commit) if ours and ours.marker and ours.marker.commit else 1
        said = commits[since - 1 : 2] or commits[2:]
        key = pair.wanted.key
        return Base(specs=tuple(w for c in reversed(said) if key in c for w in self._manifests({key: c[key]})))
